"""Values of cells: what can be compared and added, and what cannot."""

from fractions import Fraction

import pytest

from ragnano.tasks.table_questions.values import CellValue, cell_value, is_money


@pytest.mark.parametrize(
    ("cell", "column", "value"),
    [
        ("GBP 2,150", "Charge", CellValue("GBP", Fraction(2150))),
        ("13,60", "Price (EUR)", CellValue("EUR", Fraction("13.6"))),
        ("2.065", "Weight", CellValue("", Fraction(2065))),
        ("12.5 %", "Share", CellValue("%", Fraction("12.5"))),
        ("90 days", "Notice", CellValue("days", Fraction(90))),
        ("14", "Minutes", CellValue("", Fraction(14))),
    ],
)
def test_a_cell_with_one_figure_has_a_value(cell: str, column: str, value: CellValue) -> None:
    assert cell_value(cell, column) == value


@pytest.mark.parametrize("cell", ["on request", "", "12 Weir Lane", "GBP 20 or EUR 25", "n/a", "A-05"])
def test_a_cell_with_words_or_several_values_has_none(cell: str) -> None:
    assert cell_value(cell, "Charge") is None


def test_a_date_is_later_than_the_one_before() -> None:
    first, second = (cell_value(day, "Start") for day in ("1 May 2024", "2 May 2024"))
    assert first
    assert second
    assert (second.unit, second.number - first.number) == ("date", 1)


def test_a_column_is_money_by_its_cells_or_by_its_name() -> None:
    assert is_money(["GBP 5", "GBP 7", ""], "Charge")
    assert is_money(["5", "7"], "Charge (GBP)")
    assert not is_money(["5", "7"], "Pieces")
