"""Reads batches of questions and prints results as plain lines. Text is never interpreted as markup."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import typer

from ragnano.errors import QuestionError

if TYPE_CHECKING:
    from ragnano.types import Answer, Citation

LIMITS = ("collection", "doc", "from", "to", "type")
"""Fields by which a line of a batch may limit its question."""
MOST_NAMED = 4
"""The most files that are named when a question fits several."""


def read_batch(path: Path) -> Iterator[dict[str, Any]]:
    """Yields the questions of a JSON-lines file. Raises QuestionError that names the wrong line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise QuestionError(f"cannot read {path}: {error.strerror}") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError as error:
            raise QuestionError(f"{path} line {number} is not JSON: {error.msg}") from None
        if not isinstance(item, dict) or "id" not in item or not isinstance(item.get("question"), str):
            raise QuestionError(f'{path} line {number} needs "id" and "question"')
        for name in LIMITS:
            if not isinstance(item.get(name, ""), str | None):
                raise QuestionError(f'{path} line {number}: "{name}" must be text, in quotes')
        yield item


def answer_lines(answer: "Answer", *, streamed: bool) -> Iterator[str]:
    """Yields an answer's lines, safe for the terminal: the direct answer first, bold there and in its quote.

    When the streamed preview remains on the screen, its words are not repeated.
    """
    from ragnano.answering.presentation import direct_line, direct_of, words_beside

    direct, beside = direct_of(answer), words_beside(answer)
    if direct:
        words = direct_line(answer).removesuffix(mark := f" [{direct.citation}]")
        yield typer.style(harmless(words), bold=True) + mark
    if beside and not streamed:
        if direct:
            yield ""
        yield harmless(beside)
    yield from _citation_lines(answer, beside)
    if answer.nearest:
        yield ""
        yield "Closest clauses:"
        yield from map(_near, answer.nearest)
    if len(answer.about) > 1 and not answer.rows:
        yield ""
        yield from map(harmless, about_lines(answer.about))
    spent = answer.timings
    first = "" if spent.first_token_s is None else f", first word after {spent.first_token_s:.1f} s"
    yield ""
    yield harmless(
        f"({answer.verdict}, confidence {answer.confidence:.2f}, {spent.total_s:.1f} s{first}, {answer.model})"
    )


def _citation_lines(answer: "Answer", beside: str) -> Iterator[str]:
    """Yields places and quotes; quotes that a list in `beside` already contains are not repeated."""
    from ragnano.answering.presentation import quote_of
    from ragnano.documents.locations import where

    labels = _labels(answer)
    # The lines of a list already are quotes: only their places are given, and quotes that were shortened or reworded.
    several = "\n" in beside
    if several:
        yield ""
    for citation in answer.citations:
        if not several:
            yield ""
        yield harmless(f"[{citation.number}] {where(citation)}{labels.get(citation.number, '')}")
        quote = quote_of(answer, citation)
        if not (several and quote.whole in beside):
            at = len(quote.before)
            yield f"    “{marked(quote.whole, [(at, at + len(quote.words))] if quote.words else [])}”"


def _near(citation: "Citation") -> str:
    from ragnano.documents.locations import where
    from ragnano.text.words import fold

    return harmless(f"  - {where(citation)}: “{fold(citation.quote)[:160]}…”")


def _labels(answer: "Answer") -> dict[int, str]:
    """Returns what is said of citations in a conflict, by their numbers: which is in force, or else the later one."""
    labels: dict[int, str] = {}
    for conflict in answer.conflicts:
        if conflict.in_force is not None:
            labels[conflict.sides[conflict.in_force].citation] = " (in force)"
        elif conflict.later is not None:
            labels[conflict.sides[conflict.later].citation] = " (the later document)"
    return labels


def about_lines(paths: Sequence[str]) -> Iterator[str]:
    """Yields a note when a question fits several documents about equally well."""
    if len(paths) > 1:
        names = ", ".join(PurePath(path).name for path in paths[:MOST_NAMED])
        more = f" and {len(paths) - MOST_NAMED} more" if len(paths) > MOST_NAMED else ""
        yield f"{len(paths)} documents fit the question about as well: {names}{more}. --doc chooses one."


def echo_answer(answer: "Answer", *, streamed: bool = False) -> None:
    """Prints an answer; nothing is bold where the output is not a terminal."""
    for line in answer_lines(answer, streamed=streamed):
        typer.echo(line)


def echo_lines(lines: Iterable[str], *, err: bool = False) -> None:
    """Prints lines, with control characters from documents made harmless."""
    for line in lines:
        typer.echo(harmless(line), err=err)


def harmless(text: str) -> str:
    """Returns `text` with control characters, which a terminal could obey, replaced by spaces."""
    return "".join(character if character.isprintable() or character in "\t\n" else " " for character in text)


def marked(text: str, marks: Sequence[tuple[int, int]]) -> str:
    """Returns the text with its marked words bold; `typer.echo` drops the styles where the output is not a terminal."""
    pieces, done = [], 0
    for start, end in marks:
        pieces += [harmless(text[done:start]), typer.style(harmless(text[start:end]), bold=True)]
        done = end
    return "".join([*pieces, harmless(text[done:])])
