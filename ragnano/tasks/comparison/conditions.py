"""Parses the condition that documents must meet ("in 2027", "under Norwegian law", "in pounds", "more than 60 days")
and checks a value against it.
"""

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from ragnano.tasks.comparison.periods import period_in
from ragnano.text.comparable_values import ComparableValue, values_in
from ragnano.text.money import currency_named
from ragnano.text.places import lies_in, places_in
from ragnano.text.query import AnswerKind

_UPPER = (
    "no more than", "not more than", "less than", "fewer than", "shorter than", "lower than", "smaller than", "within",
    "under", "below", "at most", "up to", "inside",
)  # fmt: skip
_LOWER = (
    "no less than", "not less than", "more than", "longer than", "greater than", "higher than", "bigger than", "over",
    "above", "exceeding", "at least", "upwards of",
)  # fmt: skip
_NUMBER = (
    r"(?:[$€£¥]\s?\d|\d|[A-Z]{3}\s?\d|"
    r"(?:an?|[a-z]+(?:-[a-z]+)?) (?:\(|(?:days?|weeks?|months?|years?|per ?cent|million)\b))"
)
_BOUND = re.compile(rf"\b(?P<relation>{'|'.join((*_UPPER, *_LOWER, 'exactly'))})\s+(?={_NUMBER})", re.I)
_BOUND_AFTER = re.compile(
    r"(?P<limit>(?:[$€£¥]\s?|[A-Z]{3}\s?)?\S+(?:\s(?:days?|weeks?|months?|years?|per ?cent|%|k|m|million)(?:['’]s?)?)?)"
    r"(?:\s\w+)?\s(?:or|and)\s(?P<relation>more|longer|above|over|up|higher|later|less|shorter|under|below|fewer|lower)\b",
    re.I,
)
_MORE = ("more", "longer", "above", "over", "up", "higher", "later")


@dataclass(frozen=True, slots=True)
class Condition:
    """What a value must meet; without any of these everything meets it.

    `first` and `last` bound a date, both included; `least` and `most` a number in `unit`. Without `yes` it is turned
    round: a yes-or-no must be a no.
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
        kinds: list[AnswerKind] = []
        if self.first or self.last:
            kinds.append("date")
        if self.places:
            kinds.append("place")
        if self.currency:
            kinds.append("amount")
        if self.unit:
            kinds.append("share" if self.unit == "%" else "duration" if self.unit == "days" else "amount")
        return tuple(dict.fromkeys(kinds))

    @property
    def empty(self) -> bool:
        """Whether every value meets it."""
        return not self.kinds

    def only(self, kind: AnswerKind) -> "Condition":
        """Returns the part that values of one kind must meet."""
        parts: dict[str, Any] = {"yes": self.yes}
        if kind == "date":
            parts |= {"first": self.first, "last": self.last}
        if kind == "place":
            parts["places"] = self.places
        if kind == "amount":
            parts["currency"] = self.currency
        if self.unit and kind == ("share" if self.unit == "%" else "duration" if self.unit == "days" else "amount"):
            parts |= {"least": self.least, "most": self.most, "unit": self.unit}
        return Condition(**parts)

    def met_by(self, value: ComparableValue) -> bool | None:
        """Whether a value meets the condition; None if it cannot be compared."""
        if value.kind == "yes_no":
            return None if value.truth is None else value.truth == self.yes
        if self.empty:
            return True
        if value.kind not in self.kinds:
            return None
        met = self._met_by(value)
        return met if met is None or self.yes else not met

    def _met_by(self, value: ComparableValue) -> bool | None:
        if value.kind == "date":
            return None if value.day is None else self._holds(value.day)
        if value.kind == "place":
            return any(lies_in(own, place) for place in self.places for own in value.places) if value.places else None
        if value.number is None:
            return None
        if self.currency and value.unit != self.currency:
            return False
        if self.unit and value.unit != self.unit:
            return None
        return (self.least is None or value.number >= self.least) and (self.most is None or value.number <= self.most)

    def _holds(self, day: date) -> bool:
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


def condition_of(text: str, *, negated: bool, today: date) -> Condition:
    """Returns the condition in a question. `negated`: it must not be met, a yes-or-no must be a no."""
    first, last = period_in(text, today)
    places = places_in(text)
    currency = currency_named(text)
    least, most, unit = _limits(text)
    return Condition(first, last, places, currency, least, most, unit, yes=not negated)


def _limits(text: str) -> tuple[Fraction | None, Fraction | None, str]:
    """Returns the least and the most number that a question names, and their unit."""
    if bound := _BOUND.search(text):
        relation, limit = bound["relation"].lower(), text[bound.end() :]
        above, below = relation not in _UPPER, relation not in _LOWER
    elif bound := _BOUND_AFTER.search(text):
        limit = bound["limit"]
        above = bound["relation"].lower() in _MORE
        below = not above
    else:
        return None, None, ""
    kinds: tuple[AnswerKind, ...] = ("amount", "share", "duration")
    value = next((values[0] for kind in kinds if (values := values_in(kind, limit))), None)
    if value is None:
        return None, None, ""
    return value.number if above else None, value.number if below else None, value.unit
