"""Prints the progress of a run: JSON events for scripts, a line for each change when watching, the lines of a dry run.

Paths are printed without characters that a terminal would obey.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from ingest.embedding import Progress
    from ingest.plan import Plan
    from ragnano.types import IngestReport

FORMS = ("auto", "json", "none")
"""The values of --progress."""


def print_event(state: "Progress") -> None:
    """Prints a finished file as one JSON object on standard error."""
    _event({"event": "file", **asdict(state)})


def print_end(report: "IngestReport") -> None:
    """Prints the last event: the report without its lists, which --json prints."""
    counts = {name: value for name, value in asdict(report).items() if isinstance(value, int | float)}
    _event({"event": "end", **counts, "failed": len(report.failed)})


def print_change(state: "Progress", *, json: bool) -> None:
    """Prints the outcome of a file as one line on standard output."""
    record = {"change": state.outcome, "path": state.path, "detail": state.detail}
    typer.echo(_dumped(record) if json else _change(state))


def print_watching(report: "IngestReport", paths: Sequence[Path]) -> None:
    """Prints on standard error that the first run is done, and what is being watched."""
    names = ", ".join(printable(str(path)) for path in paths)
    count = report.files + report.skipped
    typer.echo(f"Watching {names} ({count} files are in the index). Ctrl-C ends it.", err=True)


def plan_lines(plan: "Plan", most: int) -> Iterator[str]:
    """Yields a dry run's lines for people: counts first, then at most `most` names of each kind."""
    yield (
        f"would take in {len(plan.read)} files, skip {plan.skipped} unchanged, refuse {len(plan.refused)}, "
        f"remove {len(plan.removed)}, pass over {len(plan.left_out)}; nothing was changed"
    )
    groups: tuple[tuple[str, list[str]], ...] = (
        ("take in", [f"{item.path} ({item.why}, {item.type})" for item in plan.read]),
        ("refuse", [f"{item.path}: {item.reason}" for item in plan.refused]),
        ("remove", [f"{path}: the file is gone" for path in plan.removed]),
        ("pass over", [f"{item.path}: {item.reason}" for item in plan.left_out]),
    )
    for verb, lines in groups:
        yield from (f"  {verb}: {printable(line)}" for line in lines[:most])
        if len(lines) > most:
            yield f"  {verb}: and {len(lines) - most} more: see --json"


def printable(text: str) -> str:
    """Replaces characters that a terminal would obey with question marks: a file name may contain anything."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _change(state: "Progress") -> str:
    path = printable(state.path)
    if state.outcome == "moved":
        return f"moved     {printable(state.detail)} to {path}"
    return f"{state.outcome:9} {path}" + (f": {printable(state.detail)}" if state.detail else "")


def _event(record: dict[str, Any]) -> None:
    typer.echo(_dumped(record), err=True)


def _dumped(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False)
