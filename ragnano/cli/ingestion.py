"""The command `ragnano ingest`: checks the options and runs `ingest.cli`."""

import typer

from ingest.cli import (
    AskPassword,
    DryRun,
    Exclude,
    Include,
    Into,
    MaxSize,
    OcrLanguages,
    OcrWhen,
    PasswordFile,
    Paths,
    ProgressForm,
    Prune,
    Quiet,
    Watch,
    dry_run,
    read_passwords,
    run,
)
from ingest.options import IngestOptions
from ingest.progress_texts import FORMS
from ragnano.cli.options import DataDir, Json, settings


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(ingest)


def ingest(
    paths: Paths,
    collection: Into = "default",
    prune: Prune = False,
    include: Include = None,
    exclude: Exclude = None,
    max_size: MaxSize = None,
    dry: DryRun = False,
    watch: Watch = False,
    ocr: OcrWhen = None,
    ocr_languages: OcrLanguages = None,
    password_file: PasswordFile = None,
    ask: AskPassword = False,
    quiet: Quiet = False,
    progress: ProgressForm = "auto",
    json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Take in folders or files: unchanged ones are skipped, changed ones replaced; a bad file never stops the rest."""
    if progress not in FORMS:
        raise typer.BadParameter(f"--progress is one of {', '.join(FORMS)}")
    if watch and dry:
        raise typer.BadParameter("--watch and --dry-run cannot be combined")
    chosen = settings(data_dir=data_dir, file_megabytes=max_size, ocr=ocr, ocr_languages=ocr_languages)
    options = IngestOptions(
        collection, prune, read_passwords(password_file), tuple(include or ()), tuple(exclude or ())
    )
    if dry:
        code = dry_run(chosen, paths, options, json=json)
    else:
        code = run(chosen, paths, options, ask=ask, json=json, quiet=quiet, progress=progress, watch=watch)
    if code:
        raise typer.Exit(code)
