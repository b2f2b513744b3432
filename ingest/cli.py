"""The `ingest` command: progress for people, a report at the end, JSON for scripts. Shows, and reads nothing."""

import json as jsonlib
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.pipeline import Progress
    from ragnano.config import Settings
    from ragnano.types import IngestReport

MOST_SHOWN = 20
"""Failed files and unreadable pages printed in the terminal; --json always has all."""


def run(
    settings: "Settings",
    paths: list[Path],
    *,
    collection: str,
    prune: bool,
    passwords: tuple[str, ...],
    json: bool,
) -> int:
    """Take the paths in, print the report, and return the exit code: 0, or 3 when some files failed."""
    from ingest.pipeline import ingest
    from ragnano.models import open_embedder
    from ragnano.store import Catalogue, Vectors

    catalogue = Catalogue(settings.data_dir)
    try:
        vectors = Vectors(settings.data_dir, catalogue)
        with _shown(quiet=json or not sys.stderr.isatty()) as progress:
            report = ingest(
                paths,
                settings=settings,
                catalogue=catalogue,
                vectors=vectors,
                embedder=lambda: open_embedder(settings),
                collection=collection,
                prune=prune,
                passwords=passwords,
                progress=progress,
            )
        vectors.close()
    finally:
        catalogue.close()
    typer.echo(jsonlib.dumps(asdict(report), ensure_ascii=False, indent=1) if json else "\n".join(_lines(report)))
    return 3 if report.failed else 0


class _shown:  # noqa: N801 - reads as a phrase where it is used
    """A progress bar on standard error: files, pages, time left; nothing when quiet."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def __enter__(self) -> "Callable[[Progress], None] | None":
        if self._quiet:
            return None
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        self._bars = Bars(
            TextColumn("Reading"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("files, {task.fields[pages]} pages"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[name]}", markup=False),
            console=Console(stderr=True),
        )
        self._bars.start()
        task = self._bars.add_task("", total=None, pages=0, name="")

        def show(state: "Progress") -> None:
            name = Path(state.path).name[:40] if state.path else ""
            self._bars.update(task, completed=state.done, total=state.total, pages=state.pages, name=name)

        return show

    def __exit__(self, *_: object) -> None:
        if not self._quiet:
            self._bars.stop()


def _lines(report: "IngestReport") -> list[str]:
    speed = f", {report.pages / report.seconds:.1f} pages/s" if report.pages and report.seconds else ""
    lines = [
        f"{report.files} files taken in ({report.pages} pages, {report.chunks} chunks), {report.skipped} unchanged, "
        f"{report.replaced} replaced, {report.removed} removed, {len(report.failed)} failed; "
        f"{report.seconds:.1f} s{speed}"
    ]
    lines += [f"  failed: {item.path}: {item.reason}" for item in report.failed[:MOST_SHOWN]]
    lines += [
        f"  not readable: {item.path} page {item.page}: {item.reason}" for item in report.unreadable_pages[:MOST_SHOWN]
    ]
    hidden = len(report.failed[MOST_SHOWN:]) + len(report.unreadable_pages[MOST_SHOWN:])
    return [*lines, f"  and {hidden} more: see --json"] if hidden else lines


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
PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", help="Passwords for encrypted PDFs, one a line. Never stored.")
]


def read_passwords(path: Path | None) -> tuple[str, ...]:
    """The passwords in a file, one a line. Raises ConfigError when it cannot be read."""
    from ragnano.errors import ConfigError

    if path is None:
        return ()
    try:
        return tuple(line for line in path.read_text(encoding="utf-8").splitlines() if line)
    except OSError as error:
        raise ConfigError(f"cannot read the password file {path}: {error.strerror}") from None
