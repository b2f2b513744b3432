"""Values: what can be compared with what, and when a condition is met."""

from datetime import date
from fractions import Fraction

import pytest

from ragnano.tasks.comparison.conditions import Condition
from ragnano.tasks.comparison.wording import in_period
from ragnano.text.comparable_values import ComparableValue, read_value
from ragnano.text.query import AnswerKind


@pytest.mark.parametrize(
    ("kind", "exact", "normalized"),
    [
        ("date", "30 September 2027", "2027-09-30"),
        ("duration", "ninety (90) days' notice in writing", "90 days"),
        ("duration", "nine months", "9 months"),
        ("duration", "three years", "36 months"),
        ("amount", "GBP 13,200 per annum", "GBP 13200 per year"),
        ("share", "4.5 %", "4.5%"),
        ("place", "the laws of the Kingdom of Norway", "norway"),
    ],
)
def test_exact_words_become_a_value(kind: AnswerKind, exact: str, normalized: str) -> None:
    assert read_value(kind, exact, exact).normalized() == normalized


def test_months_and_days_are_comparable() -> None:
    nine_months, half_a_year = read_value("duration", "nine months", ""), read_value("duration", "180 days", "")
    assert nine_months.number is not None and half_a_year.number is not None
    assert nine_months.number > half_a_year.number


def test_a_yearly_amount_is_a_twelfth_of_it_a_month() -> None:
    assert in_period(read_value("amount", "GBP 13,200 a year", ""), "month") == 1100
    assert in_period(read_value("amount", "GBP 13,200", ""), "month") is None


def test_the_period_stands_beside_the_exact_words() -> None:
    value = read_value("amount", "GBP 42,000", "The Tenant pays a yearly rent of GBP 42,000 in advance.")
    assert value.per == "year"


def test_words_without_a_value_take_the_only_one_of_their_sentence() -> None:
    sentence = "The fee is GBP 500."
    assert read_value("amount", "The fee", sentence).number == 500
    assert not read_value("amount", "The fee", "The fee is GBP 500 or GBP 600.").known


@pytest.mark.parametrize(
    ("condition", "value", "met"),
    [
        (Condition(date(2027, 1, 1), date(2027, 12, 31)), ComparableValue("date", day=date(2027, 12, 31)), True),
        (Condition(date(2027, 1, 1), date(2027, 12, 31)), ComparableValue("date", day=date(2028, 1, 1)), False),
        (Condition(date(2027, 1, 1)), ComparableValue("date"), None),
        (Condition(places=("norway",)), ComparableValue("place", places=("norway",)), True),
        (Condition(places=("norway",)), ComparableValue("place", places=("sweden",)), False),
        (Condition(currency="EUR"), ComparableValue("amount", Fraction(5), "EUR"), True),
        (Condition(currency="EUR"), ComparableValue("amount", Fraction(5), "GBP"), False),
        (Condition(least=Fraction(60), unit="days"), ComparableValue("duration", Fraction(90), "days"), True),
        (Condition(most=Fraction(60), unit="days"), ComparableValue("duration", Fraction(90), "days"), False),
        (Condition(least=Fraction(60), unit="GBP"), ComparableValue("amount", Fraction(90), "EUR"), None),
        (Condition(yes=False), ComparableValue("yes_no", truth=False), True),
        (Condition(), ComparableValue("yes_no", truth=None), None),
    ],
)
def test_a_condition_is_met_not_met_or_open(condition: Condition, value: ComparableValue, met: bool | None) -> None:
    assert condition.met_by(value) is met
