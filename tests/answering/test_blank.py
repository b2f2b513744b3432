"""Values that a document leaves blank or blacks out are distinguished from values that are present."""

import pytest

from ragnano.answering.blank import has_blank, left_blank
from ragnano.text.query import read_question

FEE, WHEN, LONG, SHARE = (
    read_question(text)
    for text in (
        "What is the mooring fee?",
        "When does the berth lease begin?",
        "How long is the notice period?",
        "What percentage of sales is due?",
    )
)


@pytest.mark.parametrize(
    "text",
    [
        "Mooring fee: ______",
        "The mooring fee is $[***] per week.",
        "The mooring fee is [redacted].",
        "The mooring fee is € …… a year.",
        "The mooring fee is € … a year.",
        "4.1 Mooring fee: EUR ____, payable within 30 days (Section 9.2).",
        "The fee is [* * *] crowns.",
        "The fee is ████ a year.",
        "The fee is [amount] a year.",
        "The fee is [to be agreed].",
        "Fee: TBD",
        "Fee ..............",
        "The fee is *** per berth.",
    ],
)
def test_a_blank_amount_is_told(text: str) -> None:
    assert left_blank(text, FEE) == f"Left blank in the document: “{text}”"


@pytest.mark.parametrize(
    "text",
    [
        "The mooring fee is $45 per week.",
        "The mooring fee is $45, less [***]% for members.",
        "The Skipper (Name: ______) pays a mooring fee of 45 crowns.",
        "Within [***] days the fee is due.",
        "The fee is low.",
        "[ ] The fee includes water.",
        "4 Fees .................. 12",
        "A ***bold*** fee is due.",
    ],
)
def test_an_amount_that_stands_there_and_a_blank_of_another_kind_are_not_blank(text: str) -> None:
    assert left_blank(text, FEE) is None


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (WHEN, "The lease begins on ____________."),
        (WHEN, "This lease is dated ___ day of ______, 20__."),
        (LONG, "Either side may end it on [***] days' notice, for a fee of $9."),
        (LONG, "Either side may end it on [**] ([**]) business days' notice."),
        (SHARE, "The Skipper pays [***]% of sales within 30 days."),
        (read_question("Who is the skipper?"), "Skipper: ________________"),
        (read_question("In which city is the harbour?"), "Harbour: ________________"),
    ],
)
def test_blank_dates_durations_shares_and_names_are_told(question: object, text: str) -> None:
    assert left_blank(text, question) == f"Left blank in the document: “{text}”"  # type: ignore[arg-type]


def test_a_question_that_asks_for_no_value_is_answered_by_its_sentence() -> None:
    assert left_blank("Boats shall be moored at the quay within [***].", read_question("Must boats be moored?")) is None
    assert left_blank("Mooring means tying up at [***].", read_question("What does mooring mean?")) is None


def test_only_a_blank_where_the_reader_points_counts() -> None:
    text = "The fee for berth 9 is forty crowns and the fee for berth 10 is ____ crowns."
    berth_10 = text.index("____"), text.index("____") + 11
    assert left_blank(text, FEE, (text.index("forty"), text.index("forty") + 12)) is None
    assert left_blank(text, FEE, berth_10) is not None


def test_of_a_long_sentence_the_words_round_the_blank_are_shown() -> None:
    text = (
        "The Skipper keeps the berth clean and free of nets. " * 4
        + "The mooring fee is $[***] a week. "
        + "It rains. " * 20
    )
    shown = left_blank(text, FEE)
    assert shown is not None and "The mooring fee is $[***] a week." in shown and len(shown) < 220
    assert shown.startswith("Left blank in the document: “… ") and shown.endswith(" …”")


def test_of_several_blanks_the_one_beside_the_words_asked_for_is_shown() -> None:
    text = "Deposit: ____ " + "and whatever else is due, " * 8 + "mooring fee: ____ a week"
    shown = left_blank(text, FEE)
    assert shown is not None and "mooring fee: ____" in shown and "Deposit" not in shown


def test_a_text_says_whether_it_has_a_blank() -> None:
    assert has_blank("Name: ____") and has_blank("[***]") and not has_blank("A list: a, b … and [x].")
