"""Values that can be compared: a date, a number with its unit, places, or yes and no, read from an answer's words."""

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ragnano.text.money import Money, Per, money_in
from ragnano.text.places import places_in
from ragnano.text.quantities import values_of
from ragnano.text.query import AnswerKind

_DAYS_IN = {
    "hour": Fraction(1, 24),
    "day": Fraction(1),
    "days": Fraction(1),
    "week": Fraction(7),
    "month": Fraction(365, 12),
    "months": Fraction(365, 12),
    "quarter": Fraction(365, 4),
    "year": Fraction(365),
}
_WORKING_DAY = Fraction(7, 5)
"""Days that a working day takes in a week without holidays."""


@dataclass(frozen=True, slots=True)
class ComparableValue:
    """A value: its kind and, by the kind, a day, a number in a unit (days for durations, an ISO 4217 code for money),
    places or a truth. Everything is empty if the words state nothing that can be compared.

    `per` is the period that money is paid for. `months` is the length of a duration in months, None if in days.
    """

    kind: AnswerKind
    number: Fraction | None = None
    unit: str = ""
    day: date | None = None
    places: tuple[str, ...] = ()
    truth: bool | None = None
    per: Per = ""
    months: Fraction | None = None

    @property
    def known(self) -> bool:
        """Whether it can be compared."""
        return self.number is not None or self.day is not None or bool(self.places) or self.truth is not None

    def normalized(self) -> str:
        """Returns the value in a form that programs read: "2027-09-30", "180 days", "GBP 42000 per year", "norway"."""
        if self.day is not None:
            return self.day.isoformat()
        if self.number is None:
            return ", ".join(self.places) if self.truth is None else ("yes" if self.truth else "no")
        if self.kind == "amount":
            return f"{self.unit} {plain_number(self.number)}{f' per {self.per}' if self.per else ''}"
        if self.months is not None:
            return f"{plain_number(self.months)} months"
        return f"{plain_number(self.number)}{'%' if self.unit == '%' else ' ' + self.unit}"


def plain_number(number: Fraction) -> str:
    """Returns a number with at most two decimals, without trailing zeros."""
    return f"{float(number):.2f}".rstrip("0").rstrip(".")


def read_value(kind: AnswerKind, exact: str, sentence: str, *, last: bool = False) -> ComparableValue:
    """Returns the value in the exact words of an answer, or else the only one in the sentence that they are from.

    `last`: of several in the exact words, the last counts ("from 1 May 2024 until 30 April 2027").
    """
    found = values_in(kind, exact)[-1 if last else 0 :]
    if kind == "amount" and found and sentence:
        found = _with_period(found, exact, sentence)
    if not found and sentence:
        inside = values_in(kind, sentence)
        found = inside if len(inside) == 1 or kind == "place" else ()
    if kind == "place":
        return ComparableValue("place", places=tuple(dict.fromkeys(place for value in found for place in value.places)))
    return found[0] if found else ComparableValue(kind)


def values_in(kind: AnswerKind, text: str) -> tuple[ComparableValue, ...]:
    """Returns all values of a kind in a text."""
    if kind == "amount":
        return tuple(_money(money) for money in money_in(text))
    if kind == "place":
        return tuple(ComparableValue("place", places=(place,)) for place in places_in(text))
    if kind == "date":
        days = values_of(text, "date")
        return tuple(ComparableValue("date", day=date.fromisoformat(str(value.value))) for value in days)
    if kind == "share":
        return tuple(ComparableValue("share", Fraction(value.value), "%") for value in values_of(text, "share"))
    if kind == "duration":
        return tuple(_duration(value.unit, Fraction(value.value)) for value in values_of(text, "duration"))
    return ()


def _money(money: Money) -> ComparableValue:
    return ComparableValue("amount", money.amount, money.currency, per=money.per)


def _with_period(found: tuple[ComparableValue, ...], exact: str, sentence: str) -> tuple[ComparableValue, ...]:
    """Adds the period that the sentence states for the amount: the exact words are often the amount alone."""
    if found[0].per:
        return found
    at = sentence.find(exact)
    inside = [money for money in money_in(sentence) if at < 0 or at <= money.start < at + len(exact)]
    same = [money for money in inside if (money.currency, money.amount) == (found[0].unit, found[0].number)]
    return (_money(same[0]), *found[1:]) if same else found


def _duration(unit: str, number: Fraction) -> ComparableValue:
    """Returns a duration in days; months are also kept as such, because a date moves by months, not by days."""
    working = unit.startswith("business ")
    unit = unit.removeprefix("business ")
    days = number * _DAYS_IN[unit] * (_WORKING_DAY if working else 1)
    return ComparableValue("duration", days, "days", months=number if unit in ("month", "months") else None)


_PER_IN_QUESTION = re.compile(
    r"\b(?:per|a|each|every)\s+(?P<per>month|year|annum|quarter|week)\b|\b(?P<adverb>monthly|yearly|annual|annually)\b",
    re.IGNORECASE,
)


def period_asked(text: str) -> Per:
    """Returns the period that a question wants amounts for ("a month"), "" if none is named."""
    found = _PER_IN_QUESTION.search(text)
    if not found:
        return ""
    name = (found["per"] or found["adverb"]).lower()
    adverbs: dict[str, Per] = {
        "annum": "year",
        "annual": "year",
        "annually": "year",
        "yearly": "year",
        "monthly": "month",
    }
    return adverbs.get(name) or name  # type: ignore[return-value]
