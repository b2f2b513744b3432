"""Questions to the rows of a table: code finds rows and columns by the table's own words."""

import pytest

from ragnano.answering.presentation import words_beside
from ragnano.assistant import QUOTES_ONLY, Assistant
from ragnano.tasks.table_questions import answer_from_table
from ragnano.types import Answer, Scope
from tests.conftest import add_text

SITES = """Facilities Services Agreement between Tarnbrook Estates Ltd and Velderwick Cleaning Ltd.

Schedule 1 – Sites

| Site | Address | Frequency | Monthly charge | Cover |
| Harrow Mill | 12 Weir Lane, Dunmore | daily | GBP 2,150 | |
| Osier House | 4 Kiln Street, Dunmore | three times a week | GBP 1,320 | Ada Holt |
| Pell Yard | Pell Road, Starcross | weekly | GBP 480 | Ben Ward |
| Quarry Court | 77 Quarry Hill, Starcross | daily | on request | Cy Lund |

The Contractor shall invoice each month."""
HIRE = """Hire rates of Pondlane Tools, in EUR

| Tool | Day | Deposit (EUR) |
| --- | --- | --- |
| Floor sander | 28,00 | 200,00 |
| Rotary hammer | 1.121,00 | 300,00 |
| Total | 1.149,00 | 500,00 |"""


@pytest.fixture
def sites(assistant: Assistant) -> Assistant:
    add_text(assistant, SITES, name="sites.txt", title="Facilities Services Agreement")
    return assistant


def ask(assistant: Assistant, question: str) -> Answer:
    return assistant.ask(question, model="none")


def rows(answer: Answer) -> list[str]:
    return [row.title for row in answer.rows]


@pytest.mark.parametrize(
    ("question", "cell"),
    [
        ("What is the monthly charge for Pell Yard?", "GBP 480"),
        ("monthly charge osier house", "GBP 1,320"),
        ("What is the address of Harrow Mill?", "12 Weir Lane, Dunmore"),
        ("At which frequency is Osier House cleaned?", "three times a week"),
        ("Which site is in Kiln Street?", "Osier House"),
    ],
)
def test_a_named_row_and_a_named_column_give_the_cell_itself(sites: Assistant, question: str, cell: str) -> None:
    answer = ask(sites, question)
    assert answer.direct
    assert answer.direct.text == cell
    [citation] = answer.citations
    assert citation.quote[answer.direct.start : answer.direct.end] == cell


@pytest.mark.parametrize(
    "question", ["List all sites in Schedule 1", "Which sites are listed?", "What sites are there?"]
)
def test_all_rows_are_listed_and_cited(sites: Assistant, question: str) -> None:
    answer = ask(sites, question)
    assert answer.answer.startswith("4 rows in “Schedule 1 – Sites”:")
    assert rows(answer) == ["Harrow Mill", "Osier House", "Pell Yard", "Quarry Court"]
    assert [citation.number for citation in answer.citations] == [1, 2, 3, 4]


def test_rows_are_filtered_by_the_words_of_a_cell(sites: Assistant) -> None:
    assert rows(ask(sites, "Which sites are cleaned daily?")) == ["Harrow Mill", "Quarry Court"]
    answer = ask(sites, "How many sites are in Starcross?")
    assert answer.answer.startswith("2 rows")
    assert rows(answer) == ["Pell Yard", "Quarry Court"]


def test_the_greatest_and_the_least_value_are_found_and_what_has_none_is_named(sites: Assistant) -> None:
    answer = ask(sites, "Which site has the highest monthly charge?")
    assert answer.direct
    assert answer.direct.text == "Harrow Mill"
    assert rows(answer) == ["Harrow Mill", "Osier House", "Pell Yard"]
    assert "no value could be read: Quarry Court" in answer.answer
    assert words_beside(answer) == answer.answer  # what was left out is displayed beside the direct answer
    cheapest = ask(sites, "Which is the cheapest site?").direct
    assert cheapest
    assert cheapest.text == "Pell Yard"


def test_values_of_one_currency_are_added(sites: Assistant) -> None:
    assert ask(sites, "What do we pay in total a month?").answer.startswith(
        "GBP 3,950 in total under “Monthly charge” (2150 + 1320 + 480)."
    )


@pytest.mark.parametrize(
    "question",
    [
        "What is the monthly charge for Quill Yard?",  # half a name
        "What is the monthly charge for Pell Yard 2?",
        "What is the phone number of Pell Yard?",
        "List all sites in Schedule 2",
        "Who covers for Harrow Mill, which cover?",  # a blank cell
        "When does the Contractor invoice?",
        "What must the Contractor do each month?",
    ],
)
def test_what_the_table_does_not_have_is_left_to_the_search(sites: Assistant, question: str) -> None:
    answer = ask(sites, question)
    assert not answer.rows
    assert not answer.direct or answer.direct.text not in ("GBP 480", "weekly", "Pell Yard", "Ben Ward")


def test_a_sum_that_the_table_states_is_quoted_and_is_no_row(assistant: Assistant) -> None:
    add_text(assistant, HIRE, name="hire.txt", title="Hire rates")
    answer = ask(assistant, "What is the total deposit?")
    assert answer.direct
    assert answer.direct.text == "500,00"
    assert "EUR 500 in total" in answer.answer
    assert rows(ask(assistant, "Which tools are listed?")) == ["Floor sander", "Rotary hammer"]


def test_of_two_documents_with_such_a_row_none_is_guessed(sites: Assistant) -> None:
    tools = sites._tools(QUOTES_ONLY, None, None, None, None)
    question = "What is the monthly charge for Pell Yard?"
    assert answer_from_table(question, Scope(), tools) is not None
    other = add_text(sites, SITES.replace("GBP 480", "GBP 500"), name="other.txt", title="Cleaning Agreement")
    assert answer_from_table(question, Scope(), tools) is None
    outcome = answer_from_table(question, Scope(documents=(other,)), tools)
    assert outcome is not None
    assert outcome.direct is not None
    assert outcome.direct.text == "GBP 500"


def test_nothing_is_counted_or_added_where_a_row_cannot_be_read(assistant: Assistant) -> None:
    broken = SITES.replace("| Pell Yard |", "| Moss End | GBP 9 |\n| Pell Yard |")
    add_text(assistant, broken, name="sites.txt", title="Facilities Services Agreement")
    tools = assistant._tools(QUOTES_ONLY, None, None, None, None)
    for question in ("List all sites in Schedule 1", "Which site has the highest monthly charge?"):
        assert answer_from_table(question, Scope(), tools) is None
    assert answer_from_table("What is the monthly charge for Pell Yard?", Scope(), tools) is not None
