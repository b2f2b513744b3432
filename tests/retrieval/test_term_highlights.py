"""Highlighted terms: where a passage contains the question's words."""

from itertools import pairwise

import pytest

from ragnano.retrieval.term_highlights import marks_of
from ragnano.text.query import read_question


def marked(text: str, question: str) -> list[str]:
    return [text[start:end] for start, end in marks_of(text, read_question(question))]


@pytest.mark.parametrize(
    ("text", "question", "words"),
    [
        ("Rent is payable monthly.", "When are rents payable?", ["Rent", "payable"]),
        ("The fee of $5,000 is due.", "Is $5,000 due?", ["$5,000", "due"]),
        ("All net sales count, sales too.", 'What are "net sales"?', ["net sales", "sales"]),
        ("Signed on May 5, 2019 in May.", "What was signed on May 5, 2019?", ["Signed", "May 5, 2019"]),
        ("Nothing of the kind.", "Who pays for insurance?", []),
    ],
)
def test_words_are_marked_by_stem_phrase_and_amount(text: str, question: str, words: list[str]) -> None:
    assert [word for word in marked(text, question) if word in words] == words
    if not words:
        assert marked(text, question) == []


def test_synonyms_are_marked_too() -> None:
    assert "cancel" in marked("Either party may cancel it.", "Can we terminate the agreement?")


def test_marks_are_in_order_and_do_not_overlap() -> None:
    marks = marks_of("net net sales of net sales", read_question('net "net sales" sales'))
    assert all(first[1] < second[0] for first, second in pairwise(marks))
