"""The terminal during a run: a progress bar on standard error, and passwords typed without echo."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Self

import typer

from ragnano.errors import ConfigError

if TYPE_CHECKING:
    from ingest.embedding import Progress


class Terminal:
    """A bar of files, pages and time left, unless `bar` is false. A context manager; leaving it ends the bar."""

    def __init__(self, *, bar: bool) -> None:
        self._has_bar = bar

    def __enter__(self) -> Self:
        if self._has_bar:
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
            self._task = self._bars.add_task("", total=None, pages=0, name="")
            self._bars.start()
        return self

    def show(self, state: "Progress") -> None:
        """Updates the bar."""
        if self._has_bar:
            # After the last file the vector cache is synced: a minute or two for 70,000 chunks (LOG.md).
            name = "bringing the vector index in step" if state.done == state.total else _name(state.path)[:40]
            self._bars.update(self._task, completed=state.done, total=state.total, pages=state.pages, name=name)

    def ask(self, path: str, again: bool) -> str:
        """Asks for this file's password without echo and returns it; "" skips the file."""
        if self._has_bar:
            self._bars.stop()
        wrong = "That does not open it. " if again else ""
        text = f"{wrong}Password of {_name(path)} (Enter leaves it out)"
        try:
            return str(typer.prompt(text, default="", show_default=False, hide_input=True, err=True))
        finally:
            if self._has_bar:
                self._bars.start()

    def __exit__(self, *_: object) -> None:
        if self._has_bar:
            self._bars.stop()


def require_terminal() -> None:
    """Raises ConfigError where there is no terminal to ask on."""
    if not sys.stdin.isatty():
        raise ConfigError("--ask-password needs a terminal; --password-file reads passwords from a file")


def _name(path: str) -> str:
    """Returns a file's name without characters that a terminal would obey."""
    return "".join(character if character.isprintable() else "?" for character in Path(path).name)
