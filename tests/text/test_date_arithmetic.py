"""Date arithmetic: how contracts count months, days and working days."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragnano.text.date_arithmetic import last_day_of_term, shifted, written


@pytest.mark.parametrize(
    ("day", "number", "unit", "back", "result"),
    [
        (date(2029, 5, 31), 40, "day", True, date(2029, 4, 21)),
        (date(2028, 4, 30), 120, "day", True, date(2028, 1, 1)),  # across 29 February
        (date(2024, 1, 31), 1, "month", False, date(2024, 2, 29)),
        (date(2026, 3, 24), 6, "months", True, date(2025, 9, 24)),
        (date(2025, 2, 3), 10, "business day", False, date(2025, 2, 17)),
        (date(2025, 2, 1), 1, "business day", False, date(2025, 2, 3)),  # from a Saturday
        (date(2024, 5, 1), 2, "week", False, date(2024, 5, 15)),
        (date(2024, 5, 1), 3, "year", False, date(2027, 5, 1)),
    ],
)
def test_a_period_is_counted_from_a_day(day: date, number: int, unit: str, back: bool, result: date) -> None:
    assert shifted(day, Fraction(number), unit, back=back) == result


def test_parts_of_a_day_give_no_date() -> None:
    assert shifted(date(2024, 5, 1), Fraction(1, 2), "day") is None
    assert shifted(date(2024, 5, 1), Fraction(1), "hour") is None


def test_the_first_day_of_a_term_counts() -> None:
    assert last_day_of_term(date(2024, 5, 1), Fraction(3), "year") == date(2027, 4, 30)
    assert last_day_of_term(date(2024, 2, 29), Fraction(12), "month") == date(2025, 2, 27)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 400))
def test_days_forward_and_back_end_where_they_began(day: date, number: int) -> None:
    there = shifted(day, Fraction(number), "day")
    assert there is not None and shifted(there, Fraction(number), "day", back=True) == day


def test_a_date_is_written_without_a_leading_zero() -> None:
    assert written(date(2027, 4, 3)) == "3 April 2027"
