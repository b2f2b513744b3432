"""Looks up the date that a document gives to a term: "until the Expiry Date" where "Expiry Date" means 31 May 2029."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ragnano.text.comparable_values import values_in
from ragnano.types import Chunk

_TERM = re.compile(r"\b[A-Z][\w-]+(?: (?:of |the )?[A-Z][\w-]+)*")
_AFTER = r"[\"“]{term}[\"”]\s*(?:\([^)]{{0,40}}\)\s*)?(?:means|is|shall (?:mean|be)|:|=)(?P<value>[^.;]{{0,80}})"
_BEFORE = r"(?P<value>[^.;()]{{0,60}})\(\s*(?:the\s+|each\s+an?\s+)?[\"“]{term}[\"”]\s*\)"


@dataclass(frozen=True, slots=True)
class DefinedDate:
    """A term and the date that its document gives it."""

    term: str
    day: date


def defined_dates(text: str, chunks: Sequence[Chunk]) -> list[DefinedDate]:
    """Returns the capitalised terms of a text that the document defines as a date, in the order of the text."""
    found: list[DefinedDate] = []
    for term in dict.fromkeys(match.group() for match in _TERM.finditer(text)):
        day = _day(term, chunks)
        if day is not None:
            found.append(DefinedDate(term, day))
    return found


def _day(term: str, chunks: Sequence[Chunk]) -> date | None:
    for pattern in (_AFTER, _BEFORE):
        defines = re.compile(pattern.format(term=re.escape(term)))
        for chunk in chunks:
            if (match := defines.search(chunk.text)) and (values := values_in("date", match["value"])):
                return values[-1].day if pattern is _BEFORE else values[0].day
    return None
