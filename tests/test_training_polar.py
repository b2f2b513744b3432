"""Yes-or-no questions for the reader's training: each sentence beside its opposite."""

import random
from itertools import islice

import pytest

from ragnano.models.reader import KINDS
from tests.benchmarks.training.pairs import Pair
from tests.benchmarks.training.passages import Cut
from tests.benchmarks.training.polar_groups import made, turned


def pair(sentence: str, kind: str) -> Pair:
    passage = f"9 Use. {sentence} Rent falls due monthly."
    start = passage.index(sentence)
    return Pair("May they?", passage, True, ((start, start + len(sentence)),), None, KINDS.index(kind))


def answering(item: Pair) -> str:
    [(start, end)] = item.answering or ()
    return item.passage[start:end]


@pytest.mark.parametrize(
    ("sentence", "kind", "opposite", "other"),
    [
        ("The tenant may keep a dog.", "yes", "The tenant may not keep a dog.", "no"),
        ("The tenant shall not sublet.", "no", "The tenant shall sublet.", "yes"),
        ("The deposit is refundable.", "yes", "The deposit is not refundable.", "no"),
    ],
)
def test_a_sentence_is_turned_into_its_opposite(sentence: str, kind: str, opposite: str, other: str) -> None:
    found = turned(pair(sentence, kind))
    assert found is not None
    assert (answering(found), KINDS[found.kind or 0]) == (opposite, other)
    assert found.passage.endswith("Rent falls due monthly.")


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("No tenant shall sublet.", "no"),  # two negating words, or one that is no "not"
        ("The tenant may sublet and shall pay.", "yes"),  # the words don't say which of two is negated
        ("The tenant may sublet with consent.", "yes-if"),  # the opposite of a condition is neither
        ("Neither party may not do so.", "no"),
    ],
)
def test_a_sentence_whose_opposite_is_unsure_is_left_alone(sentence: str, kind: str) -> None:
    assert turned(pair(sentence, kind)) is None


def groups_of(*sentences: str) -> list[list[Pair]]:
    return list(islice(made([Cut("", sentences, sentences)], random.Random(1)), 30))


def kinds_of(*sentences: str) -> dict[str, set[str]]:
    """Returns question -> kinds of the original sentences."""
    found: dict[str, set[str]] = {}
    for group in groups_of(*sentences):
        found.setdefault(group[0].question, set()).add(KINDS[group[0].kind or 0])
    return found


def test_questions_are_made_of_what_is_allowed_and_forbidden() -> None:
    kinds = kinds_of("The Tenant may keep one small dog in the flat.")
    assert kinds["May the Tenant keep one small dog in the flat?"] == {"yes"}
    assert kinds["Is the Tenant forbidden to keep one small dog in the flat?"] == {"no"}
    kinds = kinds_of("Neither party may assign this lease to another person.")
    assert kinds["Can either party assign this lease to another person?"] == {"no"}


def test_a_condition_makes_the_answer_conditional_and_is_its_span() -> None:
    groups = groups_of("The Tenant may sublet the flat to a student, provided that the Landlord agrees.")
    found = {(KINDS[group[0].kind or 0], group[0].passage[slice(*group[0].span or (0, 0))]) for group in groups}
    assert found == {("yes-if", "provided that the Landlord agrees")}


def test_a_ban_with_an_exception_is_no_unless() -> None:
    kinds = kinds_of("The Tenant shall not sublet the flat without the written consent of the Landlord.")
    assert kinds["May the Tenant sublet the flat?"] == {"no-unless"}


def test_a_sentence_stands_beside_its_opposite_under_the_same_question() -> None:
    for group in groups_of("The Tenant may keep one small dog in the flat."):
        assert len({item.question for item in group}) == 1
        assert {KINDS[item.kind or 0] for item in group} == {"yes", "no"}
