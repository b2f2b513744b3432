"""A value that amendments change: the one in force is answered first, and every other is named beside it."""

import pytest

from ragnano.answering import in_force
from ragnano.assistant import Assistant
from ragnano.conflicts.families import effective, families, family_of
from ragnano.text.points_in_time import point_in_time
from ragnano.types import Scope
from tests.conftest import FakeChatModel, add_text, make_evidence

PARTIES = ("Alder Mills Ltd", "Heron Foods Ltd")
CONTRACT = """This Services Agreement is made between Alder Mills Ltd and Heron Foods Ltd.

# Fee

The monthly fee is GBP 8,200."""
FIRST = """Amendment of the Services Agreement between Alder Mills Ltd and Heron Foods Ltd.

# Price

The monthly fee is increased to GBP 9,300 from 1 July 2025."""
SECOND = """Amendment of the Services Agreement between Alder Mills Ltd and Heron Foods Ltd.

# Price

The monthly fee is increased to GBP 9,850 from 1 April 2026."""
FAR = """Amendment of the Services Agreement between Alder Mills Ltd and Heron Foods Ltd.

# Price

The monthly fee is increased to GBP 12,000 from 1 April 2099."""


@pytest.fixture
def contract(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    """A contract with two amendments. The fake reader's exact words are a sentence's first: here the whole counts."""
    monkeypatch.setattr(in_force, "_words", lambda item: item.text)
    add_text(assistant, CONTRACT, name="services.txt", title="Services Agreement", parties=PARTIES, date="2024-01-02")
    amended(assistant, FIRST, "first.txt", "2025-06-16")
    amended(assistant, SECOND, "second.txt", "2026-02-23")
    return assistant


def amended(assistant: Assistant, text: str, name: str, date: str) -> None:
    title = "Amendment of the Services Agreement"
    add_text(assistant, text, name=name, title=title, parties=PARTIES, date=date)


def first_line(assistant: Assistant, question: str) -> str:
    return assistant.ask(question, model="none").answer.split("\n")[0]


def test_the_latest_value_stands_first_with_the_day_from_which_it_counts(contract: Assistant) -> None:
    answer = contract.ask("How much is the monthly fee?", model="none")
    lines = answer.answer.split("\n")
    assert lines[0].startswith("In force since 1 April 2026: “The monthly fee is increased to GBP 9,850")
    assert "GBP 9,300" in lines[1] and lines[1].startswith("Before (first.txt)")
    assert "GBP 8,200" in lines[2] and lines[2].startswith("Before (services.txt)")


def test_every_value_is_cited_and_the_one_in_force_is_marked(contract: Assistant) -> None:
    answer = contract.ask("How much is the monthly fee?", model="none")
    (conflict,) = answer.conflicts
    assert conflict.in_force == 0 and [side.citation for side in conflict.sides] == [1, 2, 3]
    assert [citation.path for citation in answer.citations] == [
        "/docs/second.txt",
        "/docs/first.txt",
        "/docs/services.txt",
    ]


@pytest.mark.parametrize(
    ("question", "amount"),
    [
        ("How much was the monthly fee in March 2025?", "8,200"),
        ("How much was the monthly fee as of 1 September 2025?", "9,300"),
        ("How much is the monthly fee from May 2026 on?", "9,850"),
    ],
)
def test_a_question_about_a_day_gets_the_value_of_that_day(contract: Assistant, question: str, amount: str) -> None:
    assert amount in first_line(contract, question)


def test_a_change_that_is_still_to_come_is_named_but_not_in_force(contract: Assistant) -> None:
    amended(contract, FAR, "far.txt", "2026-03-01")
    lines = contract.ask("How much is the monthly fee?", model="none").answer.split("\n")
    assert "GBP 9,850" in lines[0]
    assert "From 1 April 2099 (far.txt)" in lines[1]


def test_the_model_phrases_only_beside_the_history(contract: Assistant, chat_model: FakeChatModel) -> None:
    chat_model.reply = "The monthly fee is increased to GBP 9,850 from 1 April 2026. [1]"
    answer = contract.ask("How much is the monthly fee?")
    assert "In force since 1 April 2026" in answer.answer and "GBP 8,200" in answer.answer


def test_an_amendment_of_something_else_changes_nothing(contract: Assistant) -> None:
    add_text(
        contract,
        "This Lease is made between Fern Ltd and Heron Foods Ltd.\n\n# Rent\n\nThe monthly rent is GBP 100.",
        name="lease.txt",
        title="Lease",
        parties=("Fern Ltd", "Heron Foods Ltd"),
    )
    documents = contract.catalogue.documents(Scope())
    groups = families(documents, contract.catalogue)
    assert sorted((family.contract.path, len(family.amendments)) for family in groups) == [
        ("/docs/lease.txt", 0),
        ("/docs/services.txt", 2),
    ]
    amendment = next(document for document in documents if document.path.endswith("first.txt"))
    assert family_of(amendment, contract.catalogue, Scope()).contract.path == "/docs/services.txt"


def test_a_passage_counts_from_the_day_that_it_names() -> None:
    (dated,) = make_evidence("The fee is GBP 5 with effect from 1 July 2025.")
    assert str(effective(dated)) == "2025-07-01"
    (undated,) = make_evidence("The fee is GBP 5.")
    assert effective(undated) is None


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("What was the fee as of 1 September 2025?", "2025-09-01"),
        ("Back in May 2025, what did we pay?", "2025-05-01"),
        ("What do we pay from April 2026 on?", "2026-04-01"),
        ("What is the fee?", "None"),
        ("What is the fee of the agreement dated 3 May 2024?", "None"),
        ("What was the fee on February 30, 2024?", "None"),
    ],
)
def test_the_day_asked_about_is_read(question: str, day: str) -> None:
    assert str(point_in_time(question)) == day
