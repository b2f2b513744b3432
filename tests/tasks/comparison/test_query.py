"""What a question to several documents asks: its condition, its order, the sort of documents."""

from datetime import date

import pytest

from ragnano.tasks.comparison.conditions import Condition, condition_of
from ragnano.tasks.comparison.query import ComparisonQuery, narrowing, parse
from ragnano.tasks.comparison.recognition import Recognised
from ragnano.text.comparable_values import ComparableValue

TODAY = date(2026, 11, 30)


def parsed(question: str, *, operation: str = "list", negated: float = 0.0) -> ComparisonQuery:
    return parse(question, Recognised(1.0, operation, negated, {}), TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "stems"),
    [
        ("How many leases do we have?", ("leas",)),
        ("Sort the supply agreements by end date", ("suppli",)),
        ("Which contracts end in 2027?", ()),
        ("Which contract has the longest notice period?", ()),
        ("which landlords want a deposit", ()),
    ],
)
def test_the_sort_of_documents_is_read(question: str, stems: tuple[str, ...]) -> None:
    assert narrowing(question) == stems


@pytest.mark.parametrize(
    ("question", "condition"),
    [
        ("Which contracts end in 2027?", Condition(date(2027, 1, 1), date(2027, 12, 31))),
        ("Which contracts end before 2027?", Condition(None, date(2026, 12, 31))),
        ("Which contracts expire after June 2026?", Condition(date(2026, 7, 1), None)),
        ("Which contracts end by 2027?", Condition(None, date(2027, 12, 31))),
        ("What runs out before 1 April 2027?", Condition(None, date(2027, 3, 31))),
        ("which run past the end of 2027", Condition(date(2028, 1, 1), None)),
        ("Who was signed up between March 2024 and June 2025?", Condition(date(2024, 3, 1), date(2025, 6, 30))),
        ("Q1 2027 expiries", Condition(date(2027, 1, 1), date(2027, 3, 31))),
        ("ending in the second half of 2026", Condition(date(2026, 7, 1), date(2026, 12, 31))),
        ("anything up for renewal next year?", Condition(date(2027, 1, 1), date(2027, 12, 31))),
        ("what ends by the end of the year", Condition(None, date(2026, 12, 31))),
        ("what ends no later than the end of next year", Condition(None, date(2027, 12, 31))),
        ("ending in the next three months", Condition(TODAY, date(2027, 2, 28))),
        ("signed in the last two years", Condition(date(2024, 11, 30), TODAY)),
        ("What do we pay over the year?", Condition()),
        ("Which contracts are under Norwegian law?", Condition(places=("norway",))),
        ("Which contracts cap liability in euros?", Condition(currency="EUR")),
    ],
)
def test_the_condition_is_read(question: str, condition: Condition) -> None:
    assert parsed(question).condition == condition


@pytest.mark.parametrize(
    ("question", "least", "most", "unit"),
    [
        ("a notice period of more than 60 days", 60, None, "days"),
        ("who can we drop within 30 days", None, 30, "days"),
        ("not more than two weeks' notice", None, 14, "days"),
        ("a cap below GBP 500,000", None, 500_000, "GBP"),
        ("caps of £250,000 or more", 250_000, None, "GBP"),
        ("interest over 8 %", 8, None, "%"),
    ],
)
def test_a_limit_is_read_with_its_unit(question: str, least: int | None, most: int | None, unit: str) -> None:
    condition = parsed(question).condition
    assert (condition.least, condition.most, condition.unit) == (least, most, unit)


def test_a_negated_condition_is_turned_round() -> None:
    condition = condition_of("not under Norwegian law", negated=True, today=TODAY)
    norway, iceland = (ComparableValue("place", places=(name,)) for name in ("norway", "iceland"))
    assert (condition.met_by(norway), condition.met_by(iceland)) == (False, True)
    assert condition.met_by(ComparableValue("place")) is None
    no = ComparableValue("yes_no", truth=False)
    assert condition.met_by(no) is True


def test_of_two_conditions_each_kind_of_value_meets_its_own() -> None:
    condition = parsed("Norwegian contracts that end in 2027").condition
    assert condition.kinds == ("date", "place")
    assert condition.only("date") == Condition(date(2027, 1, 1), date(2027, 12, 31))
    assert condition.only("place") == Condition(places=("norway",))
    assert condition.only("amount").empty


@pytest.mark.parametrize(
    ("question", "operation", "descending"),
    [
        ("the longest notice", "greatest", True),
        ("the shortest notice", "least", False),
        ("sort them by rent, highest first", "order", True),
        ("sort them by end date", "order", False),
    ],
)
def test_the_order_of_the_rows_is_read(question: str, operation: str, descending: bool) -> None:
    assert parsed(question, operation=operation).descending is descending
