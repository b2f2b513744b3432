"""Documents removed and restored, moved between collections, and their relations to each other."""

from pathlib import Path

import pytest

from ragnano.assistant import Assistant
from ragnano.errors import IndexMismatch, NotFoundError, QuestionError, StoreError
from ragnano.types import Scope
from tests.conftest import FakeChatModel, add_text

LEASE = """Lease between Brightwater Properties LLC and Larkspur Analytics Ltd.

# 4 Deposit

The Tenant shall pay a security deposit of $12,000 to the Landlord before the lease begins."""
DEPOSIT = "How much is the security deposit that the tenant shall pay?"


def stored_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_document_that_was_taken_out_is_gone_from_the_files_and_comes_back_whole(assistant: Assistant) -> None:
    document = add_text(assistant, LEASE, name="lease.txt")
    before = assistant.catalogue.document(document)
    chunks = assistant.catalogue.chunks_of(document)
    removed = assistant.collections.take_out([document], "default")
    assert assistant.documents() == []
    assert assistant.search(DEPOSIT) == ()
    assert b"security deposit" not in stored_bytes(assistant.settings.data_dir)

    assistant.collections.put_back(removed)
    assert assistant.catalogue.document(document) == before
    assert assistant.catalogue.page(document, 1).text == LEASE
    assert [chunk.text for chunk in assistant.catalogue.chunks_of(document)] == [chunk.text for chunk in chunks]
    assert assistant.search(DEPOSIT)[0].document.id == document
    assert assistant.catalogue.verify() == []
    assert assistant.vectors.verify() == []


def test_versions_of_a_document_are_known_again_when_it_comes_back(assistant: Assistant) -> None:
    clauses = " ".join(f"The Tenant shall keep room {at} in good order and repair it at its cost." for at in range(60))
    draft = add_text(assistant, clauses, name="draft.txt")
    final = add_text(assistant, clauses + " It is signed.", name="final.txt")
    removed = assistant.collections.take_out([draft])
    assert assistant.catalogue.versions_of(final) == []
    assistant.collections.put_back(removed)
    assert [version.document for version in assistant.catalogue.versions_of(final)] == [draft]


def test_answers_of_the_history_go_and_come_back_with_their_document(
    assistant: Assistant, chat_model: FakeChatModel
) -> None:
    document = add_text(assistant, LEASE)
    chat_model.reply = "The security deposit is $12,000 [1]."
    conversation = assistant.converse(scope=Scope(documents=(document,)))
    conversation.ask(DEPOSIT)
    (info,) = assistant.conversations()
    removed = assistant.collections.take_out([document])
    assert assistant.catalogue.turns(info.id)[0].answer is None
    assistant.collections.put_back(removed)
    answer = assistant.catalogue.turns(info.id)[0].answer
    assert answer is not None
    assert "$12,000" in answer.answer
    assert assistant.conversations()[0].scope == info.scope
    assistant.collections.take_out([document])  # the restored answer is removed again
    assert assistant.catalogue.turns(info.id)[0].answer is None


def test_an_answer_that_also_rests_on_a_document_removed_since_stays_away(
    assistant: Assistant, chat_model: FakeChatModel
) -> None:
    first, second = add_text(assistant, LEASE, name="a.txt"), add_text(assistant, LEASE + " Again.", name="b.txt")
    chat_model.reply = "The security deposit is $12,000 [1]."
    assistant.converse(scope=Scope(documents=(first, second))).ask(DEPOSIT)
    (info,) = assistant.conversations()
    removed = assistant.collections.take_out([first])
    assistant.collections.take_out([second])
    assistant.collections.put_back(removed)
    assert assistant.catalogue.turns(info.id)[0].answer is None


def test_taking_out_of_one_collection_leaves_the_others(assistant: Assistant) -> None:
    document = add_text(assistant, LEASE, name="lease.txt")
    add_text(assistant, LEASE, name="lease.txt", collection="Other")
    removed = assistant.collections.take_out([document], "default")
    assert assistant.catalogue.document(document).collections == ("Other",)
    assistant.collections.put_back(removed)
    assert assistant.catalogue.document(document).collections == ("Other", "default")


def test_what_took_the_place_meanwhile_stays(assistant: Assistant) -> None:
    document = add_text(assistant, LEASE, name="lease.txt")
    removed = assistant.collections.take_out([document])
    newer = add_text(assistant, LEASE + " Amended.", name="lease.txt")
    with pytest.raises(StoreError, match="taken the place"):
        assistant.collections.put_back(removed)
    assert [found.id for found in assistant.documents()] == [newer]


def test_a_rebuilt_index_refuses_old_vectors(assistant: Assistant) -> None:
    document = add_text(assistant, LEASE)
    removed = assistant.collections.take_out([document])
    assistant.catalogue.adopt_fingerprint({"embedder": "another"})
    with pytest.raises(IndexMismatch, match="take its file in again"):
        assistant.collections.put_back(removed)
    assert assistant.documents() == []


def test_a_document_moves_to_another_collection(assistant: Assistant) -> None:
    document = add_text(assistant, LEASE)
    assistant.collections.move([document], "default", "  Mill   matter ")
    assert assistant.catalogue.collections() == [("Mill matter", 1)]
    with pytest.raises(NotFoundError):
        assistant.collections.move([document], "default", "Elsewhere")


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "\x00\n"])
def test_a_collection_needs_a_name(assistant: Assistant, name: str) -> None:
    add_text(assistant, LEASE)
    with pytest.raises(QuestionError):
        assistant.collections.rename("default", name)


def test_kin_are_told_apart(assistant: Assistant) -> None:
    parties = ("Brightwater Properties LLC", "Larkspur Analytics Ltd")
    main = add_text(assistant, LEASE, name="lease-2019.txt", title="Lease", parties=parties, date="2019-01-01")
    add_text(assistant, LEASE + "\n\n", name="copy.txt", title="Lease", parties=parties)
    add_text(assistant, LEASE + " New.", name="lease-2021.txt", title="Lease", parties=parties, date="2021-01-01")
    add_text(
        assistant,
        "First Amendment to Lease between Brightwater Properties LLC and Larkspur Analytics Ltd.",
        name="first-amendment.txt",
        title="First Amendment to Lease",
        parties=parties,
    )
    add_text(assistant, "Parking between the same.", name="parking.txt", title="Parking Licence", parties=parties)
    add_text(assistant, "Strange", name="strange.txt", title="Loan", parties=("A Ltd", "B Ltd"))
    related_documents = assistant.collections.related_documents(assistant.catalogue.document(main))
    assert [document.path for document in related_documents.same_text] == ["/docs/copy.txt"]
    assert [document.path for document in related_documents.versions] == ["/docs/lease-2021.txt"]
    assert [document.title for document in related_documents.amended_by] == ["First Amendment to Lease"]
    assert [document.title for document in related_documents.related] == ["Parking Licence"]


def test_a_document_without_bookmarks_is_outlined_by_its_headings(assistant: Assistant) -> None:
    text = "# 1 Term\n\nOne year.\n\n# 1 Term > 1.1 Renewal\n\nNone.\n\nNever.\n\n# 2 Fees\n\nMonthly."
    document = assistant.catalogue.document(add_text(assistant, text))
    outline = assistant.collections.outline(document)
    assert outline == ((1, "1 Term", 1), (2, "1.1 Renewal", 1), (1, "2 Fees", 1))
