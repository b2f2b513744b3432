"""A long sentence is quoted as far as it answers, and never without its restrictions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragnano.evidence.sentence_trimming import part_that_answers
from ragnano.text.words import fold, unfolded

CLAUSE = "At the end of each season, the Grower shall return the crates to the depot, and the depot shall count them"


def part_of(text: str, answering: str) -> str:
    """Returns what is left of the text where the reader is certain of these words only."""
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


@pytest.mark.parametrize("name", ["July 1, 2031", "Kestrel Pumps, Inc.", "Kestrel Pumps, LLC", "Oslo 12 July, 2031"])
def test_a_date_and_a_companys_name_are_not_cut_at_their_comma(name: str) -> None:
    text = f"In each season the Grower shall return the crates lent by {name} and deliver them to the depot, as always"
    assert name in part_of(text, "return the crates")


def test_a_figure_in_brackets_stays_with_its_word() -> None:
    text = "The Grower shall, at its own cost, return every crate to the depot within sixty (60) days"
    assert part_of(text, "return every crate").endswith("within sixty (60) days")


def test_a_clause_keeps_the_verb_behind_an_insertion() -> None:
    text = "The Grower grants a license under any right that, for want of this license, would be infringed by its use"
    assert part_of(text, "grants a license") == text


def test_what_says_when_a_right_begins_or_ends_stays() -> None:
    text = "The Grower may leave, at any time from and after the day that the depot closes"
    assert part_of(text, "may leave") == text


@pytest.mark.parametrize(
    "tail",
    ["for a period of six months", "within ten days of the harvest", "during all of the harvest", "solely to dry them"],
)
def test_what_limits_a_duty_in_time_or_purpose_stays(tail: str) -> None:
    text = f"The Grower shall not be charged when it keeps the crates in the depot, {tail}"
    assert part_of(text, "keeps the crates") == text


def test_a_definition_keeps_what_the_word_means() -> None:
    text = (
        'For the depot "Crate" means, with respect to the Grower, a box of at least ten litres, and every sack of jute'
    )
    assert part_of(text, "with respect to the Grower").endswith("sack of jute")


def test_a_condition_never_stands_without_what_it_leads_to() -> None:
    text = "In the event that the Grower keeps no crates of its own, the depot lends the Grower twenty crates a week"
    assert part_of(text, "keeps no crates") == text


def test_a_row_of_rights_is_not_cut_in_its_middle() -> None:
    text = (
        "The Grower may wash and repair the crates it was lent by the depot, use, lend, sell and give away the crates"
    )
    assert part_of(text, "wash and repair") == text


def test_a_row_of_acts_is_not_cut_behind_its_middle() -> None:
    text = "The Grower shall not wash the crates of the depot, or lend, sell, or otherwise part with any of the crates"
    assert part_of(text, "lend, sell") == text


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
