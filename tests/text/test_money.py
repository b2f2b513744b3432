"""Money: amounts with their currency and the period they are paid for."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragnano.text.money import currency_named, money_in, number_of


@pytest.mark.parametrize(
    ("text", "currency", "amount", "per"),
    [
        ("The Customer pays GBP 8,400 per month.", "GBP", 8400, "month"),
        ("a fee of GBP 13,200 per annum", "GBP", 13200, "year"),
        ("The monthly fee is increased to EUR 9,300 from 1 July 2025.", "EUR", 9300, "month"),
        ("The rent is 2.480,50 €.", "EUR", Fraction("2480.5"), ""),
        ("The licence costs NOK 612 000 per year.", "NOK", 612000, "year"),
        ("US$ 1.5 million", "USD", 1500000, ""),
        ("€3m", "EUR", 3000000, ""),
        ("C$5,000 a week", "CAD", 5000, "week"),
        ("£12/month", "GBP", 12, "month"),
        ("ten thousand dollars ($10,000)", "USD", 10000, ""),
        ("a yearly rent of GBP 42,000, payable in equal quarterly parts", "GBP", 42000, "year"),
    ],
)
def test_an_amount_has_its_currency_and_the_period_stated_for_it(
    text: str, currency: str, amount: int | Fraction, per: str
) -> None:
    found = money_in(text)[-1]
    assert (found.currency, found.amount, found.per) == (currency, amount, per)


def test_two_amounts_keep_their_own_periods() -> None:
    first, second = money_in("EUR 3,200 per month and EUR 35 for each sensor, EUR 70 a day at most")[:2]
    assert (first.per, second.per) == ("month", "")


@pytest.mark.parametrize("text", ["42,000", "2027", "Section 5.1", "tell us 5 things", "12 months", "10 km"])
def test_numbers_without_a_currency_are_no_money(text: str) -> None:
    assert money_in(text) == ()


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("in pounds", "GBP"),
        ("caps in euros", "EUR"),
        ("US dollars", "USD"),
        ("Norwegian kroner", "NOK"),
        ("tell us", ""),
    ],
)
def test_a_currency_is_recognised_by_its_name(text: str, currency: str) -> None:
    assert currency_named(text) == currency


@given(st.integers(min_value=0, max_value=10**12), st.integers(min_value=0, max_value=99))
def test_both_ways_to_write_a_number_are_read_alike(whole: int, cents: int) -> None:
    english = f"{whole:,}.{cents:02}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert number_of(english) == number_of(german) == whole + Fraction(cents, 100)
