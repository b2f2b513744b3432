"""The `ingest` command: progress for people, a report at the end, JSON for scripts."""

import json as jsonlib
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest import progress_texts
from ingest.options import IngestOptions
from ingest.terminal import Terminal, require_terminal
from ragnano.documents.locations import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.pipeline import Progress
    from ragnano.settings import Settings
    from ragnano.types import IngestReport

MOST_SHOWN = 20
"""The most entries of each list (failed files, unreadable pages …) that the terminal prints; --json has all."""


def run(
    settings: "Settings",
    paths: list[Path],
    options: IngestOptions,
    *,
    json: bool,
    quiet: bool = False,
    progress: str = "auto",
    watch: bool = False,
    ask: bool = False,
) -> int:
    """Ingests the paths, prints the report, and returns the exit code: 0, or 3 when some files failed.

    With `watch`, prints a line for each change instead, until Ctrl-C; the code is then 0. With `ask`, asks for
    passwords; raises ConfigError where there is no terminal.
    """
    from ingest.pipeline import ingest
    from ragnano.models import open_embedder
    from ragnano.store import Catalogue, Vectors

    if ask:
        require_terminal()
    bar = progress == "auto" and not (quiet or json or watch) and sys.stderr.isatty()
    terminal = Terminal(bar=bar)
    catalogue = Catalogue(settings.data_dir)
    try:
        vectors = Vectors(settings.data_dir, catalogue)

        def take(show: "Callable[[Progress], None]", *, prune: bool) -> "IngestReport":
            return ingest(
                paths,
                settings=settings,
                catalogue=catalogue,
                vectors=vectors,
                embedder=embedder,
                options=replace(options, prune=prune),
                progress=show,
                ask=terminal.ask if ask else None,
            )

        embedder = open_embedder(settings)
        if watch:
            return _watch(settings, paths, take, vectors.close, json=json, quiet=quiet)
        with terminal:
            report = take(progress_texts.print_event if progress == "json" else terminal.show, prune=options.prune)
        vectors.close()
    finally:
        catalogue.close()
    if progress == "json":
        progress_texts.print_end(report)
    if json:
        typer.echo(jsonlib.dumps(asdict(report), ensure_ascii=False, indent=1))
    elif not quiet:
        typer.echo("\n".join(map(progress_texts.printable, _lines(report))))
    else:
        for item in report.failed:
            typer.echo(progress_texts.printable(f"failed: {item.path}: {item.reason}"), err=True)
    return 3 if report.failed else 0


def dry_run(
    settings: "Settings",
    paths: list[Path],
    options: IngestOptions,
    *,
    json: bool,
) -> int:
    """Prints what `run` would do and changes nothing; returns 0, or 3 when some files would be refused."""
    from contextlib import closing, nullcontext

    from ingest.plan import plan
    from ragnano.store import Catalogue

    has_catalogue = Catalogue.exists(settings.data_dir)
    with closing(Catalogue(settings.data_dir, read_only=True)) if has_catalogue else nullcontext() as catalogue:
        found = plan(paths, settings=settings, catalogue=catalogue, options=options)
    if json:
        typer.echo(jsonlib.dumps(asdict(found), ensure_ascii=False, indent=1))
    else:
        typer.echo("\n".join(progress_texts.plan_lines(found, MOST_SHOWN)))
    return 3 if found.refused else 0


def _watch(
    settings: "Settings",
    paths: list[Path],
    take: "Callable[..., IngestReport]",
    close_vectors: "Callable[[], None]",
    *,
    json: bool,
    quiet: bool,
) -> int:
    from ingest.watch import follow

    def run_once(show: "Callable[[Progress], None]") -> "IngestReport":
        # An empty folder is more often an unplugged disk than a wish to remove everything.
        return take(show, prune=not any(path.is_dir() and not any(path.iterdir()) for path in paths))

    def print_change(state: "Progress") -> None:
        if not quiet or state.outcome == "failed":
            progress_texts.print_change(state, json=json)

    def waiting() -> None:
        typer.echo("another ragnano is writing; waiting for it", err=True)

    begun = False
    try:
        for report in follow(paths, run_once, data_dir=settings.data_dir, on_outcome=print_change, on_busy=waiting):
            close_vectors()
            if not begun and not quiet:
                progress_texts.print_watching(report, paths)
            begun = True
    except KeyboardInterrupt:
        if not quiet:
            typer.echo("Stopped watching; everything taken in is kept.", err=True)
    return 0


