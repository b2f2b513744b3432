"""How results are printed: JSON for scripts, plain lines for people. Document text is never read as markup."""

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import typer

from ragnano.errors import QuestionError

if TYPE_CHECKING:
    from ragnano.types import Answer, Citation, Hit


def to_json(value: Any, *, indent: int | None = None) -> str:
    """Dataclasses and plain values as JSON."""
    return json.dumps(plain(value), ensure_ascii=False, indent=indent)


def plain(value: Any) -> Any:
    """`value` with dataclasses turned into dictionaries, so that JSON can carry it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, PurePath) else value


def hit_json(hit: "Hit") -> dict[str, Any]:
    """A search hit in the shape that scripts rely on."""
    from ragnano.cite import first_page_span

    span = first_page_span(hit)
    return {
        "document": hit.document.id,
        "path": hit.document.path,
        "page": span.page,
        "section": hit.chunk.section,
        "text": hit.chunk.text,
        "start": span.start,
        "end": span.end,
        "score": round(hit.score, 6),
        "ranks": dict(hit.ranks),
    }


def read_batch(path: Path) -> Iterator[dict[str, Any]]:
    """The questions of a JSON-lines file. Raises QuestionError naming the line that is wrong."""
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
        yield item


def place(citation: "Citation") -> str:
    """Where a citation stands, for people: "lease.pdf, page 4, 8.2 Term"."""
    section = f", {citation.section.rsplit(' > ', 1)[-1]}" if citation.section else ""
    return f"{PurePath(citation.path).name}, page {citation.page}{section}"


def without_marks(answer: str) -> str:
    """An answer without its citation marks, as its preview was streamed."""
    return re.sub(r"\s*(?:\[\d+\])+", "", answer)


def answer_lines(answer: "Answer", *, streamed: bool) -> Iterable[str]:
    """An answer for the terminal. When the preview was streamed and stands, its words are not repeated."""
    from ragnano.text import fold

    if not streamed:
        yield answer.answer
    for citation in answer.citations:
        yield ""
        yield f"[{citation.number}] {place(citation)}"
        yield f"    “{fold(citation.quote)}”"
    if answer.nearest:
        yield ""
        yield "Closest clauses:"
        for citation in answer.nearest:
            yield f"  - {place(citation)}: “{fold(citation.quote)[:160]}…”"
    spent = answer.timings
    first = "" if spent.first_token_s is None else f", first word after {spent.first_token_s:.1f} s"
    yield ""
    yield f"({answer.verdict}, confidence {answer.confidence:.2f}, {spent.total_s:.1f} s{first}, {answer.model})"


def echo_lines(lines: Iterable[str]) -> None:
    """Print lines as they are, control characters of documents made harmless."""
    for line in lines:
        typer.echo("".join(character if character.isprintable() or character in "\t\n" else " " for character in line))
