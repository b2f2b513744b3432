"""Conversations: follow-ups keep the scope of the last answer; everything else uses the scope that the user chose."""

import threading
from collections.abc import Callable

import pytest

from ragnano.assistant import Assistant
from ragnano.conversations import Conversation
from ragnano.errors import NotFoundError, QuestionError, StoreError
from ragnano.types import Answer, Scope
from tests.conftest import FakeChatModel, add_text
from tests.store.fakes import files_with
from tests.test_assistant import DEPOSIT, LEASE

LOAN = """Loan between Cindermoor Bank and Oakhelm Mills.

# 2 Interest

The borrower shall pay interest of 7 percent each year on the loan to the bank.

# 3 Deposit

The borrower shall pay a security deposit of $900 to the bank."""
KEPT_OUT = "Which colour has the moon?"


@pytest.fixture
def library(assistant: Assistant, chat_model: FakeChatModel) -> dict[str, str]:
    """A lease and a loan, and a model that adds no words of its own."""
    chat_model.reply = "NOT FOUND"
    return {
        "lease": add_text(assistant, LEASE, name="lease.txt", title="Lease", parties=("Brightwater Properties LLC",)),
        "loan": add_text(assistant, LOAN, name="loan.txt", title="Loan", parties=("Cindermoor Bank",)),
    }


def asked_of(conversation: Conversation, text: str) -> tuple[str, ...] | None:
    """Returns the documents that a question is asked of; None for no limit."""
    return conversation.ask(text, model="none").scope.documents


def test_a_follow_up_is_completed_and_asked_of_the_document_that_was_cited(
    assistant: Assistant, library: dict[str, str]
) -> None:
    conversation = assistant.converse()
    first = conversation.ask(
        "How much is the security deposit that the tenant shall pay to the landlord?", model="none"
    )
    assert (first.number, first.read_as, first.scope) == (1, first.asked, Scope())
    assert [document.id for document in conversation.topic] == [library["lease"]]
    readings: list[tuple[str, Scope]] = []
    second = conversation.ask("and the borrower?", model="none", on_reading=lambda *reading: readings.append(reading))
    assert second.read_as == "How much is the security deposit that the borrower shall pay to the landlord?"
    assert second.scope == Scope(documents=(library["lease"],))
    assert readings == [(second.read_as, second.scope)]
    assert second.answer and second.answer.question == second.read_as
    assert {citation.document for citation in second.answer.citations} <= {library["lease"]}


def test_a_question_that_stands_alone_is_asked_of_everything_again(
    assistant: Assistant, library: dict[str, str]
) -> None:
    conversation = assistant.converse()
    conversation.ask(DEPOSIT, model="none")
    assert asked_of(conversation, "How much interest shall the borrower pay on the loan?") is None


def test_the_documents_that_a_question_names_stay_in_scope(assistant: Assistant, library: dict[str, str]) -> None:
    conversation = assistant.converse()
    assert asked_of(conversation, f"In the lease with Brightwater Properties: {KEPT_OUT}") is None
    assert asked_of(conversation, "And the deposit?") == (library["lease"],)
    assert asked_of(conversation, "Why?") == (library["lease"],)


def test_a_follow_up_that_names_another_document_leaves_the_topic(
    assistant: Assistant, library: dict[str, str]
) -> None:
    conversation = assistant.converse()
    conversation.ask("How much is the security deposit in the Brightwater Properties lease?", model="none")
    turn = conversation.ask("and in the Cindermoor Bank loan agreement?", model="none")
    assert turn.read_as == "How much is the security deposit in the Cindermoor Bank loan agreement?"
    assert turn.scope == Scope()
    assert [document.id for document in conversation.topic] == [library["loan"]]
    assert asked_of(conversation, "And the interest?") == (library["loan"],)


