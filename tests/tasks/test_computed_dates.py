"""Dates that code computes from quoted terms, with the computation in one line."""

import pytest

from ragnano.assistant import Assistant
from ragnano.tasks.comparison import finding
from ragnano.tasks.computed_dates import computed_date_asked
from tests.conftest import add_text

LEASE = """This Lease is made between Alder Ltd and Heron Ltd.

# Term

The end date, when this agreement does end or expire, is 31 May 2029.

# Notice

The notice that must be given to terminate this agreement, or before the end to prevent renewal, is forty (40) days.

# Payment

Within how many days must an invoice be paid: an invoice must be paid within ten business days."""
OPEN = """This Contract is made between Birch Ltd and Heron Ltd.

# Notice

The notice that must be given to terminate this agreement, or before the end to prevent renewal, is forty (40) days."""


@pytest.fixture(autouse=True)
def every_value_is_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the fake reader all words are equally likely to be the exact ones."""
    monkeypatch.setattr(finding, "LEAST_SURE", 0.0)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What is the last day to give notice under the lease?", "notice"),
        ("By when must we give notice so that it doesn't renew?", "notice"),
        ("We got an invoice on 3 February 2025, when is it due?", "due"),
        ("When does it end if signed on 1 May 2024 for three years?", "term"),
    ],
)
def test_a_question_for_a_computed_date_is_recognised(question: str, kind: str) -> None:
    asked = computed_date_asked(question)
    assert asked is not None and asked.kind == kind


@pytest.mark.parametrize(
    "question",
    ["When does the lease end?", "How long is the notice period?", "When is an invoice due?", "Who gives notice?"],
)
def test_a_question_for_a_stated_date_is_not(question: str) -> None:
    assert computed_date_asked(question) is None


def test_the_last_day_for_notice_is_counted_back_from_the_end(assistant: Assistant) -> None:
    add_text(assistant, LEASE, name="lease.txt")
    answer = assistant.ask("What is the last day to give notice?", model="none")
    assert answer.answer.startswith("21 April 2029: “") and "before 31 May 2029 [2]" in answer.answer
    assert "forty (40) days" in answer.citations[0].quote and "31 May 2029" in answer.citations[1].quote


def test_working_days_leave_weekends_out_and_say_so(assistant: Assistant) -> None:
    add_text(assistant, LEASE, name="lease.txt")
    answer = assistant.ask("We received the invoice on 3 February 2025. When is it due?", model="none")
    assert answer.answer.startswith("17 February 2025: ") and "weekends are left out" in answer.answer


def test_a_missing_term_is_named_and_the_other_quoted(assistant: Assistant) -> None:
    add_text(assistant, OPEN, name="open.txt")
    answer = assistant.ask("What is the last day to give notice?", model="none")
    assert answer.answer.startswith("The last day for notice can't be computed: the end date could not be read")
    assert "forty (40) days" in answer.citations[0].quote


def test_a_term_stated_in_the_question_needs_no_document(assistant: Assistant) -> None:
    add_text(assistant, OPEN, name="open.txt")
    answer = assistant.ask("When does it end if signed on 1 May 2024 for three years?", model="none")
    assert answer.answer == "30 April 2027: 3 years from 1 May 2024, that day counted, end on 30 April 2027."


def test_of_several_contracts_the_question_must_name_one(assistant: Assistant) -> None:
    add_text(assistant, LEASE, name="lease.txt", parties=("Alder Ltd", "Heron Ltd"))
    add_text(assistant, OPEN, name="open.txt", parties=("Birch Ltd", "Heron Ltd"))
    assert "can't be computed" not in assistant.ask("What is the last day to give notice?", model="none").answer
    named = assistant.ask("What is the last day to give notice to Alder?", model="none")
    assert named.answer.startswith("21 April 2029")
