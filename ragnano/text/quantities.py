"""Parses facts into values: "sixty (60) days" equals "60 days", and "$5,000" equals "5,000 dollars".

Used to decide whether two passages state the same fact; never to verify an answer, which is compared literally
(`ragnano.verification.verify`).
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction

from dateutil import parser

from ragnano.text.entities import AMOUNT, DATE
from ragnano.text.query import AnswerKind
from ragnano.text.word_lists import ONES, TENS
from ragnano.text.words import stem, words


@dataclass(frozen=True, slots=True)
class Value:
    """A fact in a text: its unit, its amount (or name), and the characters [start, end) that state it."""

    unit: str
    value: Fraction | str
    start: int
    end: int


_ONES = dict(zip(ONES[1:], range(1, 20), strict=True))
_TENS = dict(zip(TENS, range(20, 100, 10), strict=True))
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_WORD = "|".join(sorted([*_ONES, *_TENS, *_SCALES], key=len, reverse=True))
_DIGITS = r"\d[\d,]*(?:\.\d+)?"
_SPELT = rf"(?:{_WORD})(?:(?:\s+|-|\s+and\s+)(?:{_WORD}))*"
# "sixty (60)", "60", "sixty": the digits take precedence over the words.
_NUMBER = rf"(?:(?:{_SPELT}\s*)?\(\s*(?P<inside>{_DIGITS})\s*\)|(?P<digits>{_DIGITS})|(?P<spelt>{_SPELT}))"

_DURATION = re.compile(
    rf"\b{_NUMBER}[\s-]*(?P<kind>(?:business|working|calendar|consecutive|full)[\s-]+)?"
    r"(?P<unit>hour|day|week|month|quarter|year)s?\b",
    re.IGNORECASE,
)
_SHARE = re.compile(rf"(?P<digits>{_DIGITS})\s*(?:%|per\s?cent\b)|\b(?P<spelt>{_SPELT})\s+per\s?cent\b", re.IGNORECASE)
_COUNT = re.compile(rf"\b{_NUMBER}\s+(?P<next>\w+(?:\s+\w+)?)", re.IGNORECASE)
_MONEY = re.compile(rf"(?P<digits>{_DIGITS})(?:\s?(?P<scale>million|billion|thousand))?", re.IGNORECASE)
_PLACE = re.compile(
    r"\b(?P<unit>[Ll]aws?|[Cc]ourts?)\s+(?:of|in)\s+(?:the\s+)?(?:(?:State|Commonwealth|Province|Republic)\s+of\s+)?"
    r"(?P<name>[A-Z]\w+(?:\s+(?:and\s+)?[A-Z]\w+)*)"
)
_CURRENCIES = (
    ("€", ("€", "eur")),
    ("£", ("£", "gbp", "pound")),
    ("¥", ("¥",)),
    ("CAD", ("cad",)),
    ("$", ("$", "usd", "us", "dollar")),
)
_UNITS: dict[str, tuple[str, Fraction]] = {
    "hour": ("days", Fraction(1, 24)),
    "day": ("days", Fraction(1)),
    "week": ("days", Fraction(7)),
    "month": ("months", Fraction(1)),
    "quarter": ("months", Fraction(3)),
    "year": ("months", Fraction(12)),
}


def values_of(text: str, kind: AnswerKind, question_stems: Collection[str] = ()) -> tuple[Value, ...]:
    """Returns the facts of this kind in a text, in order; () for kinds that have no value to compare.

    An amount is money. If the text contains no money, amounts are counts of things in the question (`question_stems`).
    """
    read = _READERS.get(kind)
    found = tuple(read(text)) if read else ()
    return found or (tuple(_counts(text, frozenset(question_stems))) if kind == "amount" else ())


def _durations(text: str) -> Iterator[Value]:
    for match in _DURATION.finditer(text):
        unit, factor = _UNITS[match["unit"].lower()]
        working = (match["kind"] or "").lower().startswith(("business", "working"))
        yield Value(f"business {unit}" if working else unit, _number(match) * factor, *match.span())


def _dates(text: str) -> Iterator[Value]:
    for match in DATE.finditer(text):
        # A date without a year cannot be compared with others.
        if len(re.findall(r"\d+", match.group())) < 2:
            continue
        try:
            day = parser.parse(re.sub(r"\b(?:day\s+)?of\b", " ", match.group(), flags=re.IGNORECASE)).date()
        except (ValueError, OverflowError):
            continue
        yield Value("date", day.isoformat(), *match.span())


def _amounts(text: str) -> Iterator[Value]:
    for match in AMOUNT.finditer(text):
        matched = match.group().lower()
        number = _MONEY.search(match.group())
        currency = next((name for name, signs in _CURRENCIES if any(sign in matched for sign in signs)), None)
        if number and currency:
            scale = _SCALES[number["scale"].lower()] if number["scale"] else 1
            yield Value(currency, _plain(number["digits"]) * scale, *match.span())


def _shares(text: str) -> Iterator[Value]:
    for match in _SHARE.finditer(text):
        # "one and one-quarter percent (1.25%)": the digits in the parentheses match by themselves.
        if match["digits"] or not re.match(rf"\s*\(\s*{_DIGITS}\s*(?:%|per\s?cent)", text[match.end() :]):
            yield Value("%", _number(match), *match.span())


def _places(text: str) -> Iterator[Value]:
    for match in _PLACE.finditer(text):
        yield Value(stem(match["unit"]), match["name"].lower(), *match.span())


def _counts(text: str, question_stems: frozenset[str]) -> Iterator[Value]:
    for match in _COUNT.finditer(text):
        counted = [stem(word) for word in words(match["next"]) if stem(word) in question_stems]
        if counted:
            yield Value(counted[-1], _number(match), *match.span())


_READERS: dict[AnswerKind, Callable[[str], Iterator[Value]]] = {
    "date": _dates,
    "duration": _durations,
    "amount": _amounts,
    "share": _shares,
    "place": _places,
}


def _number(match: re.Match[str]) -> Fraction:
    groups = match.groupdict()
    digits = groups.get("inside") or groups.get("digits")
    return _plain(digits) if digits else spelt_number(groups["spelt"])


def _plain(digits: str) -> Fraction:
    return Fraction(digits.replace(",", ""))


def spelt_number(text: str) -> Fraction:
    """Parses a number in words: "one hundred twenty" is 120, "forty-five" is 45."""
    total = current = 0
    for word in re.split(r"[\s-]+", text.lower().strip()):
        if word in _SCALES:
            scale = _SCALES[word]
            current = max(current, 1) * scale
            if scale > 100:
                total, current = total + current, 0
        else:
            current += _ONES.get(word) or _TENS.get(word, 0)
    return Fraction(total + current)
