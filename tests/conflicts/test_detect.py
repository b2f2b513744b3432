"""Passages that answer one question differently are shown side by side, the later marked; others raise no conflict."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from ragnano.assistant import QUOTES_ONLY, Assistant
from ragnano.cli.output import answer_lines
from ragnano.conflicts.amendments import section_changed
from ragnano.conflicts.detect import find_conflicts
from ragnano.settings import Settings, default_models_dir
from ragnano.store import Catalogue
from ragnano.text.query import read_question
from ragnano.types import Answer, Evidence, Hit, Scope
from tests.conftest import SAMPLES, FakeChatModel, add_text, make_evidence

pytestmark = pytest.mark.slow

PARTIES = ("Alder Mills Ltd", "Birch Foods Inc.")
CONTRACT = """Milling Agreement between Alder Mills Ltd and Birch Foods Inc.

# 4 Payment

4.1 Birch Foods shall pay each invoice for milled flour within thirty (30) days after receipt.

# 5 Warranty

5.1 The flour shall keep its quality for six months after delivery.
"""
AMENDMENT = """First Amendment to the Milling Agreement between Alder Mills Ltd and Birch Foods Inc.

1. Section 4.1 of the Agreement is deleted and replaced by: "4.1 Invoices are due within 45 days."

2. A new Section 4.2 is added: "4.2 Interest is due at 4%."
"""
PAY = "How many days after receipt shall an invoice for milled flour be paid?"


def add_contract(assistant: Assistant, text: str = CONTRACT, *, name: str = "milling.txt", **more: object) -> str:
    given = {"title": "Milling Agreement", "parties": PARTIES, "date": "2023-02-01", **more}
    return add_text(assistant, text, name=name, **given)


def add_amendment(assistant: Assistant, text: str = AMENDMENT, **more: object) -> str:
    given = {"title": "First Amendment to Milling Agreement", "parties": PARTIES, "date": "2024-05-01", **more}
    return add_text(assistant, text, name="milling-amendment.txt", **given)


def ask(assistant: Assistant, question: str = PAY, scope: Scope | None = None) -> Answer:
    return assistant.ask(question, scope, model=QUOTES_ONLY)


def documents_of(answer: Answer) -> list[str]:
    """Returns the document of each side of the one conflict."""
    (conflict,) = answer.conflicts
    return [next(one.document for one in answer.citations if one.number == side.citation) for side in conflict.sides]


def test_an_amendment_is_set_against_the_clause_it_changes_and_marked_as_later(assistant: Assistant) -> None:
    contract, amendment = add_contract(assistant), add_amendment(assistant)
    answer = ask(assistant)
    assert documents_of(answer) == [contract, amendment]
    assert answer.conflicts[0].later == 1
    assert "thirty (30) days" in answer.answer and "45 days" in answer.answer
    assert answer.answer.startswith("The documents differ (one changes Section 4.1 of the other):")
    assert "milling-amendment.txt, dated 2024-05-01, the later document: “" in answer.answer
    for citation in answer.citations:
        assert citation.quote in assistant.page(citation.document, citation.page).text


def test_a_models_one_sided_sentence_does_not_stand_alone(assistant: Assistant, chat_model: FakeChatModel) -> None:
    add_contract(assistant), add_amendment(assistant)
    chat_model.reply = "Birch Foods shall pay each invoice within thirty (30) days after receipt."
    answer = assistant.ask(PAY)
    assert answer.verdict == "quoted" and len(answer.conflicts) == 1
    assert "45 days" in answer.answer


def test_a_change_that_is_found_brings_the_clause_it_changed(assistant: Assistant) -> None:
    contract, amendment = add_contract(assistant), add_amendment(assistant)
    answer = ask(assistant, "Which invoices are due, as Section 4.1 is deleted and replaced?")
    assert documents_of(answer) == [contract, amendment]


def test_a_clause_that_no_amendment_changes_has_no_conflict(assistant: Assistant) -> None:
    add_contract(assistant), add_amendment(assistant)
    answer = ask(assistant, "How long shall the flour keep its quality after delivery?")
    assert "six months" in answer.citations[0].quote
    assert not any(side.citation == 1 for conflict in answer.conflicts for side in conflict.sides)


def test_an_amendment_of_other_parties_is_none_of_this_contract(assistant: Assistant) -> None:
    add_contract(assistant)
    others = ("Cedar Grain LLC", "Damson Bakers Ltd")
    text = AMENDMENT.replace("Alder Mills Ltd", others[0]).replace("Birch Foods Inc.", others[1])
    add_amendment(assistant, text, parties=others)
    assert ask(assistant).conflicts == ()


def test_an_amendment_outside_the_scope_is_not_brought_in(assistant: Assistant) -> None:
    contract = add_contract(assistant)
    add_amendment(assistant)
    assert ask(assistant, scope=Scope(documents=(contract,))).conflicts == ()


def test_dates_that_contradict_the_order_leave_the_later_side_open_to_the_dates(assistant: Assistant) -> None:
    add_contract(assistant, date="2024-05-01"), add_amendment(assistant, date="2024-05-01")
    assert ask(assistant).conflicts[0].later is None


def test_an_amendment_without_a_date_is_later_than_what_it_amends(assistant: Assistant) -> None:
    add_contract(assistant), add_amendment(assistant, date=None)
    assert ask(assistant).conflicts[0].later == 1


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Section 7.3 of the Agreement is deleted and replaced by the following:", "7.3"),
        ("Section 8.2(b) is hereby amended to read in its entirety as follows:", "8.2"),
        ("In Section 2.2 of the Agreement the words “ninety days” are replaced by “120 days”.", "2.2"),
        ("Clause 4 shall be amended and restated.", "4"),
        ("A new Section 7.8 is added:", None),
        ("The separate limit in Section 14.3 is not changed.", None),
        ("Under Section 20.4 of the Agreement an amendment must be made in writing.", None),
        ("This Agreement may be amended in writing.", None),
        ("As stated in Section 3, the flour is milled. The list is amended each year.", None),
    ],
)
def test_only_a_sentence_that_changes_a_section_names_one(text: str, number: str | None) -> None:
    assert section_changed(text) == number


def test_two_versions_that_state_different_periods_are_set_against_each_other(assistant: Assistant) -> None:
    old = add_contract(assistant)
    new = add_contract(
        assistant, CONTRACT.replace("thirty (30)", "sixty (60)"), name="milling-v2.txt", date="2025-01-01"
    )
    answer = ask(assistant)
    (conflict,) = answer.conflicts
    facts = {documents_of(answer)[at]: side.fact for at, side in enumerate(conflict.sides)}
    assert facts == {old: "thirty (30) days", new: "sixty (60) days"}
    assert conflict.later is not None and documents_of(answer)[conflict.later] == new


def test_the_same_period_in_other_words_is_no_conflict(assistant: Assistant) -> None:
    add_contract(assistant)
    add_contract(assistant, CONTRACT.replace("thirty (30)", "30"), name="milling-v2.txt")
    assert ask(assistant).conflicts == ()


def test_contracts_of_other_parties_may_say_what_they_like(assistant: Assistant) -> None:
    add_contract(assistant)
    add_contract(
        assistant, CONTRACT.replace("thirty (30)", "sixty (60)"), name="other.txt", parties=("Cedar LLC", "Damson Ltd")
    )
    assert ask(assistant).conflicts == ()


def test_an_empty_library_and_a_refusal_have_no_conflicts(assistant: Assistant) -> None:
    assert ask(assistant).conflicts == ()
    add_contract(assistant), add_amendment(assistant)
    assert ask(assistant, "Who won the football championship of 1954?").conflicts == ()


def pair(first: str, second: str, **second_document: object) -> tuple[Evidence, ...]:
    """Returns two passages of two versions, or of one document when no second document is given."""
    one, two = make_evidence(first, second)
    mine = dataclasses.replace(one.hit.document, parties=PARTIES, date="2023-01-01")
    other = dataclasses.replace(mine, **{"id": "1" * 64, **second_document}) if second_document else mine  # type: ignore[arg-type]
    return (
        dataclasses.replace(one, hit=Hit(one.hit.chunk, mine, 1.0)),
        dataclasses.replace(two, hit=Hit(dataclasses.replace(two.hit.chunk, document=other.id), other, 1.0)),
    )


@pytest.fixture
def pages(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """A catalogue without amendments; pages need not be stored in it."""
    monkeypatch.setattr("ragnano.conflicts.detect.changed_by", lambda *_: None)
    return assistant.catalogue


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("How much is the security deposit?", "The security deposit is $12,000.", "The security deposit is $900."),
        ("What interest rate applies to late fees?", "Late fees bear 3% a year.", "Late fees bear 4% a year."),
        ("When does the term begin?", "The term begins on May 1, 2024.", "The term begins on June 1, 2024."),
        ("Which law governs?", "The laws of Ohio govern this lease.", "The laws of Texas govern this lease."),
        ("What is the security deposit?", "The security deposit is $12,000.", "The security deposit is $900."),
    ],
)  # fmt: skip
def test_each_kind_of_fact_can_conflict_between_versions(
    question: str, first: str, second: str, pages: Catalogue
) -> None:
    against = find_conflicts(read_question(question), pair(first, second, date="2024-01-01"), (0,), pages, Scope())
    assert against is not None and against.whole
    assert against.conflicts[0].later == 1 and against.cited == (0, 1)


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("How much is the deposit?", "The deposit is $12,000.", "The monthly rent is $9,000."),
        ("How much does the tenant pay?", "Tenant shall pay a deposit of $900.", "Tenant shall pay $800 rent a month."),
        ("How long is the notice period?", "Notice must be given 60 days ahead.", "The term is 5 years after notice."),
        ("How long is the notice period?", "Notice must be given 60 days ahead.", "Notice must be given in writing."),
        ("May the tenant sublet?", "Tenant may sublet after 60 days.", "Tenant may sublet after 90 days."),
    ],
)  # fmt: skip
def test_facts_about_different_things_are_no_conflict(question: str, first: str, second: str, pages: Catalogue) -> None:
    evidence = pair(first, second, date="2024-01-01")
    assert find_conflicts(read_question(question), evidence, (0,), pages, Scope()) is None


def test_one_document_conflicts_with_itself_only_in_almost_the_same_words(pages: Catalogue) -> None:
    question = read_question("How long is the notice period for termination by the tenant?")
    same = pair(
        "Tenant may end the lease on sixty (60) days written notice.",
        "Tenant may end the lease on 90 days written notice.",
    )
    against = find_conflicts(question, same, (0,), pages, Scope())
    assert against is not None and against.conflicts[0].later is None
    assert against.text.startswith("The document differs")
    rows = pair("Rent in Lease Year 1 is due in 10 days.", "Rent in Lease Year 2 is due in 20 days.")
    assert find_conflicts(read_question("When in how many days is rent due?"), rows, (0,), pages, Scope()) is None


def test_a_passage_far_worse_than_the_cited_one_is_not_compared(pages: Catalogue) -> None:
    good, bad = pair("The security deposit is $12,000.", "The security deposit is $900.", date="2024-01-01")
    evidence = (good, dataclasses.replace(bad, score=0.2))
    assert find_conflicts(read_question("How much is the security deposit?"), evidence, (0,), pages, Scope()) is None


def test_what_the_answer_says_beside_the_conflict_stays(pages: Catalogue) -> None:
    one, two = pair("The security deposit is $12,000.", "The security deposit is $900.", date="2024-01-01")
    third = dataclasses.replace(one, text="It is paid by wire.", spans=(one.spans[0]._replace(start=900, end=919),))
    against = find_conflicts(
        read_question("How much is the security deposit?"), (one, two, third), (2, 0), pages, Scope()
    )
    assert against is not None and not against.whole
    assert against.cited == (2, 0, 1) and [side.citation for side in against.conflicts[0].sides] == [2, 3]


def test_the_command_line_marks_the_later_document(assistant: Assistant) -> None:
    add_contract(assistant), add_amendment(assistant)
    lines = list(answer_lines(ask(assistant), streamed=False))
    marked = [line for line in lines if line.endswith("(the later document)")]
    assert len(marked) == 1 and "milling-amendment.txt" in marked[0]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    names = ("larkspur-kestrelmoor-master-services-agreement", "larkspur-kestrelmoor-first-amendment",
             "ironvale-tidewell-supply-agreement", "ironvale-tidewell-quality-and-logistics-agreement")  # fmt: skip
    settings = Settings.load(data_dir=tmp_path_factory.mktemp("data"), models_dir=default_models_dir())
    with Assistant(settings) as assistant:
        files = [SAMPLES / "documents" / f"{name}.pdf" for name in names]
        ingest(
            files,
            settings=settings,
            catalogue=assistant.catalogue,
            vectors=assistant.vectors,
            embedder=assistant.embedder,
        )
        yield assistant


@pytest.mark.parametrize(
    ("question", "first", "second", "later"),
    [
        ("How long does Kestrelmoor have to pay an undisputed invoice?", "thirty (30)", "(45) days", "amendment"),
        ("How far is a party's liability between Larkspur and Kestrelmoor limited?", "14.2", "$2,500,000", "amendment"),
        ("How much notice of non-renewal must Kestrelmoor give Larkspur?", "ninety (90)", "(120) days", "amendment"),
        ("How long is the warranty on Ironvale castings?", "eighteen (18)", "twenty-four (24)", "quality"),
    ],
)  # fmt: skip
def test_the_sample_contracts_contradictions_are_found(
    samples: Assistant, question: str, first: str, second: str, later: str
) -> None:
    answer = ask(samples, question)
    (conflict,) = answer.conflicts
    assert first in answer.answer and second in answer.answer
    assert conflict.later is not None
    number = conflict.sides[conflict.later].citation
    assert all(later in Path(one.path).name for one in answer.citations if one.number == number)
