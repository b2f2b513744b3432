"""Turns what a user limits a question to (names, dates, file types) into a Scope, using the store but no model."""

import mimetypes
from dataclasses import dataclass
from datetime import date, datetime

from dateutil import parser

from ragnano.errors import NotFoundError, QuestionError
from ragnano.store import Catalogue
from ragnano.types import Scope

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_WORD = (f"{_OFFICE}wordprocessingml.document", f"{_OPEN}text", "application/rtf")
_SHEETS = (f"{_OFFICE}spreadsheetml.sheet", "application/vnd.ms-excel", f"{_OPEN}spreadsheet", "text/csv")
_SLIDES = (f"{_OFFICE}presentationml.presentation", f"{_OPEN}presentation")
_MAIL = ("message/rfc822", "application/vnd.ms-outlook")
ENDINGS: dict[str, tuple[str, ...]] = {
    "docx": _WORD[:1],
    "odt": _WORD[1:2],
    "rtf": _WORD[2:],
    "word": _WORD,
    "xlsx": _SHEETS[:1],
    "xls": _SHEETS[1:2],
    "ods": _SHEETS[2:3],
    "csv": _SHEETS[3:],
    "spreadsheet": _SHEETS,
    "pptx": _SLIDES[:1],
    "odp": _SLIDES[1:],
    "presentation": _SLIDES,
    "eml": _MAIL[:1],
    "msg": _MAIL[1:],
    "mail": _MAIL,
    "email": _MAIL,
    "md": ("text/markdown",),
    "zip": ("application/zip",),
}
"""Common names of file types; needed because Python's own table of endings differs between systems."""


@dataclass(frozen=True, slots=True)
class FilterInput:
    """Limits as entered: a collection's name, a document's id, path or file name, two dates, a file type."""

    collection: str | None = None
    doc: str | None = None
    dated_from: str | None = None
    dated_to: str | None = None
    kind: str | None = None


def scope_of(filters: FilterInput, catalogue: Catalogue) -> Scope:
    """Returns the scope. Raises NotFoundError, AmbiguousError, and QuestionError for an invalid date."""
    if filters.collection is not None:
        _require_collection(filters.collection, catalogue)
    documents = None if filters.doc is None else (catalogue.resolve(filters.doc, filters.collection).id,)
    first = None if filters.dated_from is None else day_of(filters.dated_from, last=False)
    last = None if filters.dated_to is None else day_of(filters.dated_to, last=True)
    if first and last and first > last:
        raise QuestionError(f"the dates are the wrong way round: {first} comes after {last}")
    kinds = None if filters.kind is None else _media_types(filters.kind, catalogue)
    return Scope(filters.collection, documents, first, last, kinds)


def _require_collection(name: str, catalogue: Catalogue) -> None:
    if name not in dict(catalogue.collections()):
        known = ", ".join(sorted(name for name, _ in catalogue.collections())) or "none yet"
        raise NotFoundError(f"there is no collection {name!r}: there are {known}")


def day_of(text: str, *, last: bool) -> str:
    """Returns the first or last day (ISO 8601) of a day, month or year ("2019-05-01", "May 2019", "2019").

    Raises QuestionError for anything else.
    """
    # Missing parts of the text come from the default; dateutil shortens the 31st to the last day of the month.
    edges = [datetime(1, 1, 1), datetime(9999, 12, 31)]
    try:
        found = [parser.parse(text, default=edge).date() for edge in edges]
    except (ValueError, OverflowError):
        found = []
    if not found or found[0].year != found[1].year or not any(character.isdigit() for character in text):
        raise QuestionError(f"{text!r} is not a date: write it like 2019, 2019-05 or 2019-05-01")
    day: date = found[1 if last else 0]
    return day.isoformat()


def _media_types(kind: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Returns the stored media types that match a word like "pdf", "text" or "application/pdf"."""
    requested = kind.strip().lower().lstrip(".")
    by_name = ENDINGS.get(requested, ())
    known = sorted({document.media_type for document in catalogue.documents()})
    by_ending = mimetypes.guess_type(f"file.{requested}")[0]
    found = tuple(
        media
        for media in known
        if media in (requested, by_ending, *by_name) or requested in (media.split("/")[0], media.split("/")[-1])
    )
    if not found:
        raise NotFoundError(f"no document is of the kind {kind!r}: there are {', '.join(known) or 'none yet'}")
    return found
