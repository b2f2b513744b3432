"""Suggested first questions, made from titles and headings."""

from ragnano.documents.suggested_questions import MOST, first_questions
from ragnano.types import Document

HEADINGS = {
    "a": [(1, "1 Term"), (2, "2 Termination > 2.1 For cause")],
    "b": [(3, "1 Rent"), (4, "9 Termination")],
    "c": [(5, "Recitals")],
}


def document(identifier: str, title: str) -> Document:
    return Document(identifier, title, "text/plain", 1, 1, added=f"2026-01-0{ord(identifier[0]) - 96}")


def test_each_question_is_about_a_clause_that_is_there_and_topics_differ() -> None:
    made = first_questions([document("a", "Services Agreement"), document("b", "The Lease")], HEADINGS.__getitem__)
    assert made == (
        "How can The Lease be terminated?",
        "How long does the Services Agreement last?",
        "How much is the rent under The Lease?",
    )


def test_titles_that_say_too_little_are_left_out() -> None:
    twins = [document("a", "Agreement"), document("b", "Agreement")]
    assert first_questions(twins, HEADINGS.__getitem__) == ()
    assert first_questions([document("a", "x" * 300)], HEADINGS.__getitem__) == ()
    assert first_questions([document("c", "Memorandum")], HEADINGS.__getitem__) == ()


def test_there_are_never_too_many() -> None:
    many = [(1, "1 Term; 2 Termination; 3 Rent; 4 Fees; 5 Notices; 6 Insurance; 7 Assignment")]
    assert len(first_questions([document("a", "Lease")], lambda _: many)) == MOST
