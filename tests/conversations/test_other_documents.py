"""Follow-ups about other documents: names, "the other one", and the documents of a list."""

import pytest

from ragnano.assistant import Assistant
from ragnano.conversations.followup import read_followup
from ragnano.tasks.comparison import finding
from tests.conftest import add_text


@pytest.mark.parametrize(
    ("before", "asked", "read"),
    [
        ("What is the notice period in the Wadeley yeast agreement?", "And for Stonebeck?", "the Stonebeck agreement?"),
        (
            "What is the notice period in the Wadeley yeast agreement?",
            "What about Stonebeck?",
            "the Stonebeck agreement?",
        ),
        ("What is the notice period in the Wadeley agreement?", "And in the Fernhill one?", "the Fernhill agreement?"),
        ("When does the Alder contract run out?", "And the one with Birch?", "does the Birch contract run out?"),
        ("When does the Alder lease end?", "And Birch?", "When does the Birch lease end?"),
        ("What's the notice period with Alder?", "And for Birch?", "What's the notice period with Birch?"),
        ("What is the deposit?", "And for Birch?", "For Birch: what is the deposit?"),
        ("Which law governs lease.pdf?", "And supply.docx?", "Which law governs supply.docx?"),
        ("What's the Alder charge per year?", "and for Birch, but per month?", "What's the Birch charge per month?"),
    ],
)
def test_a_follow_up_changes_what_it_names(before: str, asked: str, read: str) -> None:
    assert read_followup(asked, before).text.endswith(read)


def test_after_a_list_a_question_about_those_is_asked_of_them_as_it_is() -> None:
    reading = read_followup("What's the cap in each of those?", "Which contracts are under Delaware law?", listed=True)
    assert reading.text == "What's the cap in each of those?" and reading.leans


def lease(name: str, deposit: str) -> str:
    parties = f"This Lease is made between {name} Ltd and Heron Foods Ltd."
    return f"{parties}\n\n# Deposit\n\nThe deposit that {name} does want is GBP {deposit}."


@pytest.fixture
def leases(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    monkeypatch.setattr(finding, "LEAST_SURE", 0.0)  # the fake reader is sure of no words
    for name, deposit in (("Alder", "5,000"), ("Birch", "7,000")):
        add_text(assistant, lease(name, deposit), name=f"{name.lower()}-lease.txt", title=f"{name} Lease")
    add_text(assistant, "This Licence is made with Cedar Ltd.\n\n# Fee\n\nThe fee is GBP 1.", name="licence.txt")
    return assistant


def test_the_other_one_is_the_other_document_of_its_sort(leases: Assistant) -> None:
    conversation = leases.converse(keep=False)
    conversation.ask("How much is the deposit in the Alder lease?", model="none")
    turn = conversation.ask("And in the other one?", model="none")
    assert turn.read_as == "How much is the deposit in this lease?"
    assert turn.answer is not None and "GBP 7,000" in turn.answer.citations[0].quote


def test_of_several_others_each_is_asked(leases: Assistant) -> None:
    add_text(leases, lease("Dogwood", "9,000"), name="dogwood-lease.txt", title="Dogwood Lease")
    conversation = leases.converse(keep=False)
    conversation.ask("How much is the deposit in the Alder lease?", model="none")
    turn = conversation.ask("What about the other one?", model="none")
    assert turn.read_as == "How much is the deposit in each lease?"
    assert turn.answer is not None
    assert {row.path for row in turn.answer.rows} == {"/docs/birch-lease.txt", "/docs/dogwood-lease.txt"}


def test_those_are_the_documents_of_the_list_before(leases: Assistant) -> None:
    conversation = leases.converse(keep=False)
    conversation.ask("Which leases have a deposit?", model="none")
    turn = conversation.ask("How much is the deposit in each of those?", model="none")
    assert turn.answer is not None
    assert {row.path for row in turn.answer.rows} == {"/docs/alder-lease.txt", "/docs/birch-lease.txt"}


def test_a_name_in_small_letters_takes_the_place_of_another(leases: Assistant) -> None:
    conversation = leases.converse(keep=False)
    conversation.ask("how much deposit does alder want?", model="none")
    turn = conversation.ask("and birch?", model="none")
    assert turn.read_as == "How much deposit does Birch want?"
    assert turn.answer is not None and {citation.path for citation in turn.answer.citations} == {
        "/docs/birch-lease.txt"
    }
