"""Figures are compared by what they are worth, not by how they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragnano.values import number_of, values_of


def keys(text: str) -> list[tuple[str, ...]]:
    return [(value.kind, *value.key) for value in values_of(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sixty (60) days", "60 days"),
        ("sixty days", "60 days"),
        ("thirty-six (36) consecutive months", "thirty six months"),
        ("$5,000", "5,000 dollars"),
        ("US$2.5 million", "USD 2,500,000"),
        ("two hundred and fifty thousand dollars", "$250,000.00"),
        ("five percent", "5%"),
        ("12.50 per cent", "12.5 %"),
        ("July 4, 2020", "the 4th day of July, 2020"),
        ("2020-07-04", "4 July 2020"),
        ("12/17/2020", "December 17, 2020"),
        ("17/12/20", "12/17/2020"),
        ("five (5) working days", "5 business days"),
    ],
)
def test_one_figure_written_two_ways_is_one_figure(one: str, other: str) -> None:
    assert set(keys(one)) == set(keys(other)) != set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("60 days", "60 months"),
        ("5 days", "5 business days"),
        ("5 %", "$5"),
        ("$5,000", "€5,000"),
        ("March 3, 2020", "March 4, 2020"),
        ("twenty days", "two days"),
    ],
)
def test_the_unit_is_part_of_a_figure(one: str, other: str) -> None:
    assert not set(keys(one)) & set(keys(other))


def test_figures_come_in_reading_order_with_their_places() -> None:
    text = "Within thirty (30) days the Buyer pays $400 and 2 % interest from May 1, 2021 under Section 8.2."
    found = values_of(text)
    assert [value.kind for value in found] == ["duration", "amount", "share", "date", "number"]
    assert [text[value.start : value.end] for value in found] == [
        "thirty (30) days",
        "$400",
        "2 %",
        "May 1, 2021",
        "8.2",
    ]


def test_a_word_that_is_no_number_has_no_value() -> None:
    assert number_of("notice") is None
    assert keys("Each of the two parties has one vote.") == []


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    for value in values_of(text):
        assert 0 <= value.start < value.end <= len(text)


@given(st.integers(min_value=0, max_value=999_999_999))
def test_any_whole_number_is_read_with_or_without_commas(number: int) -> None:
    assert number_of(f"{number:,}") == number_of(str(number)) == number
