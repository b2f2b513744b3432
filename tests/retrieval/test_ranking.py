"""The order of candidates: the signals of each, and their weights."""

import numpy as np
import pytest

from ragnano.retrieval.ranking import RANKERS, SIGNALS, Candidate, Ranking, load_ranking, signals_of
from ragnano.settings import Settings
from ragnano.text.query import read_question
from ragnano.types import Chunk, Span

QUESTION = read_question("How many days of notice are needed for termination?")


def candidate(text: str, *, section: str = "", ordinal: int = 5, cosine: float = 0.5, **scores: float) -> Candidate:
    chunk = Chunk("d", ordinal, text, (Span(1, 0, len(text)),), section=section, tokens=len(text.split()))
    return Candidate(chunk, 0.0, scores, dict.fromkeys(scores, 1), cosine, 0.0)


def column(name: str, *candidates: Candidate) -> list[float]:
    return [float(value) for value in signals_of(candidates, QUESTION)[:, SIGNALS.index(name)]]


def test_no_candidates_give_no_rows() -> None:
    assert signals_of((), QUESTION).shape == (0, len(SIGNALS))
    assert load_ranking().scores(signals_of((), QUESTION)).shape == (0,)


def test_scores_by_words_are_shares_of_the_best() -> None:
    assert column("words", candidate("a", words=4.0), candidate("b", words=1.0), candidate("c")) == [1.0, 0.25, 0.0]


def test_a_place_counts_the_more_the_higher_it_is_and_nothing_without_one() -> None:
    first = candidate("a", dense=0.9)
    later = Candidate(first.chunk, 0.0, {"dense": 0.5}, {"dense": 11}, 0.5, 0.0)
    assert column("dense_place", first, later, candidate("c")) == [1.0, 0.5, 0.0]


def test_headings_and_words_that_say_what_is_asked_are_told_from_others() -> None:
    right = candidate("Sixty days written notice.", section="9 Termination")
    wrong = candidate("The goods are blue.", section="3 Goods")
    assert column("heading", right, wrong)[0] > column("heading", right, wrong)[1] == 0
    assert column("coverage", right, wrong)[0] > column("coverage", right, wrong)[1] == 0
    assert column("kind", right, wrong) == [1.0, 0.0]


def test_opening_chunks_are_marked() -> None:
    assert column("opening", candidate("a", ordinal=0), candidate("b", ordinal=9)) == [1.0, 0.0]


@pytest.mark.parametrize("name", SIGNALS)
def test_every_signal_is_weighed_and_counts_for_the_order(name: str) -> None:
    assert name in load_ranking().weights
    only = Ranking({other: float(other == name) for other in SIGNALS})
    rows = np.zeros((2, len(SIGNALS)))
    rows[1, SIGNALS.index(name)] = 1.0
    low, high = only.scores(rows)
    assert low < high


def test_the_shipped_weights_were_learnt_with_the_default_embedder() -> None:
    assert load_ranking().embedder == Settings.load().embedder


def test_the_shipped_weights_prefer_what_every_ranker_likes() -> None:
    liked = dict.fromkeys(RANKERS, 1.0)
    good = candidate("Sixty days written notice of termination.", section="9 Termination", cosine=0.8, **liked)
    bad = candidate("The goods are blue.", cosine=0.1)
    best, worst = load_ranking().scores(signals_of((good, bad), QUESTION))
    assert 0 <= worst < best <= 1