def _passages(count: int) -> str:
    return "1 passage that is" if count == 1 else f"{count} passages that are"


def _lines(report: "IngestReport") -> list[str]:
    speed = f", {report.pages / report.seconds:.1f} pages/s" if report.pages and report.seconds else ""
    lines = [
        f"{report.files} files taken in ({report.pages} pages, {report.chunks} chunks), {report.skipped} unchanged, "
        f"{report.replaced} replaced, {report.removed} removed, {len(report.failed)} failed; "
        f"{report.seconds:.1f} s{speed}"
    ]
    if len(report.types) > 1:
        kinds = (f"{kind} {count.files} ({count.pages} pages)" for kind, count in report.types.items())
        lines.append(f"  {', '.join(kinds)}")
    lines += [f"  moved: {report.moved} files, not read again"] if report.moved else []
    lines += [
        f"  much like another ({item.likeness:.0%}): {item.path} and {item.of}" for item in report.versions[:MOST_SHOWN]
    ]
    lines += [f"  failed: {item.path}: {item.reason}" for item in report.failed[:MOST_SHOWN]]
    lines += [
        f"  not readable: {item.path} page {item.page}: {item.reason}" for item in report.unreadable_pages[:MOST_SHOWN]
    ]
    lines += [
        f"  hidden text: {item.path} page {item.page}: {_passages(item.passages)} not visible on the page "
        f"({HIDDEN[item.kind]}); kept apart, never searched"
        for item in report.hidden[:MOST_SHOWN]
    ]
    parts = (report.failed, report.unreadable_pages, report.versions, report.hidden)
    more = sum(len(items[MOST_SHOWN:]) for items in parts)
    return [*lines, f"  and {more} more: see --json"] if more else lines


Paths = Annotated[list[Path], typer.Argument(help="Folders or files to take in.")]
Into = Annotated[str, typer.Option("--collection", "-c", help="The collection to put them in.")]
Prune = Annotated[bool, typer.Option("--prune", help="Remove documents whose files are gone from these folders.")]
OcrWhen = Annotated[
    str | None,
    typer.Option(
        "--ocr",
        metavar="auto|always|never",
        help="Read pictures of text on pages that give none (auto), on every page, or never.",
    ),
]
OcrLanguages = Annotated[
    str | None, typer.Option("--ocr-languages", help='Languages of pictures of text: "eng", "eng+deu".')
]
Include = Annotated[
    list[str] | None, typer.Option("--include", help='Only files that fit this pattern, as in a .gitignore: "*.pdf".')
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", help='Leave out what fits this pattern: "drafts/". A .ragnanoignore file does so, too.'),
]
MaxSize = Annotated[int | None, typer.Option("--max-size", min=1, help="Largest file that is read, in MB.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be read, skipped and removed, and why not; change nothing.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but failures.")]
ProgressForm = Annotated[
    str,
    typer.Option(
        "--progress",
        metavar="auto|json|none",
        help="How progress is shown on standard error: a bar, or a JSON object an event.",
    ),
]
Watch = Annotated[
    bool, typer.Option("--watch", help="Go on following the folders, a line a change, until Ctrl-C. Implies --prune.")
]
PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", help="Passwords for encrypted files, one a line. Never stored.")
]


AskPassword = Annotated[
    bool,
    typer.Option(
        "--ask-password", help="Ask, when all else is in, for passwords of encrypted files, typed unseen. Never stored."
    ),
]


def read_passwords(path: Path | None) -> tuple[str, ...]:
    """Returns the passwords in a file, one a line. Raises ConfigError when it cannot be read."""
    from ingest.characters.encodings import decoded
    from ragnano.errors import ConfigError

    if path is None:
        return ()
    try:
        return tuple(line for line in decoded(path.read_bytes()).splitlines() if line)
    except OSError as error:
        raise ConfigError(f"cannot read the password file {path}: {error.strerror}") from None
