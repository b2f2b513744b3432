"""Which questions are put to several documents, and what they ask."""

from datetime import date

import pytest

from ragnano.tasks.comparison.conditions import Condition
from ragnano.tasks.comparison.query import comparison_asked


@pytest.mark.parametrize(
    ("question", "operation"),
    [
        ("Which of my contracts end in 2027?", "list"),
        ("Which ones run out in 2026?", "list"),
        ("Have we got anything under Scottish law?", "list"),
        ("List the leases that renew automatically.", "list"),
        ("Compare the liability caps of our supply agreements", "list"),
        ("What is the notice period in each contract?", "list"),
        ("How many contracts are governed by the law of Norway?", "count"),
        ("Which contract has the longest notice period?", "greatest"),
        ("Which supplier has the highest liability cap?", "greatest"),
        ("What's our oldest contract?", "least"),
        ("Which lease has the lowest rent?", "least"),
        ("Sort the supply agreements by end date, soonest first.", "order"),
        ("Add up the deposits in all the contracts", "sum"),
        ("What do we pay under our leases in total a month?", "sum"),
    ],
)
def test_a_question_to_several_documents_is_recognised(question: str, operation: str) -> None:
    query = comparison_asked(question)
    assert query is not None and query.operation == operation and query.explicit


@pytest.mark.parametrize(
    "question",
    [
        "What is the notice period?",
        "When does the lease end?",
        "How many days of holiday are there?",
        "What is the last day to give notice under the lease?",
        "Who pays the rent?",
        "What is the total price?",
        "Can the tenant terminate the contract?",
        "How much is the deposit in the Brackenfold lease?",
        "Which law governs the agreement?",
        "Is the supplier liable for more than the fees?",
        "What happens if a party is late with more than one payment?",
        "Which document controls if this one and the Primary Agreement disagree?",
        "What happens to the smart contracts once this agreement is terminated?",
        "How much do we pay for each user license?",
        "Who covers the cost of handling customer orders?",
        "What happens to the price of orders that were placed before?",
        "When does the cooperation come to an end?",
        "Who owns an invention that the parties make together?",
        "What happens if the combined results are published late?",
    ],
)
def test_a_question_to_one_document_is_none(question: str) -> None:
    assert comparison_asked(question) is None


def test_a_superlative_alone_may_mean_several_documents() -> None:
    query = comparison_asked("What is the longest notice period?")
    assert query is not None and query.operation == "greatest" and not query.explicit


def test_named_documents_make_a_comparative_a_comparison() -> None:
    question = "Who has the higher liability cap, Alder or Fern?"
    assert comparison_asked(question) is None
    query = comparison_asked(question, several_named=True)
    assert query is not None and query.operation == "greatest"


@pytest.mark.parametrize(
    ("question", "stems"),
    [
        ("How many leases do we have?", ("leas",)),
        ("Sort the supply agreements by end date", ("suppli",)),
        ("Which contracts end in 2027?", ()),
        ("Which contract has the longest notice period?", ()),
    ],
)
def test_the_sort_of_documents_is_read(question: str, stems: tuple[str, ...]) -> None:
    query = comparison_asked(question)
    assert query is not None and query.narrowing == stems


@pytest.mark.parametrize(
    ("question", "condition"),
    [
        ("Which contracts end in 2027?", Condition(date(2027, 1, 1), date(2027, 12, 31))),
        ("Which contracts end before 2027?", Condition(None, date(2026, 12, 31))),
        ("Which contracts expire after June 2026?", Condition(date(2026, 7, 1), None)),
        ("Which contracts end by 2027?", Condition(None, date(2027, 12, 31))),
        ("Which contracts are under Norwegian law?", Condition(places=("norway",))),
        ("Which contracts cap liability in euros?", Condition(currency="EUR")),
        ("Which contracts don't renew?", Condition(yes=False)),
    ],
)
def test_the_condition_is_read(question: str, condition: Condition) -> None:
    query = comparison_asked(question)
    assert query is not None and query.condition == condition


def test_a_bound_is_read_with_its_unit() -> None:
    query = comparison_asked("Which contracts have a notice period of more than 60 days?")
    assert query is not None
    assert (query.condition.least, query.condition.most, query.condition.unit) == (60, None, "days")
    query = comparison_asked("Which contracts have a cap below GBP 500,000?")
    assert query is not None
    assert (query.condition.least, query.condition.most, query.condition.unit) == (None, 500000, "GBP")