def test_a_document_that_bears_every_name_does_not_hold_the_topic(
    assistant: Assistant, library: dict[str, str]
) -> None:
    both = "Brightwater Properties LLC", "Cindermoor Bank"
    add_text(assistant, "The list of all contracts.", name="list.txt", title="List of contracts", parties=both)
    add_text(assistant, LOAN + " Signed.", name="copy.txt", title="Loan", parties=both[1:])
    conversation = assistant.converse()
    conversation.ask("How much is the security deposit in the Brightwater Properties lease?", model="none")
    conversation._topic = (library["lease"], assistant.catalogue.resolve("list.txt").id)
    assert asked_of(conversation, "and in the Cindermoor Bank loan agreement?") is None


def test_the_user_leaves_the_topic_or_chooses_another_scope(assistant: Assistant, library: dict[str, str]) -> None:
    conversation = assistant.converse()
    conversation.ask("How much is the security deposit in the Brightwater Properties lease?", model="none")
    conversation.leave_topic()
    assert conversation.topic == ()
    assert asked_of(conversation, "When is it due?") is None
    loan = Scope("default", (library["loan"],))
    conversation.limit(loan)
    assert conversation.ask("And the interest?", model="none").scope == loan
    assert conversation.ask("How much interest is there?", model="none").scope == loan


def test_a_topic_whose_document_was_removed_is_left(assistant: Assistant, library: dict[str, str]) -> None:
    conversation = assistant.converse()
    conversation.ask("How much is the security deposit in the Brightwater Properties lease?", model="none")
    assistant.catalogue.remove(library["lease"])
    assert asked_of(conversation, "When is it due?") is None


def test_a_conversation_whose_document_or_collection_is_gone_says_so(
    assistant: Assistant, library: dict[str, str]
) -> None:
    limited = assistant.converse(scope=Scope(documents=(library["lease"],)))
    limited.ask(DEPOSIT, model="none")
    assistant.catalogue.remove(library["lease"])
    for conversation in (limited, assistant.converse("last")):
        with pytest.raises(NotFoundError, match="has been removed"):
            conversation.ask(DEPOSIT, model="none")
    with pytest.raises(NotFoundError, match="no collection 'matter'"):
        assistant.converse(scope=Scope("matter")).ask(DEPOSIT, model="none")


def test_a_conversation_is_carried_on_where_it_was(assistant: Assistant, library: dict[str, str]) -> None:
    first = assistant.converse()
    first.ask("How much is the security deposit in the Brightwater Properties lease?", model="none")
    second = assistant.converse("last")
    assert (second.id, second.turns) == (first.id, first.turns)
    turn = second.ask("When is it due?", model="none")
    assert turn.read_as == "When is the security deposit in the Brightwater Properties lease due?"
    assert turn.scope == Scope(documents=(library["lease"],))
    assert [turn.number for turn in assistant.catalogue.turns(str(first.id))] == [1, 2]
    moved = assistant.converse(first.id, scope=Scope("default"))
    assert (moved.topic, assistant.conversations()[0].scope) == ((), Scope("default"))


def test_nothing_is_kept_until_something_is_asked_or_when_it_should_not_be(
    assistant: Assistant, library: dict[str, str]
) -> None:
    assistant.converse()
    with pytest.raises(QuestionError):
        assistant.converse().ask("?")
    assistant.converse(keep=False).ask(DEPOSIT, model="none")
    assistant.ask(DEPOSIT, model="none")
    assert assistant.conversations() == []
    assert files_with(assistant.settings.data_dir, DEPOSIT.encode()) == []


