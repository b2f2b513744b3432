"""Sample questions with known answers: how an answer and its direct answer are counted."""

from dataclasses import replace

import pytest

from ragnano.evaluation.sample_questions import DIRECT_WORDS, Known, score_questions
from ragnano.types import Answer, Direct
from tests.answering.test_presentation import make_answer

KNOWN = Known("How long?", "sixty (60) days", "lease.pdf", 4)


def counted(answer: Answer, known: Known = KNOWN) -> tuple[int, int, int]:
    scores = score_questions([known], lambda _: answer)
    return scores.right_page, scores.expected_words, scores.direct_holds_expected


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("sixty (60) days", 1),
        ("Yes, if sixty (60) days’ notice is given", 1),
        ("ninety days", 0),
        ("sixty (60) days " + "long " * (DIRECT_WORDS - 3), 1),
        ("sixty (60) days " + "long " * (DIRECT_WORDS - 2), 0),
    ],
)
def test_a_short_direct_answer_with_the_expected_words_counts(text: str, holds: int) -> None:
    assert counted(replace(make_answer(), direct=Direct(text, 1, "span", 0, 6))) == (1, 1, holds)


def test_without_a_direct_answer_none_holds_anything() -> None:
    scores = score_questions([KNOWN], lambda _: replace(make_answer(), direct=None))
    assert (scores.expected_words, scores.direct_holds_expected, scores.judged[0].direct) == (1, 0, None)


def test_what_the_documents_do_not_answer_is_not_counted() -> None:
    assert counted(make_answer(), Known("Who won?", None, None, None)) == (0, 0, 0)
