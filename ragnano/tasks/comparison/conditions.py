"""Parses the condition that documents must meet ("in 2027", "under Norwegian law", "in pounds", "more than 60 days")
and checks a value against it.
"""

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ragnano.text.comparable_values import ComparableValue, values_in
from ragnano.text.money import currency_named
from ragnano.text.places import places_in
from ragnano.text.query import AnswerKind
from ragnano.text.words import MONTH

_YEARS = re.compile(
    r"\b(?P<relation>before|after|since|until|by|from|in|during|of)?\s*(?:the (?:year|end of)\s+)?"
    r"(?P<year>(?:19|20)\d\d)\b",
    re.I,
)
_MONTH_YEAR = re.compile(
    rf"\b(?P<relation>before|after|since|until|by|in|during)\s+(?P<month>{MONTH})\.?,?\s+(?P<year>(?:19|20)\d\d)\b",
    re.I,
)
_LOWER = ("more than", "longer than", "over", "above", "exceeding", "at least")
_UPPER = ("less than", "shorter than", "under", "below", "at most", "up to")
_BOUND = re.compile(
    rf"\b(?P<relation>{'|'.join((*_LOWER, *_UPPER, 'exactly'))})\s+"
    r"(?=[$€£¥\d]|[A-Z]{3}\s?\d|[a-z]+ (?:\(|(?:days?|weeks?|months?|years?|per ?cent)\b))",
    re.I,
)
_MONTHS = {name: at for at, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}


@dataclass(frozen=True, slots=True)
class Condition:
    """What a value must meet; without any of these everything meets it.

    `first` and `last` bound a date, both included; `least` and `most` a number in `unit`; `yes` is whether a yes-or-no
    must be a yes.
    """

    first: date | None = None
    last: date | None = None
    places: tuple[str, ...] = ()
    currency: str = ""
    least: Fraction | None = None
    most: Fraction | None = None
    unit: str = ""
    yes: bool = True

    @property
    def kinds(self) -> tuple[AnswerKind, ...]:
        """Kinds of values that the condition can be put to; () for any."""
        if self.first or self.last:
            return ("date",)
        if self.places:
            return ("place",)
        if self.currency:
            return ("amount",)
        if not self.unit:
            return ()
        return ("share",) if self.unit == "%" else ("duration",) if self.unit == "days" else ("amount",)

    @property
    def empty(self) -> bool:
        """Whether every value meets it."""
        return not self.kinds

    def met_by(self, value: ComparableValue) -> bool | None:
        """Whether a value meets the condition; None if it cannot be compared."""
        if value.kind == "yes_no":
            return None if value.truth is None else value.truth == self.yes
        if self.empty:
            return True
        if value.kind not in self.kinds:
            return None
        if value.kind == "date":
            return None if value.day is None else self._holds(value.day)
        if value.kind == "place":
            return any(place in value.places for place in self.places) if value.places else None
        if value.number is None:
            return None
        if self.currency and value.unit != self.currency:
            return False
        if self.unit and value.unit != self.unit:
            return None
        return (self.least is None or value.number >= self.least) and (self.most is None or value.number <= self.most)

    def _holds(self, day: date) -> bool:
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


def condition_of(text: str, *, negated: bool) -> Condition:
    """Returns the condition in a question. `negated`: a yes-or-no must be a no."""
    first, last = _period(text)
    places = places_in(text)
    currency = currency_named(text)
    least, most, unit = _limits(text)
    return Condition(first, last, places, currency, least, most, unit, yes=not negated)


def _limits(text: str) -> tuple[Fraction | None, Fraction | None, str]:
    """Returns the least and the most number that a question names, and their unit."""
    bound = _BOUND.search(text)
    if bound is None:
        return None, None, ""
    limit = text[bound.end() :]
    kinds: tuple[AnswerKind, ...] = ("amount", "share", "duration")
    value = next((values[0] for kind in kinds if (values := values_in(kind, limit))), None)
    if value is None:
        return None, None, ""
    relation = bound["relation"].lower()
    above = None if relation in _UPPER else value.number
    below = None if relation in _LOWER else value.number
    return above, below, value.unit


def _period(text: str) -> tuple[date | None, date | None]:
    """Returns the first and the last day of the period that a question names."""
    if month := _MONTH_YEAR.search(text):
        start = date(int(month["year"]), _MONTHS[month["month"][:3].lower()], 1)
        end = _day_before(date(start.year + start.month // 12, start.month % 12 + 1, 1))
        return _bounds(month["relation"], start, end)
    if year := _YEARS.search(text):
        start, end = date(int(year["year"]), 1, 1), date(int(year["year"]), 12, 31)
        return _bounds(year["relation"] or "in", start, end)
    return None, None


def _bounds(relation: str, start: date, end: date) -> tuple[date | None, date | None]:
    match relation.lower():
        case "before":
            return None, _day_before(start)
        case "after":
            return date.fromordinal(end.toordinal() + 1), None
        case "since" | "from":
            return start, None
        case "until" | "by":
            return None, end
        case _:
            return start, end


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
