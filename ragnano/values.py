"""Figures by value: "sixty (60) days", "60 days" and "sixty days" are one duration, "$5" and "5 dollars" one sum.

A figure is a kind, its number and its unit, so that sixty days are not taken for sixty months or 60 %. Knows no
documents and no models.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from ragnano.text import MONTH

ValueKind = Literal["duration", "amount", "share", "date", "number"]


@dataclass(frozen=True, slots=True)
class Value:
    """One figure of a text at [start, end): `key` is equal for equal figures however they are written."""

    kind: ValueKind
    key: tuple[str, ...]
    start: int
    end: int


_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = {name: 10 * at for at, name in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_ONES = {name: at for at, name in enumerate(_SMALL)}
_NUMBER_WORD = "|".join([*_TENS, *_SCALES, *reversed(_SMALL)])
_SPELLED = rf"\b(?:{_NUMBER_WORD})(?:(?:[\s-]+|\s+and\s+)(?:{_NUMBER_WORD}))*\b"
_DIGITS = r"\d(?:[\d,]*\d)?(?:\.\d+)?"
_ANY_COUNT = rf"(?:{_SPELLED}\s*\(\s*{_DIGITS}\s*\)|{_SPELLED}|{_DIGITS})"
_UNITS = {
    "hour": r"hours?",
    "business day": r"(?:business|working)\s+days?",
    "day": r"(?:(?:consecutive|calendar|full)\s+)*days?",
    "week": r"weeks?",
    "month": r"(?:(?:consecutive|calendar|full)\s+)*months?",
    "quarter": r"(?:calendar\s+)?quarters?",
    "year": r"(?:(?:consecutive|calendar|full|contract|fiscal)\s+)*years?",
}
_DURATION = re.compile(rf"(?P<count>{_ANY_COUNT})[\s-]*(?P<unit>{'|'.join(_UNITS.values())})\b", re.IGNORECASE)
_UNIT = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _UNITS.items()}
_CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_NAMES = {"dollar": "USD", "euro": "EUR", "pound": "GBP", "yen": "JPY"}
_SCALE = r"(?:\s*(?P<scale>thousand|million|billion|m|bn|k)\b)?"
_AMOUNT = re.compile(
    rf"(?:(?:(?P<code>US|USD|EUR|GBP|CAD|AUD|JPY)\s?)?(?P<sign>[$€£¥])|(?P<only>USD|EUR|GBP|CAD|AUD|JPY))\s?"
    rf"(?P<digits>{_DIGITS}){_SCALE}"
    rf"|(?P<count>{_ANY_COUNT})\s+(?:US\s+|U\.S\.\s+)?(?P<name>dollar|euro|pound|yen)s?\b",
    re.IGNORECASE,
)
_SHARE = re.compile(rf"(?P<count>{_ANY_COUNT})\s*(?:%|per\s?cent\b|percent(?:age)?\b)", re.IGNORECASE)
_DATE = re.compile(
    rf"\b(?P<m1>{MONTH})\.?\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y1>\d{{4}})\b"
    rf"|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:day\s+)?(?:of\s+)?(?P<m2>{MONTH})\.?,?\s+(?P<y2>\d{{4}})\b"
    r"|\b(?P<y3>\d{4})-(?P<m3>\d{2})-(?P<d3>\d{2})\b"
    r"|\b(?P<m4>\d{1,2})/(?P<d4>\d{1,2})/(?P<y4>\d{4}|\d{2})\b",
    re.IGNORECASE,
)
_PLAIN = re.compile(_DIGITS)
_MONTHS_A_YEAR = 12
_CENTURY, _PIVOT = 2000, 40  # years of two digits below the pivot are this century's
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SCALE_NAMES = {"k": 1_000, "m": 1_000_000, "bn": 1_000_000_000}


def values_of(text: str) -> list[Value]:
    """The figures of a text, in reading order; digits that are no other kind of figure are plain numbers."""
    found: list[Value] = []
    for read in (_dates, _amounts, _shares, _durations, _numbers):
        for value in read(text):
            if not any(value.start < other.end and other.start < value.end for other in found):
                found.append(value)
    return sorted(found, key=lambda value: value.start)


def number_of(text: str) -> Decimal | None:
    """The number a text writes: its digits if it has any ("sixty (60)"), else its words. None when it has neither."""
    digits = _PLAIN.search(text)
    if digits:
        try:
            return Decimal(digits.group().replace(",", "")).normalize()
        except InvalidOperation:
            return None
    total = current = 0
    words = [word for word in re.split(r"[\s-]+", text.lower()) if word and word != "and"]
    if not words:
        return None
    for word in words:
        if word in _ONES:
            current += _ONES[word]
        elif word in _TENS:
            current += _TENS[word]
        elif word == "hundred":
            current = max(1, current) * 100
        elif word in _SCALES:
            total += max(1, current) * _SCALES[word]
            current = 0
        else:
            return None
    return Decimal(total + current).normalize()


def _key(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _dates(text: str) -> Iterator[Value]:
    for match in _DATE.finditer(text):
        if match["y3"]:
            key = (match["y3"], match["m3"], match["d3"])
        elif match["y4"]:
            key = _with_strokes(int(match["m4"]), int(match["d4"]), match["y4"])
        else:
            month = _MONTHS.index((match["m1"] or match["m2"])[:3].lower()) + 1
            key = (match["y1"] or match["y2"], f"{month:02}", f"{int(match['d1'] or match['d2']):02}")
        yield Value("date", key, *match.span())


def _with_strokes(first: int, second: int, year: str) -> tuple[str, str, str]:
    """12/17/2020 and 17/12/2020 are one day; where both could be the month the first is, as in American contracts."""
    month, day = (second, first) if first > _MONTHS_A_YEAR else (first, second)
    whole = int(year) + (_CENTURY if int(year) < _PIVOT else _CENTURY - 100) if len(year) == 2 else int(year)
    return str(whole), f"{month:02}", f"{day:02}"


def _amounts(text: str) -> Iterator[Value]:
    for match in _AMOUNT.finditer(text):
        if match["name"]:
            number, currency = number_of(match["count"]), _NAMES[match["name"].lower()]
        else:
            number = number_of(match["digits"])
            currency = (match["code"] or match["only"] or _CURRENCIES[match["sign"]]).upper().replace("USD", "US")
            currency = "USD" if currency == "US" else currency
            if number is not None and match["scale"]:
                scale = match["scale"].lower()
                number = (number * (_SCALES.get(scale) or _SCALE_NAMES[scale])).normalize()
        key = _key(number)
        if key is not None:
            yield Value("amount", (key, currency), *match.span())


def _shares(text: str) -> Iterator[Value]:
    for match in _SHARE.finditer(text):
        key = _key(number_of(match["count"]))
        if key is not None:
            yield Value("share", (key,), *match.span())


def _durations(text: str) -> Iterator[Value]:
    for match in _DURATION.finditer(text):
        key = _key(number_of(match["count"]))
        unit = next(name for name, pattern in _UNIT.items() if pattern.fullmatch(match["unit"]))
        if key is not None:
            yield Value("duration", (key, unit), *match.span())


def _numbers(text: str) -> Iterator[Value]:
    for match in _PLAIN.finditer(text):
        key = _key(number_of(match.group()))
        if key is not None:
            yield Value("number", (key,), *match.span())
