"""Reads the period that a question names: "in 2027", "before March 2026", "in the next six months"."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from dateutil import parser
from dateutil.relativedelta import relativedelta

from ragnano.text.quantities import values_of
from ragnano.text.word_lists import MONTH

Period = tuple[date | None, date | None]
"""First and last day, both included; None where it is open."""

_YEAR = r"(?:19|20)\d\d"
_POINT = (
    rf"(?P<day>\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}\.?,?\s+{_YEAR}"
    rf"|{MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+{_YEAR}|{_YEAR}-\d\d-\d\d)"
    rf"|(?P<month>{MONTH}\.?,?\s+{_YEAR})"
    rf"|(?:the\s+)?(?P<part>q[1-4]|(?:first|second|third|fourth|last)\s+quarter|(?:first|second)\s+half)"
    rf"(?:\s+of)?\s+(?P<part_year>{_YEAR})"
    rf"|(?P<relative>this|the|next|last|the coming|coming)\s+(?P<unit>year|quarter|month|week)"
    rf"|(?P<today>today|now)|(?P<year>{_YEAR})"
)
_RELATION = (
    r"(?P<relation>before|earlier than|no later than|not later than|"
    r"after|later than|beyond|past|since|until|till|by|from|in|during|within|of|on|"
    r"up to|through)"
)
_NAMED = re.compile(
    rf"\b(?:{_RELATION}\s+)?(?:(?:the\s+)?(?P<edge>start|beginning|end|middle)\s+of\s+)?(?:{_POINT})\b", re.IGNORECASE
)
_BETWEEN = re.compile(
    r"\b(?:between|from)\s+(?P<first>.{4,30}?)\s+(?:and|to|until|till)\s+(?P<last>.{3,30}?)(?=[?.!,;]|\s[a-z]{3,}\b|$)",
    re.IGNORECASE,
)
_COMING = re.compile(
    r"\b(?:(?:in|within|over|during)\s+)?(?:the\s+)?(?:next|coming)\s+(?P<length>[\w-]+(?:\s\([^)]*\))?\s+"
    r"(?:days?|weeks?|months?|years?|quarters?))\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:in|within|over|during)\s+(?:the\s+)?(?:last|past)\s+(?P<length>[\w-]+\s+(?:days?|weeks?|months?|years?))\b",
    re.IGNORECASE,
)
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}


def period_in(text: str, today: date) -> Period:
    """Returns the period that a text names, (None, None) if it names none."""
    for pattern, bounds in ((_COMING, _coming), (_PAST, _gone)):
        if found := pattern.search(text):
            length = values_of(found["length"], "duration")
            if length:
                return bounds(today, int(length[0].value), length[0].unit)
    if found := _BETWEEN.search(text):
        first, last = _NAMED.search(found["first"]), _NAMED.search(found["last"])
        if first and last and (ends := (_range(first, today)[0], _range(last, today)[1])):
            return ends
    # "The year" by itself names none; "the end of the year" does.
    points = (found for found in _NAMED.finditer(text) if found["edge"] or (found["relative"] or "").lower() != "the")
    named = next(points, None)
    return _bounds(named, *_range(named, today)) if named else (None, None)


def _coming(today: date, number: int, unit: str) -> Period:
    return today, today + _length(number, unit)


def _gone(today: date, number: int, unit: str) -> Period:
    return today - _length(number, unit), today


def _length(number: int, unit: str) -> relativedelta:
    unit = unit.removeprefix("business ").rstrip("s")
    if unit == "quarter":
        return relativedelta(months=3 * number)
    lengths: dict[str, Callable[[int], relativedelta]] = {
        "day": lambda count: relativedelta(days=count),
        "week": lambda count: relativedelta(weeks=count),
        "month": lambda count: relativedelta(months=count),
        "year": lambda count: relativedelta(years=count),
    }
    return lengths.get(unit, lengths["day"])(number)


def _range(named: re.Match[str], today: date) -> tuple[date, date]:
    """Returns the first and the last day of the point that is named."""
    if named["today"]:
        return today, today
    if named["day"] or named["month"]:
        words = re.sub(r"\bof\b", " ", named["day"] or named["month"], flags=re.IGNORECASE)
        day: date = parser.parse(words, default=parser.parse("2000-01-01")).date()
        return (day, day) if named["day"] else _span(day, relativedelta(months=1))
    if named["part"]:
        year, part = int(named["part_year"]), named["part"].lower()
        if part.endswith("half"):
            return _span(date(year, 1 if part.startswith("first") else 7, 1), relativedelta(months=6))
        quarter = int(part[1]) if part[0] == "q" and part[1].isdigit() else _QUARTERS[part.split()[0]]
        return _span(date(year, 3 * quarter - 2, 1), relativedelta(months=3))
    if named["unit"]:
        return _relative(named["relative"].lower(), named["unit"].lower(), today)
    return date(int(named["year"]), 1, 1), date(int(named["year"]), 12, 31)


def _relative(word: str, unit: str, today: date) -> tuple[date, date]:
    length = _length(1, unit)
    starts = {
        "year": date(today.year, 1, 1),
        "quarter": date(today.year, (today.month - 1) // 3 * 3 + 1, 1),
        "month": date(today.year, today.month, 1),
        "week": today - timedelta(days=today.weekday()),
    }
    start = starts[unit]
    return _span({"this": start, "the": start, "last": start - length}.get(word, start + length), length)


def _span(first: date, length: relativedelta) -> tuple[date, date]:
    return first, first + length - timedelta(days=1)


def _bounds(named: re.Match[str], start: date, end: date) -> Period:
    """Returns the days that stand in the named relation to a point."""
    edge = (named["edge"] or "").lower()
    start, end = (start, start) if edge in ("start", "beginning") else (end, end) if edge == "end" else (start, end)
    match (named["relation"] or "in").lower():
        case "before" | "earlier than":
            return None, (start if edge != "end" else end) - timedelta(days=1)
        case "after" | "later than" | "beyond" | "past":
            return end + timedelta(days=1), None
        case "since" | "from":
            return start, None
        case "until" | "till" | "by" | "up to" | "through" | "no later than" | "not later than":
            return None, end
        case _:
            return start, end
