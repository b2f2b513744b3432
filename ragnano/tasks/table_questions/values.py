"""The values of cells, in a form that can be compared and added."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ragnano.text.comparable_values import values_in
from ragnano.text.money import money_in
from ragnano.text.query import AnswerKind

_KINDS: tuple[AnswerKind, ...] = ("date", "share", "duration")
_FIGURE = re.compile(r"\W{0,2}\d[\d.,'’ ]*\s?[^\W\d]{0,3}\.?\W{0,2}")


@dataclass(frozen=True, slots=True)
class CellValue:
    """A number and its unit: a currency (ISO 4217), "%", "days", "date" (the number is its ordinal), or "" for none."""

    unit: str
    number: Fraction


def cell_value(cell: str, column: str) -> CellValue | None:
    """Returns a cell's value, None if it states none or several. The column's name may state the currency."""
    if money := money_in(cell):
        return CellValue(money[0].currency, money[0].amount) if len(money) == 1 else None
    for kind in _KINDS:
        if found := values_in(kind, cell):
            if len(found) > 1:
                return None
            if (day := found[0].day) is not None:
                return CellValue("date", Fraction(day.toordinal()))
            return CellValue(found[0].unit, found[0].number or Fraction(0))
    if not _FIGURE.fullmatch(cell):
        return None
    # The figure is read as an amount of the column's currency, or of any: only its notation matters then.
    named = [code for code in re.findall(r"\b[A-Z]{3}\b|[$€£¥]", column) if money_in(f"{code} 1")]
    money = money_in(f"{named[0] if named else 'EUR'} {re.sub(r'[^0-9.,]', '', cell).strip('.,')}")
    return CellValue(money[0].currency if named else "", money[0].amount) if len(money) == 1 else None


def is_money(cells: Sequence[str], column: str) -> bool:
    """Whether most cells of a column are amounts of money, by themselves or by the column's name."""
    values = [cell_value(cell, column) for cell in cells if cell]
    amounts = [value for value in values if value and len(value.unit) == 3]
    return bool(values) and 2 * len(amounts) > len(values)
