"""Made and changed questions for the reader's training: who has a role or a duty, and questions typed in a hurry."""

import random
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.training.pairs import Pair
from tests.benchmarks.training.passages import Cut
from tests.benchmarks.training.typed_questions import typed
from tests.benchmarks.training.who_groups import who

PARTIES = (
    'This Lease is made between Quern Holdings Ltd, a company registered in Harrow (the "Landlord"), and Tansy Bakers '
    'Limited (the "Tenant").'
)
DUTY = "The Tenant shall keep the drains of the yard clear."
OTHER = "Notices to the Landlord are sent by post."


def cut(*sentences: str) -> Cut:
    return Cut("", sentences, sentences)


def groups(*cuts: Cut) -> list[list[Pair]]:
    return list(islice(who({"lease.txt": cuts}, random.Random(2)), 60))


def answer(pair: Pair) -> str:
    assert pair.span is not None
    return pair.passage[slice(*pair.span)]


def test_a_role_is_asked_for_where_the_document_names_its_party() -> None:
    first = [group[0] for group in groups(cut(PARTIES), cut(OTHER)) if "landlord" in group[0].question.lower()]
    assert first
    assert {answer(pair) for pair in first} == {"Quern Holdings Ltd"}
    assert all(pair.answering == ((0, len(PARTIES)),) for pair in first)


def test_a_passage_that_only_mentions_the_role_does_not_answer() -> None:
    found = [group for group in groups(cut(PARTIES), cut(OTHER)) if "landlord" in group[0].question.lower()]
    misses = {pair.passage for group in found for pair in group[1:] if pair.question == group[0].question}
    assert misses == {OTHER}


def test_who_has_a_duty_is_answered_by_the_sentence_and_not_by_its_neighbours() -> None:
    found = [group for group in groups(cut(PARTIES), cut(OTHER, DUTY)) if "drains" in group[0].question]
    assert {answer(group[0]) for group in found} == {"The Tenant"}
    assert all(not pair.answers and DUTY not in pair.passage for group in found for pair in group[1:])


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1), st.integers())
def test_a_question_typed_in_a_hurry_is_never_empty(question: str, seed: int) -> None:
    assert typed(question, random.Random(seed))


@given(st.integers())
def test_figures_survive_a_hurry(seed: int) -> None:
    changed = typed("How much does Plan 12B cost for 36 months?", random.Random(seed)).lower()
    assert {"12b", "36"} <= set(changed.split())
