"""A question in two parts gets both answers, or the answer names the missing part."""

import pytest

from ragnano.answering.question_parts import parts_of
from ragnano.assistant import QUOTES_ONLY, Assistant
from tests.conftest import add_text

LEASE = """# Lease of the net shed

The yearly rent of the net shed is EUR 4,800.

The yearly rent of the net shed is payable on 1 March.

The tenant of the net shed keeps the gutters clear."""


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "How much is the deposit in lease.pdf and when is it due?",
            ("How much is the deposit in lease.pdf?", "When is the deposit in lease.pdf due?"),
        ),
        (
            "how much and by when must the rent be paid",
            ("how much must the rent be paid?", "by when must the rent be paid"),
        ),
        ("Who pays and who keeps the keys?", ("Who pays?", "who keeps the keys?")),
    ],
)
def test_each_part_is_a_question_of_its_own(question: str, parts: tuple[str, ...]) -> None:
    assert parts_of(question) == parts


@pytest.mark.parametrize(
    "question",
    ["What are the terms and conditions?", "Who are the Buyer and the Seller?", "Is the shed let and insured?"],
)
def test_an_and_that_joins_no_questions_parts_nothing(question: str) -> None:
    assert parts_of(question) == (question,)


def test_both_parts_are_answered_with_their_citations(assistant: Assistant) -> None:
    add_text(assistant, LEASE)
    question = "How much is the yearly rent of the net shed and when is the yearly rent of the net shed payable?"
    answer = assistant.ask(question, model=QUOTES_ONLY)
    assert answer.question == question
    assert "EUR 4,800" in answer.answer and "1 March" in answer.answer
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    for number in range(1, len(answer.citations) + 1):
        assert f"[{number}]" in answer.answer


def test_a_part_that_nothing_answers_is_named(assistant: Assistant) -> None:
    add_text(assistant, LEASE)
    question = "How much is the yearly rent of the net shed and who insures whales?"
    answer = assistant.ask(question, model=QUOTES_ONLY)
    assert answer.verdict == "quoted" and "EUR 4,800" in answer.answer
    assert "who insures whales: the documents don't say." in answer.answer


def test_where_nothing_is_answered_it_is_one_refusal(assistant: Assistant) -> None:
    add_text(assistant, LEASE)
    answer = assistant.ask("Who insures whales and when do they sing?", model=QUOTES_ONLY)
    assert answer.verdict == "not_found" and answer.answer.startswith("The documents don't say.")
