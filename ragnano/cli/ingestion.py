"""`ragnano ingest`: the command line's door to the write path."""

import typer

from ingest.cli import Into, OcrLanguages, OcrWhen, PasswordFile, Paths, Prune, read_passwords, run
from ragnano.cli.options import DataDir, Json, settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(ingest)


def ingest(
    paths: Paths,
    collection: Into = "default",
    prune: Prune = False,
    ocr: OcrWhen = None,
    ocr_languages: OcrLanguages = None,
    password_file: PasswordFile = None,
    json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Take in folders or files: unchanged ones are skipped, changed ones replaced; a bad file never stops the rest."""
    code = run(
        settings(data_dir=data_dir, ocr=ocr, ocr_languages=ocr_languages),
        paths,
        collection=collection,
        prune=prune,
        passwords=read_passwords(password_file),
        json=json,
    )
    if code:
        raise typer.Exit(code)
