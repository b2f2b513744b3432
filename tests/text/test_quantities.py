"""The same fact in other words has the same value; different facts have different values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragnano.text.quantities import spelt_number, values_of
from ragnano.text.query import AnswerKind


def found(text: str, kind: AnswerKind, *asked: str) -> set[tuple[str, str]]:
    return {(value.unit, str(value.value)) for value in values_of(text, kind, asked)}


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("duration", ("sixty (60) days", "60 days", "sixty days", "60 calendar days", "SIXTY (60) consecutive days")),
        ("duration", ("one hundred twenty (120) days", "120 days", "one hundred and twenty days")),
        ("duration", ("one (1) year", "twelve months", "12-month", "a period of 12 months")),
        ("duration", ("72 hours", "three (3) days")),
        ("duration", ("ten (10) business days", "10 working days")),
        ("amount", ("$5,000", "5,000 dollars", "US$5,000", "USD 5,000", "$ 5,000.00")),
        ("amount", ("$2.5 million", "$2,500,000")),
        ("amount", ("€1,000", "1,000 EUR", "1,000 euros")),
        ("share", ("three percent (3%)", "3 %", "3 percent", "three per cent")),
        ("share", ("one and one-quarter percent (1.25%)", "1.25%")),
        ("date", ("March 11, 2024", "11 March 2024", "the 11th day of March, 2024", "2024-03-11")),
        ("place", ("the laws of the State of New York", "the laws of New York", "law of New York")),
    ],
)  # fmt: skip
def test_one_fact_in_several_wordings_has_one_value(kind: AnswerKind, texts: tuple[str, ...]) -> None:
    values = [found(text, kind) for text in texts]
    assert len(values[0]) == 1
    assert all(value == values[0] for value in values), values


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("duration", "sixty (60) days", "sixty-one days"),
        ("duration", "10 days", "10 business days"),
        ("duration", "10 days", "10 months"),
        ("amount", "$5,000", "€5,000"),
        ("amount", "$5,000", "$5,000 million"),
        ("share", "3%", "0.3%"),
        ("date", "March 11, 2024", "March 11, 2025"),
        ("place", "the laws of Ohio", "the laws of New York"),
    ],
)
def test_facts_that_differ_have_different_values(kind: AnswerKind, first: str, second: str) -> None:
    assert found(first, kind) and found(second, kind)
    assert not found(first, kind) & found(second, kind)


def test_things_are_counted_only_when_they_are_asked_for() -> None:
    text = "Tenant may use eighteen (18) parking spaces and 2 lifts."
    assert found(text, "amount", "park", "space") == {("space", "18")}
    assert found(text, "amount") == set()
    assert found("Tenant pays $20 for 18 parking spaces.", "amount", "space") == {("$", "20")}


@pytest.mark.parametrize("text", ["", "due on March 11", "in May", "Section 7.3", "no amount is due"])
def test_what_is_no_whole_fact_has_no_value(text: str) -> None:
    for kind in ("date", "duration", "amount", "share", "place", "party", "yes_no", "other"):
        assert found(text, kind) == set()  # type: ignore[arg-type]


def test_the_words_of_a_value_are_where_it_says() -> None:
    text = "pay within forty-five (45) days after receipt"
    (value,) = values_of(text, "duration")
    assert text[value.start : value.end] == "forty-five (45) days"


@pytest.mark.parametrize(
    ("text", "number"),
    [("nineteen", 19), ("forty-five", 45), ("one hundred twenty", 120), ("two thousand and six", 2006),
     ("one million two hundred thousand", 1_200_000), ("hundred", 100)],
)  # fmt: skip
def test_numbers_in_words(text: str, number: int) -> None:
    assert spelt_number(text) == number


@given(st.text(max_size=200), st.sampled_from(["date", "duration", "amount", "share", "place"]))
def test_any_text_can_be_read(text: str, kind: AnswerKind) -> None:
    for value in values_of(text, kind, ("space",)):
        assert 0 <= value.start < value.end <= len(text)
