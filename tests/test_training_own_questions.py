"""The project's own questions for training are labelled exactly."""

import random

import pytest

from ragnano.models.reader import KINDS
from tests.benchmarks.training.contracts import DATA
from tests.benchmarks.training.labels import Label, located
from tests.benchmarks.training.own_questions import contract_labels, exercises, invented


def test_every_invented_exercise_says_its_answer_and_its_misses_do_not() -> None:
    records = list(exercises())
    assert len(records) > 200
    for record in records:
        assert all(located(record["passage"], gold) for gold in record["gold"]), record["question"]
        short = record["short"]
        assert not short or any(located(gold, short) for gold in record["gold"]), record["question"]
        assert all(miss != record["passage"] for miss in record["misses"]), record["question"]
        assert not short or len(short) < 8 or not any(located(miss, short) for miss in record["misses"])


def test_an_exercise_is_read_with_and_without_its_answer() -> None:
    groups = list(invented(random.Random(3)))
    assert all(group[0].answers and not any(pair.answers for pair in group[1:]) for group in groups)
    assert {len(group) for group in groups} == {3}
    assert all(len({pair.question for pair in group}) == 1 for group in groups)


@pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data")
def test_labelled_ranges_of_contracts_hold_words_and_short_answers_lie_in_their_gold() -> None:
    labels = contract_labels()
    assert len({label.id for label in labels}) == len(labels) > 1000
    for label in labels:
        assert all(gold.strip() for gold in label.gold), label.question
        assert not label.short or any(located(gold, label.short) for gold in label.gold), label.question
        assert label.answerable == bool(label.gold)
        assert bool(label.answer_kind) <= label.direct.startswith(("Yes", "No")), label.question


@pytest.mark.parametrize(
    ("direct", "type_", "kind"),
    [
        ("No later than ten (10) days.", "duration", "span"),
        ("No, it may not.", "no", "no"),
        ("No.", "no", "no"),
        ("No, unless the Landlord consents.", "no-unless", "no-unless"),
        ("Yes, with notice.", "yes-if", "yes-if"),
        ("", "amount", "span"),
    ],
)
def test_only_a_no_that_stands_by_itself_is_a_no(direct: str, type_: str, kind: str) -> None:
    label = Label("1", "contracts", "a.txt", "And now?", True, type_, "", ("It is.",), direct)
    assert KINDS[label.answer_kind] == kind
