"""The JSON that scripts rely on: the command line prints it and the server sends it, in the same shapes.

This module imports nothing heavy, so that commands start quickly.
"""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ragnano.assistant import Assistant
    from ragnano.retrieval.retriever import Found
    from ragnano.store import Version
    from ragnano.types import ConversationInfo, Document, Page, Reference, Turn


def to_json(value: Any, *, indent: int | None = None) -> str:
    """Returns dataclasses and plain values as JSON."""
    return json.dumps(plain(value), ensure_ascii=False, indent=indent)


def plain(value: Any) -> Any:
    """Returns `value` with dataclasses converted to dictionaries, so that JSON can represent it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return record(value)
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, PurePath) else value


def record(value: Any) -> dict[str, Any]:
    """Returns one dataclass as a dictionary."""
    return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}


def hits(
    found: "Found", assistant: "Assistant", *, clause: bool = False, references: bool = False
) -> list[dict[str, Any]]:
    """Returns a search's hits; `marks` are [start, end) of the matched words in `text`."""
    from ragnano.answering.citations import cite_hit, first_page_span
    from ragnano.retrieval.term_highlights import marks_of

    rows = []
    for hit in found.hits:
        span = first_page_span(hit)
        row: dict[str, Any] = {
            "document": hit.document.id,
            "path": hit.document.path,
            "page": span.page,
            "section": hit.chunk.section,
            "text": hit.chunk.text,
            "start": span.start,
            "end": span.end,
            "score": round(hit.score, 6),
            "ranks": dict(hit.ranks),
            "marks": marks_of(hit.chunk.text, found.question),
        }
        if place := cite_hit(hit, assistant.catalogue).place:  # a slide or a cell; printed pages have no place
            row["place"] = place
        if clause:
            row["clause"] = "\n".join(part.text for part in assistant.clause(hit))
        if references:
            row["references"] = [_reference(reference) for reference in assistant.references(hit)]
        rows.append(row)
    return rows


def _reference(reference: "Reference") -> dict[str, Any]:
    chunk = reference.chunk
    return {
        "kind": reference.kind,
        "name": reference.name,
        "section": chunk.section,
        "page": chunk.page,
        "text": chunk.text,
    }


def documents(assistant: "Assistant", collection: str | None = None) -> list[dict[str, Any]]:
    """Returns the documents with their versions and how many hidden passages each has. Raises NotFoundError."""
    found = assistant.documents(assistant.scope(collection))
    versions = assistant.catalogue.versions() if found else {}
    hidden = assistant.catalogue.hidden_counts() if found else {}
    return [
        {
            **record(each),
            "versions": versions_of(assistant, versions.get(each.id, ())),
            "hidden": hidden.get(each.id, 0),
        }
        for each in found
    ]


def document(assistant: "Assistant", stored: "Document") -> dict[str, Any]:
    """Returns one document with its unreadable pages, marks, versions and hidden text."""
    pages = assistant.catalogue.pages(stored.id)
    return {
        **record(stored),
        "unreadable_pages": [{"page": page.number, "reason": page.unreadable} for page in pages if page.unreadable],
        "places": [{"page": page.number, "place": page.place} for page in pages if page.place],
        "versions": versions_of(assistant, assistant.catalogue.versions_of(stored.id)),
        "hidden": [
            {"page": page.number, "kind": item.kind, "text": item.text} for page in pages for item in page.hidden
        ],
    }


def page(source: "Document", stored: "Page") -> dict[str, Any]:
    """Returns a page's stored text; the `start` and `end` of citations are offsets in it."""
    return {
        "document": source.id,
        "page": stored.number,
        "width": stored.width,
        "height": stored.height,
        "text": stored.text,
        "read_by": stored.read_by,
        "unreadable": stored.unreadable,
        "place": stored.place,
    }


def versions_of(assistant: "Assistant", found: "Sequence[Version]") -> list[dict[str, Any]]:
    """Returns documents similar to one: id, path, title, date and share of common wording, most similar first."""
    others = [(assistant.catalogue.document(version.document), version.likeness) for version in found]
    return [
        {"document": one.id, "path": one.path, "title": one.title, "date": one.date, "likeness": likeness}
        for one, likeness in others
    ]


def turn(conversation: str | None, asked_turn: "Turn") -> dict[str, Any]:
    """Returns a question of a conversation with its answer; `conversation` is None when it is not kept."""
    return {"conversation": conversation, **record(asked_turn)}


def conversation(info: "ConversationInfo", turns: "Sequence[Turn]") -> dict[str, Any]:
    """Returns a whole kept conversation."""
    return {**record(info), "turns": plain(turns)}
