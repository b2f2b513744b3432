"""What an answer's words are worth beside the known ones: short answers, and facts that no cited words hold.

Compared on words of ASCII letters and digits in lower case, so that any reader of the same document may be used. These
are stricter than, and apart from, what `ragnano.verification.verify` does before an answer is given.
"""

import re
from collections.abc import Sequence

from ragnano.evaluation.labelled_questions import Short
from ragnano.evaluation.retrieval import folded_words

_ENOUGH = 0.6  # of an answer's or a name's words
_ENOUGH_NAMES = 0.5  # of the names
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ORDINAL = r"(?:st|nd|rd|th)?"
_DATES = (
    re.compile(rf"(?P<d>\d{{1,2}}){_ORDINAL}\s*(?:day)?\s*(?:of)?\s+(?P<m>[a-z]{{3,9}})\.?,?\s+(?P<y>\d{{4}})"),
    re.compile(rf"(?P<m>[a-z]{{3,9}})\.?\s+(?P<d>\d{{1,2}}){_ORDINAL},?\s+(?P<y>\d{{4}})"),
    re.compile(r"\b(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{2,4})\b"),  # the month first, as in the United States
    re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b"),
)
_CENTURY_TURNS = 40  # a year of two digits below this is 20xx
_IDLE = frozenset({"of", "the", "and", "state", "a"})
_NUMBERS = dict(zip("one two three four five six seven eight nine ten".split(), map(str, range(1, 11)), strict=True))
_NUMBERS |= {"twelve": "12", "thirty": "30", "sixty": "60", "ninety": "90"}
_IN_BRACKETS = re.compile(r"\(.*?\)")
_MARK = re.compile(r"\[\d+\]")
_NAME_WORD = r"[A-Z][A-Za-z&.'’-]+"
_FACT = re.compile(rf"\$?\d[\d,.]*%?|\b(?:{_NAME_WORD}(?:\s+(?:of|the|and|&)\s+)?\s*){{2,}}")


def short_right(short: Short, answer: str, wanted: Sequence[str]) -> bool | None:
    """Whether the answer holds one of the `wanted`; None when there is nothing to compare with."""
    judged = [_CHECKS[short](answer, one) for one in wanted] if short else []
    return any(judged) if any(one is not None for one in judged) else None


def holds(text: str, wanted: Sequence[str]) -> bool:
    """Whether one of the `wanted` stands in the text, word by word."""
    return any(_verbatim(text, one) for one in wanted)


def dates_in(text: str) -> set[tuple[int, int, int]]:
    """(year, month, day) of every date written in figures or with a month's name."""
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
    """Numbers and runs of capitalised words in the answer whose words the quotes don't all hold.

    A number is cut out of a word ("Twenty20"), so that such a word counts as unsupported even where it is quoted.
    """
    known = set(folded_words(quotes))
    facts = (fact.strip() for fact in _FACT.findall(_MARK.sub("", answer)))
    return tuple(fact for fact in facts if not set(folded_words(fact)) <= known)


def _date(answer: str, wanted: str) -> bool | None:
    dates = dates_in(wanted)
    return bool(dates & dates_in(answer)) if dates else None


def _names(answer: str, wanted: str) -> bool | None:
    """Half of the names that `wanted` lists, their definitions in brackets left out."""
    names = [words for name in _IN_BRACKETS.sub("", wanted).split(";") if (words := set(folded_words(name)))]
    known = set(folded_words(answer))
    there = sum(len(name & known) / len(name) >= _ENOUGH for name in names)
    return there / len(names) >= _ENOUGH_NAMES if names else None


def _words(answer: str, wanted: str) -> bool | None:
    words = {_plain(word) for word in folded_words(wanted) if word not in _IDLE}
    known = {_plain(word) for word in folded_words(answer)}
    return len(words & known) / len(words) >= _ENOUGH if words else None


def _plain(word: str) -> str:
    """A number in figures, a plural without its s."""
    return _NUMBERS.get(word, word).rstrip("s")


def _verbatim(answer: str, wanted: str) -> bool | None:
    words = " ".join(folded_words(wanted))
    return f" {words} " in f" {' '.join(folded_words(answer))} " if words else None


_CHECKS = {"date": _date, "names": _names, "words": _words, "verbatim": _verbatim}