def test_an_answer_that_cannot_be_kept_is_given_and_the_reason_told(
    assistant: Assistant, library: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> str:
        raise StoreError("the disk is full; free some space")

    conversation = assistant.converse()
    monkeypatch.setattr(assistant.catalogue, "begin_conversation", refuse)
    turn = conversation.ask(DEPOSIT, model="none")
    assert turn.answer and "$12,000" in turn.answer.answer
    assert conversation.not_kept == "the disk is full; free some space"
    monkeypatch.undo()
    conversation.ask("Why?", model="none")
    assert conversation.not_kept == ""


def test_what_could_not_be_kept_is_kept_with_the_next_answer_that_can(
    assistant: Assistant, library: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> str:
        raise StoreError("the disk is full; free some space")

    conversation = assistant.converse()
    with monkeypatch.context() as full:
        full.setattr(assistant.catalogue, "add_turn", refuse)
        conversation.ask(DEPOSIT, model="none")
        conversation.ask("Why?", model="none")
    assert all(info.turns == 0 for info in assistant.conversations())
    conversation.ask(DEPOSIT, model="none")
    assert [turn.number for turn in conversation.turns] == [1, 2, 3]
    [info] = assistant.conversations()
    kept = assistant.catalogue.turns(info.id)
    assert [turn.asked for turn in kept] == [DEPOSIT, "Why?", DEPOSIT]
    conversation.reread()
    assert conversation.turns == tuple(kept)


def test_forgetting_leaves_nothing_in_the_data_directory(assistant: Assistant, library: dict[str, str]) -> None:
    conversation = assistant.converse()
    conversation.ask("Where does the Kanarienvogel sing?", model="none")
    kept = assistant.converse()
    kept.ask(DEPOSIT, model="none")
    assert files_with(assistant.settings.data_dir, b"Kanarienvogel")
    with pytest.raises(NotFoundError):
        assistant.forget(str(conversation.id), "nothing like it")
    assert len(assistant.conversations()) == 2
    assert assistant.forget(str(conversation.id)) == 1
    assert files_with(assistant.settings.data_dir, b"Kanarienvogel") == []
    assert [info.id for info in assistant.conversations()] == [kept.id]


def test_removing_a_document_takes_its_words_out_of_the_history(assistant: Assistant, library: dict[str, str]) -> None:
    conversation = assistant.converse()
    conversation.ask(DEPOSIT, model="none")
    assistant.remove(library["lease"])
    assert files_with(assistant.settings.data_dir, b"$12,000") == []
    (turn,) = assistant.catalogue.turns(str(conversation.id))
    assert (turn.asked, turn.answer) == (DEPOSIT, None)
    assert assistant.converse("last").ask("and the interest?", model="none").scope == Scope()


def test_threads_take_turns(assistant: Assistant, library: dict[str, str]) -> None:
    conversation = assistant.converse()
    answering: list[int] = []
    most: list[int] = []
    ask = assistant.ask

    def slowly(*words: object, **options: object) -> Answer:
        answering.append(1)
        most.append(len(answering))
        try:
            return ask(*words, **options)  # type: ignore[arg-type]
        finally:
            answering.pop()

    assistant.ask = slowly  # type: ignore[method-assign]
    threads = [threading.Thread(target=_asks(conversation)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert [turn.number for turn in assistant.catalogue.turns(str(conversation.id))] == [1, 2, 3, 4, 5, 6]
    assert [turn.number for turn in conversation.turns] == [1, 2, 3, 4, 5, 6]


def _asks(conversation: Conversation) -> Callable[[], object]:
    return lambda: conversation.ask(DEPOSIT, model="none")


def test_a_question_put_right_is_asked_as_it_stands_of_the_scope_that_is_named(
    assistant: Assistant, library: dict[str, str]
) -> None:
    conversation = assistant.converse()
    conversation.ask("How much is the security deposit that the tenant shall pay to the landlord?", model="none")
    turn = conversation.ask("and the borrower?", of=Scope(documents=(library["loan"],)), model="none")
    assert (turn.read_as, turn.scope) == ("and the borrower?", Scope(documents=(library["loan"],)))
    assistant.remove(library["loan"])
    with pytest.raises(NotFoundError):
        conversation.ask("How much?", of=turn.scope, model="none")


def test_a_conversation_follows_the_history(assistant: Assistant, library: dict[str, str]) -> None:
    conversation = assistant.converse()
    conversation.ask("How much is the security deposit of the tenant?", model="none")
    assert conversation.id == conversation.id_to_be
    assistant.remove(library["lease"])
    conversation.reread()
    assert [turn.answer for turn in conversation.turns] == [None]
    assistant.forget(conversation.id_to_be)
    with pytest.raises(NotFoundError):
        conversation.reread()
