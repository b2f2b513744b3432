"""Prints search results: each passage with its place and matched words, and what it refers to."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING

import typer

from ragnano.cli.output import harmless, marked

if TYPE_CHECKING:
    from ragnano.assistant import Assistant
    from ragnano.retrieval.retriever import Found
    from ragnano.text.query import Question
    from ragnano.types import Hit, Reference


def echo_hits(found: "Found", assistant: "Assistant", *, clause: bool = False, references: bool = False) -> None:
    """Prints hits for people; on a terminal matched words are bold, and the rest of the clause is dimmed."""
    from ragnano.answering.citations import cite_hit

    for number, hit in enumerate(found.hits, start=1):
        section = f", {hit.chunk.section}" if hit.chunk.section else ""
        place = cite_hit(hit, assistant.catalogue).place or f"page {hit.chunk.page}"
        typer.echo(harmless(f"{number}. {PurePath(hit.document.path).name}, {place}{section}"))
        for line in _text_lines(hit, found.question, assistant, clause):
            typer.echo(f"   {line}")
        if references:
            for reference in assistant.references(hit):
                typer.echo(harmless(f"   → {_reference_text(reference)}"))
        typer.echo("")
    if not found.hits:
        typer.echo("Nothing found. `ragnano docs list` shows what is in the index.")


def _text_lines(hit: "Hit", question: "Question", assistant: "Assistant", clause: bool) -> Iterator[str]:
    from ragnano.retrieval.term_highlights import marks_of

    parts = assistant.clause(hit) if clause else (hit.chunk,)
    for part in parts:
        if part.ordinal == hit.chunk.ordinal:
            yield from marked(part.text, marks_of(part.text, question)).splitlines()
        else:
            yield from (typer.style(line, dim=True) for line in harmless(part.text).splitlines())


def _reference_text(reference: "Reference") -> str:
    chunk = reference.chunk
    if reference.kind == "section":
        return f"{reference.name}: {chunk.section or chunk.text[:60]} (page {chunk.page})"
    return f"“{reference.name}” is defined on page {chunk.page}" + (f", {chunk.section}" if chunk.section else "")
