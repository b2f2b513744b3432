"""A long sentence is quoted as far as it answers, and never without what restricts it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ragnano.pointed import part_that_answers
from ragnano.text import fold, unfolded

CLAUSE = "At the end of each season, the Grower shall return the crates to the depot, and the depot shall count them"


def part_of(text: str, answering: str) -> str:
    """What is left of the text where the reader is sure of these words alone."""
    at = text.index(answering)
    middles = np.arange(len(text), dtype=np.float64)
    words = np.where((middles >= at) & (middles < at + len(answering)), 0.9, 0.1).astype(np.float32)
    start, end = part_that_answers(text, words, middles, long=40)
    return text[start:end]


def test_what_does_not_answer_is_left_out_between_commas() -> None:
    assert part_of(CLAUSE, "return the crates") == "the Grower shall return the crates to the depot"
    assert part_of(CLAUSE, "the depot shall count") == "and the depot shall count them"


def test_a_restriction_stays_wherever_it_stands() -> None:
    behind = CLAUSE + ", unless they are damaged"
    assert part_of(behind, "return the crates").endswith("unless they are damaged")
    before = "Except in a drought, " + CLAUSE
    assert part_of(before, "count them").startswith("Except in a drought")


def test_nobody_loses_a_subject() -> None:
    text = "(b) The Grower, in any season with enough rain, may keep the crates for another week in its own barn"
    assert part_of(text, "keep the crates") == text


def test_a_short_sentence_stays_whole() -> None:
    assert part_that_answers("Rent, monthly, is due.", np.ones(1, np.float32), np.zeros(1)) == (0, 22)


@given(st.text(alphabet="ab \n\t", min_size=1), st.data())
def test_places_in_folded_text_are_found_again(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    if folded:
        start = data.draw(st.integers(0, len(folded) - 1))
        end = data.draw(st.integers(start + 1, len(folded)))
        first, last = unfolded(text, start, end)
        assert fold("x" + text[first:last] + "x") == fold("x" + folded[start:end] + "x")
