"""Selects and orders what is displayed of an answer: the direct answer, other words, then the quotes with the direct
answer highlighted. Each user interface decides on its own formatting."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ragnano.text.words import fold
from ragnano.types import Answer, Citation, Direct

_MARKS = re.compile(r"\s*(?:\[\d+\])+")
_EDGES = " .!“”\"'"


class Quote(NamedTuple):
    """A citation's words in one line, split around the direct answer; `words` is "" if the quote does not contain it.

    The three parts joined are the quote with its white space folded; unprintable characters become spaces.
    """

    before: str
    words: str
    behind: str

    @property
    def whole(self) -> str:
        """The quote in one piece."""
        return "".join(self)


def direct_of(answer: Answer) -> Direct | None:
    """Returns the direct answer, None if there is none with any text."""
    return answer.direct if answer.direct and answer.direct.text.strip() else None


def direct_line(answer: Answer) -> str:
    """Returns the direct answer with its citation number, "Sixty (60) days [1]"; "" if there is none."""
    direct = direct_of(answer)
    return f"{fold(direct.text)} [{direct.citation}]" if direct else ""


def words_beside(answer: Answer) -> str:
    """Returns the words to display below the direct answer; "" if the direct answer and the quotes contain them all.

    Without a direct answer these are all of the answer's words. A conflict and rows always add something to the quotes.
    """
    direct = direct_of(answer)
    if direct is None:
        return answer.answer
    if answer.verdict == "quoted" and not answer.conflicts and not answer.rows:
        return ""
    quotes = [citation.quote for citation in answer.citations]
    displayed = map(_normalized, (direct.text, " ".join(quotes), *quotes))
    return "" if _normalized(answer.answer) in displayed else answer.answer


def in_brief(answer: Answer) -> str:
    """Returns the answer without its quotes, for lists: the direct answer first, then what it leaves out."""
    return " ".join(filter(None, (direct_line(answer), words_beside(answer))))


def without_marks(text: str) -> str:
    """Returns an answer's words without citation numbers."""
    return _MARKS.sub("", text)


def marked_in(answer: Answer, citation: Citation) -> tuple[int, int] | None:
    """Characters [start, end) of the citation's quote that are the direct answer; None if they are in another one."""
    direct = direct_of(answer)
    if direct is None or citation != _home(direct, answer.citations):
        return None
    return _trimmed(citation.quote, direct.start, direct.end)


def quote_of(answer: Answer, citation: Citation) -> Quote:
    """Returns the citation's words, split around the direct answer."""
    # Replaced one character for one, so that offsets remain valid.
    text = "".join(char if char.isprintable() or char.isspace() else " " for char in citation.quote)
    marked = marked_in(answer, citation)
    trimmed = marked and _trimmed(text, *marked)
    if trimmed is None:
        return Quote(fold(text), "", "")
    start, end = trimmed
    words, whole = fold(text[start:end]), fold(text)
    at = len(fold(f"{text[:start]}.")) - 1
    return Quote(whole[:at], words, whole[at + len(words) :])


def _home(direct: Direct, citations: Sequence[Citation]) -> Citation | None:
    """Returns the citation that contains the direct answer; of two made by a page break, the one with the words."""
    parts = [
        citation
        for citation in citations
        if citation.number == direct.citation and 0 <= direct.start < direct.end <= len(citation.quote)
    ]
    direct_words = fold(direct.text).casefold()
    containing = (part for part in parts if fold(part.quote[direct.start : direct.end]).casefold() in direct_words)
    return next(containing, parts[0] if parts else None)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Returns [start, end) without white space at either side; None if nothing else is left."""
    words = text[start:end]
    return (end - len(words.lstrip()), start + len(words.rstrip())) if words.strip() else None


def _normalized(text: str) -> str:
    return fold(without_marks(text)).strip(_EDGES).casefold()
