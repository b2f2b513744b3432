"""Conversations are stored, found, and deleted; no words of a removed document remain in them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ragnano.errors import AmbiguousError, NotFoundError, QuestionError, StoreDamaged
from ragnano.store import Catalogue, new_id
from ragnano.types import Answer, Box, Citation, Direct, Scope, Timings, TokenCount
from tests.store.fakes import add, document, files_with, many

EVERYTHING = Scope()


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "data") as opened:
        yield opened


def citation(identifier: str, quote: str = "The rent is due monthly.") -> Citation:
    return Citation(identifier, "/lease", 1, quote, 0, len(quote), (Box(1, 2, 3, 4),), 0.9, "Lease", "1 Rent", 1)


def answer(*cited: Citation, nearest: tuple[Citation, ...] = (), about: tuple[str, ...] = ()) -> Answer:
    answer_text = "Monthly, as the lease says [1]."
    return Answer(
        "When?",
        answer_text,
        "answered",
        0.9,
        cited,
        nearest,
        Timings(0.1, None, 0.2),
        TokenCount(3, 4),
        "none",
        "r",
        about,
    )


def test_a_turn_comes_back_as_it_was_kept(catalogue: Catalogue) -> None:
    lease = add(catalogue, document("The rent is due monthly."), "/lease")
    given = answer(citation(lease), nearest=(citation(lease),), about=("/lease",))
    scope = Scope("default", (lease,), "2020-01-01", None, ("application/pdf",))
    identifier = catalogue.begin_conversation("When is the rent due?", EVERYTHING)
    kept = catalogue.add_turn(identifier, "and the deposit?", "When is the deposit due?", scope, given)
    assert catalogue.turns(identifier) == [kept]
    assert (kept.number, kept.scope, kept.answer) == (1, scope, given)
    (info,) = catalogue.conversations()
    assert (info.id, info.title, info.turns, info.updated) == (identifier, "When is the rent due?", 1, kept.created)


def test_a_direct_answer_comes_back_and_is_found(catalogue: Catalogue) -> None:
    lease = add(catalogue, document("The rent is due monthly."), "/lease")
    given = replace(answer(citation(lease)), direct=Direct("Yes, if paid monthly", 1, "yes-if", 16, 23))
    identifier = catalogue.begin_conversation("May it stay?", EVERYTHING)
    catalogue.add_turn(identifier, "May it stay?", "May it stay?", EVERYTHING, given)
    (turn,) = catalogue.turns(identifier)
    assert turn.answer == given and turn.answer.direct == given.direct
    assert [found.turn for found in catalogue.search_turns("yes, PAID")] == [turn]


def test_an_answer_kept_before_there_were_direct_ones_still_loads(catalogue: Catalogue) -> None:
    lease = add(catalogue, document("The rent is due monthly."), "/lease")
    identifier = catalogue.begin_conversation("When?", EVERYTHING)
    catalogue.add_turn(identifier, "When?", "When?", EVERYTHING, answer(citation(lease)))
    with catalogue.writing() as connection:
        connection.execute("UPDATE turns SET answer = json_remove(answer, '$.direct')")
    (turn,) = catalogue.turns(identifier)
    assert turn.answer == answer(citation(lease)) and turn.answer.direct is None


def test_conversations_go_by_the_start_of_their_id_and_by_last(catalogue: Catalogue) -> None:
    with pytest.raises(NotFoundError, match="history list"):
        catalogue.conversation("last")
    first = catalogue.begin_conversation("One?", EVERYTHING)
    second = catalogue.begin_conversation("Two?", EVERYTHING)
    catalogue.add_turn(first, "One?", "One?", EVERYTHING, answer())
    assert catalogue.conversation("last").id == first
    assert catalogue.conversation(second[:10].upper()).id == second
    with pytest.raises(NotFoundError):
        catalogue.conversation("")
    with catalogue.writing() as connection:
        connection.execute("UPDATE conversations SET id = 'abc1' WHERE title = 'Two?'")
        connection.execute("INSERT INTO conversations VALUES ('abc2', 'x', '{}', '', '')")
    with pytest.raises(AmbiguousError, match="fits 2"):
        catalogue.conversation("abc")


def test_turns_are_found_by_all_the_words_of_question_answer_or_quote(catalogue: Catalogue) -> None:
    lease = add(catalogue, document("The rent is due monthly."), "/lease")
    identifier = catalogue.begin_conversation("Überfällig?", EVERYTHING)
    catalogue.add_turn(identifier, "Überfällig?", "Überfällig?", EVERYTHING, answer(citation(lease)))
    catalogue.add_turn(identifier, "and pets?", "What about pets?", EVERYTHING, answer())
    found = {
        words: [item.turn.number for item in catalogue.search_turns(words)]
        for words in ("ÜBERFÄLLIG", "pets", "RENT  due", "rent pets", "citations", "%", " ")
    }
    assert found == {
        "ÜBERFÄLLIG": [1], "pets": [2], "RENT  due": [1], "rent pets": [], "citations": [], "%": [], " ": [],
    }  # fmt: skip


def test_a_deleted_conversation_leaves_no_word_in_any_file(catalogue: Catalogue, tmp_path: Path) -> None:
    lease = add(catalogue, document("The rent is due monthly."), "/lease")
    other = catalogue.begin_conversation("What stays?", EVERYTHING)
    catalogue.add_turn(other, "What stays?", "What stays?", EVERYTHING, answer(citation(lease)))
    gone = catalogue.begin_conversation("Kanarienvogel title?", EVERYTHING)
    for number in range(60):
        answer_text = replace(answer(citation(lease)), answer=f"Kanarienvogel {number} " * 200)
        catalogue.add_turn(gone, f"Kanarienvogel {number}?", "Kanarienvogel!", EVERYTHING, answer_text)
    assert files_with(tmp_path, b"Kanarienvogel")
    catalogue.delete_conversation(gone)
    assert catalogue.compact()
    assert files_with(tmp_path, b"Kanarienvogel") == files_with(tmp_path, gone.encode()) == []
    assert [info.id for info in catalogue.conversations()] == [other]
    assert catalogue.verify() == []
    with pytest.raises(NotFoundError, match="deleted"):
        catalogue.add_turn(gone, "Again?", "Again?", EVERYTHING, answer())


def leaves(catalogue: Catalogue, tmp_path: Path, how: str) -> tuple[str, str, str]:
    """Removes the secret document from a catalogue with answers about it; returns its id and two conversations."""
    secret = document("Kanarienvogel sings at the Geheimsache.", title="Geheimsache")
    identifier = add(catalogue, secret, "/verschlusssache.pdf", "matter")
    quoted = replace(citation(identifier, "Kanarienvogel sings"), path="/verschlusssache.pdf", title="Geheimsache")
    limited = catalogue.begin_conversation("Who sings?", Scope(documents=(identifier,)))
    only = Scope("matter", (identifier,))
    for given in (
        answer(quoted),
        answer(nearest=(quoted,)),
        answer(about=("/verschlusssache.pdf",)),
        answer(),
    ):
        catalogue.add_turn(limited, "Who sings?", "Who sings?", only, given)
    lease = add(catalogue, document("The rent is due monthly."), "/lease")
    kept = catalogue.begin_conversation("And the rent?", EVERYTHING)
    catalogue.add_turn(kept, "And the rent?", "When?", Scope(documents=(lease,)), answer(citation(lease)))
    assert files_with(tmp_path, b"Kanarienvogel")
    if how == "removed":
        catalogue.remove(identifier)
    elif how == "its file gone":
        catalogue.unplace("matter", "/verschlusssache.pdf")
    elif how == "its file changed":
        add(catalogue, document("Another."), "/verschlusssache2.pdf", "matter")
        catalogue.place(
            catalogue.resolve("/verschlusssache2.pdf").id,
            collection="matter", path="/verschlusssache.pdf", size=1, mtime_ns=2,
        )  # fmt: skip
        catalogue.remove(catalogue.resolve("/verschlusssache.pdf").id)
    else:
        catalogue.delete_collection("matter")
    return identifier, limited, kept


@pytest.mark.parametrize("how", ["removed", "its file gone", "its file changed", "its collection deleted"])
def test_a_removed_document_leaves_no_word_in_the_history(catalogue: Catalogue, tmp_path: Path, how: str) -> None:
    for number, parsed in enumerate(many(5)):
        add(catalogue, parsed, f"/{number}")
    identifier, limited, kept = leaves(catalogue, tmp_path, how)
    catalogue.trim_log(catalogue.head_seq())
    assert catalogue.compact()
    needles = (b"anarienvogel", b"eheimsach", b"verschlusssache", identifier.encode())
    assert {needle: files_with(tmp_path, needle) for needle in needles} == {needle: [] for needle in needles}
    turns = catalogue.turns(limited)
    assert [turn.asked for turn in turns] == ["Who sings?"] * 4
    assert [turn.answer for turn in turns] == [None] * 4
    assert {turn.scope for turn in turns} == {Scope("matter", ())}
    assert catalogue.conversation(limited).scope == Scope(documents=())
    assert catalogue.turns(kept)[0].answer is not None
    assert catalogue.verify() == []


def test_a_document_that_stays_in_another_collection_keeps_its_answers(catalogue: Catalogue) -> None:
    lease = add(catalogue, document("The rent is due monthly."), "/lease", "one")
    add(catalogue, document("The rent is due monthly."), "/copy", "two")
    identifier = catalogue.begin_conversation("When?", EVERYTHING)
    catalogue.add_turn(identifier, "When?", "When?", EVERYTHING, answer(citation(lease)))
    catalogue.remove(lease, "one")
    assert catalogue.turns(identifier)[0].answer is not None


def test_an_answer_that_comes_later_than_the_removal_is_not_kept(catalogue: Catalogue, tmp_path: Path) -> None:
    secret = add(catalogue, document("Kanarienvogel sings."), "/secret")
    identifier = catalogue.begin_conversation("Who?", EVERYTHING)
    catalogue.remove(secret)
    catalogue.compact()
    for late in (answer(citation(secret, "Kanarienvogel sings.")), answer(about=("/secret",))):
        catalogue.add_turn(identifier, "Who?", "Who?", EVERYTHING, late)
    assert [turn.answer for turn in catalogue.turns(identifier)] == [None, None]
    assert files_with(tmp_path, b"Kanarienvogel") == []


def test_a_renamed_collection_is_followed(catalogue: Catalogue) -> None:
    add(catalogue, document("One."), "/1", "old")
    identifier = catalogue.begin_conversation("What?", Scope("old"))
    catalogue.add_turn(identifier, "What?", "What?", Scope("old"), answer())
    catalogue.rename_collection("old", "new")
    assert catalogue.conversation(identifier).scope == Scope("new")
    assert catalogue.turns(identifier)[0].scope == Scope("new")


def test_a_history_of_another_version_is_read_as_far_as_it_goes(catalogue: Catalogue) -> None:
    identifier = catalogue.begin_conversation("What?", EVERYTHING)
    catalogue.add_turn(identifier, "What?", "What?", EVERYTHING, answer())
    with catalogue.writing() as connection:
        connection.execute("UPDATE turns SET answer = json_remove(json_set(answer, '$.later', 1), '$.about')")
    assert catalogue.turns(identifier)[0].answer == answer()
    with catalogue.writing() as connection:
        connection.execute("UPDATE turns SET answer = json_remove(answer, '$.verdict')")
    with pytest.raises(StoreDamaged, match=f"history delete {identifier}"):
        catalogue.turns(identifier)


def test_a_conversation_is_given_a_name_and_an_id_beforehand(catalogue: Catalogue) -> None:
    identifier = new_id()
    assert catalogue.begin_conversation("What?", EVERYTHING, identifier) == identifier
    catalogue.rename_conversation(identifier, "  Fees  of the\nmill " + "x" * 100)
    assert catalogue.conversation(identifier).title == f"Fees of the mill {'x' * 62}…"
    with pytest.raises(QuestionError):
        catalogue.rename_conversation(identifier, " \n ")
    with pytest.raises(NotFoundError):
        catalogue.rename_conversation("0" * 16, "Fees")


def test_the_turns_about_a_document_are_found_the_latest_first(catalogue: Catalogue) -> None:
    lease, loan = add(catalogue, document("Rent."), "/lease"), add(catalogue, document("Interest."), "/loan")
    identifier = catalogue.begin_conversation("What?", EVERYTHING)
    for cited in (lease, loan, lease):
        catalogue.add_turn(identifier, "What?", "What?", EVERYTHING, answer(citation(cited)))
    assert [found.turn.number for found in catalogue.turns_about(lease)] == [3, 1]
    assert {found.conversation.id for found in catalogue.turns_about(lease)} == {identifier}
    assert catalogue.turns_about("0" * 64) == []
