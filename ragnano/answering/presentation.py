"""What of an answer is shown, and in which order: the direct answer, other words, the quotes with the direct words
marked. Says nothing of how it looks; what is printed where is each surface's own."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ragnano.text.words import fold
from ragnano.types import Answer, Citation, Direct

_MARKS = re.compile(r"\s*(?:\[\d+\])+")
_EDGES = " .!“”\"'"


class Quote(NamedTuple):
    """A citation's words in one line, parted where the direct answer stands in them; `words` is "" where it doesn't.

    The three joined are the quote with its white space folded; characters that show nothing are spaces.
    """

    before: str
    words: str
    behind: str

    @property
    def whole(self) -> str:
        """The quote in one piece."""
        return "".join(self)


def direct_of(answer: Answer) -> Direct | None:
    """The direct answer, None where there is none that says anything."""
    return answer.direct if answer.direct and answer.direct.text.strip() else None


def direct_line(answer: Answer) -> str:
    """The direct answer with its mark, "Sixty (60) days [1]"; "" where there is none."""
    direct = direct_of(answer)
    return f"{fold(direct.text)} [{direct.citation}]" if direct else ""


def words_beside(answer: Answer) -> str:
    """The answer's words that are shown below the direct answer: "" where that and the quotes say all of them.

    Without a direct answer they are all there is. What contradicts a quote says more than the quotes do.
    """
    direct = direct_of(answer)
    if direct is None:
        return answer.answer
    if answer.verdict == "quoted" and not answer.conflicts:
        return ""
    quotes = [citation.quote for citation in answer.citations]
    said = map(_bare, (direct.text, " ".join(quotes), *quotes))
    return "" if _bare(answer.answer) in said else answer.answer


def in_brief(answer: Answer) -> str:
    """The answer without its quotes, for lists: the direct answer first, then what it leaves out."""
    return " ".join(filter(None, (direct_line(answer), words_beside(answer))))


def without_marks(text: str) -> str:
    """An answer's words without its citation marks."""
    return _MARKS.sub("", text)


def marked_in(answer: Answer, citation: Citation) -> tuple[int, int] | None:
    """Characters [start, end) of the citation's quote that are the direct answer; None where they stand elsewhere."""
    direct = direct_of(answer)
    if direct is None or citation != _home(direct, answer.citations):
        return None
    return _trimmed(citation.quote, direct.start, direct.end)


def quote_of(answer: Answer, citation: Citation) -> Quote:
    """The citation's words, parted where the direct answer stands in them."""
    # One character for another, so that offsets stay.
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
    """The citation that holds the direct answer: of the two that a page end makes of one, the one that says it."""
    parts = [
        citation
        for citation in citations
        if citation.number == direct.citation and 0 <= direct.start < direct.end <= len(citation.quote)
    ]
    said = fold(direct.text).casefold()
    saying = (part for part in parts if fold(part.quote[direct.start : direct.end]).casefold() in said)
    return next(saying, parts[0] if parts else None)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """[start, end) without white space at either side; None where nothing else stands there."""
    words = text[start:end]
    return (end - len(words.lstrip()), start + len(words.rstrip())) if words.strip() else None


def _bare(text: str) -> str:
    return fold(without_marks(text)).strip(_EDGES).casefold()
