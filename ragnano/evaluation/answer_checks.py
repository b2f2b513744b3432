"""Checks an answer's words against the known ones: short answers, and facts that no cited words support.

Words are compared as ASCII letters and digits in lower case, so that the checks work with any parser's text of the same
document. They are stricter than `ragnano.verification.verify`, which runs before an answer is given, and independent of
it.
"""

import re
from collections.abc import Sequence

from ragnano.evaluation.labelled_questions import Short
from ragnano.evaluation.retrieval import folded_words

_ENOUGH = 0.6  # share of an answer's or a name's words
_ENOUGH_NAMES = 0.5  # share of the names
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ORDINAL = r"(?:st|nd|rd|th)?"
_DATES = (
    re.compile(rf"(?P<d>\d{{1,2}}){_ORDINAL}\s*(?:day)?\s*(?:of)?\s+(?P<m>[a-z]{{3,9}})\.?,?\s+(?P<y>\d{{4}})"),
    re.compile(rf"(?P<m>[a-z]{{3,9}})\.?\s+(?P<d>\d{{1,2}}){_ORDINAL},?\s+(?P<y>\d{{4}})"),
    re.compile(r"\b(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{2,4})\b"),  # month first, as in the United States
    re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b"),
)
_CENTURY_TURNS = 40  # two-digit years below this are 20xx, others 19xx
_IDLE = frozenset({"of", "the", "and", "state", "a"})
_NUMBERS = dict(zip("one two three four five six seven eight nine ten".split(), map(str, range(1, 11)), strict=True))
_NUMBERS |= {"twelve": "12", "thirty": "30", "sixty": "60", "ninety": "90"}
_IN_BRACKETS = re.compile(r"\(.*?\)")
_MARK = re.compile(r"\[\d+\]")
_NAME_WORD = r"[A-Z][A-Za-z&.'’-]+"
_FACT = re.compile(rf"\$?\d[\d,.]*%?|\b(?:{_NAME_WORD}(?:\s+(?:of|the|and|&)\s+)?\s*){{2,}}")


def short_right(short: Short, answer: str, expected: Sequence[str]) -> bool | None:
    """Returns whether the answer contains one of the `expected`; None when there is nothing to compare with."""
    judged = [_CHECKS[short](answer, one) for one in expected] if short else []
    return any(judged) if any(one is not None for one in judged) else None


def holds(text: str, expected: Sequence[str]) -> bool:
    """Returns whether the text contains one of the `expected` word for word."""
    return any(_verbatim(text, one) for one in expected)


def dates_in(text: str) -> set[tuple[int, int, int]]:
    """Returns (year, month, day) of every date written in figures or with a month's name."""
    found = set()
    for pattern in _DATES:
        for match in pattern.finditer(text.lower()):
            year, month = int(match["y"]), _month(match["m"])
            if year < 100:
                year += 2000 if year < _CENTURY_TURNS else 1900
            if month is not None:
                found.add((year, month, int(match["d"])))
    return found


def _month(name: str) -> int | None:
    if name.isdigit():
        return int(name)
    return _MONTHS.index(name[:3]) + 1 if name[:3] in _MONTHS else None


def unsupported(answer: str, quotes: str) -> tuple[str, ...]:
    """Returns the numbers and runs of capitalised words in the answer whose words are not all in the quotes.

    A number inside a word ("Twenty20") is cut out of it, so such a word counts as unsupported even where it is quoted.
    """
    known = set(folded_words(quotes))
    facts = (fact.strip() for fact in _FACT.findall(_MARK.sub("", answer)))
    return tuple(fact for fact in facts if not set(folded_words(fact)) <= known)


def _date(answer: str, expected: str) -> bool | None:
    dates = dates_in(expected)
    return bool(dates & dates_in(answer)) if dates else None


def _names(answer: str, expected: str) -> bool | None:
    """Checks that the answer contains half of the names listed in `expected`, without their bracketed definitions."""
    names = [words for name in _IN_BRACKETS.sub("", expected).split(";") if (words := set(folded_words(name)))]
    known = set(folded_words(answer))
    there = sum(len(name & known) / len(name) >= _ENOUGH for name in names)
    return there / len(names) >= _ENOUGH_NAMES if names else None


def _words(answer: str, expected: str) -> bool | None:
    words = {_plain(word) for word in folded_words(expected) if word not in _IDLE}
    known = {_plain(word) for word in folded_words(answer)}
    return len(words & known) / len(words) >= _ENOUGH if words else None


def _plain(word: str) -> str:
    """Returns a number word in figures, and any other word without its plural s."""
    return _NUMBERS.get(word, word).rstrip("s")


def _verbatim(answer: str, expected: str) -> bool | None:
    words = " ".join(folded_words(expected))
    return f" {words} " in f" {' '.join(folded_words(answer))} " if words else None


_CHECKS = {"date": _date, "names": _names, "words": _words, "verbatim": _verbatim}
