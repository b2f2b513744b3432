"""Training data and measuring data are disjoint."""

import json
from collections.abc import Iterator

import numpy as np
import pytest

from ragnano.text.words import content_stems
from tests.benchmarks.training.batches import Batches
from tests.benchmarks.training.contracts import HERE, Contract, General, paraphrases

LEAST_APART = 0.5
"""Wordings that share at least this much of their content words are too alike."""


def training_wordings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads((HERE / "phrasings.json").read_text(encoding="utf-8"))
    return found


def pairs() -> Iterator[tuple[str, str]]:
    for held_out in paraphrases().values():
        yield from ((held_out, learnt) for texts in training_wordings().values() for learnt in texts)


def test_no_wording_that_is_measured_with_is_like_one_that_is_learnt() -> None:
    alike = []
    for held_out, learnt in pairs():
        one, other = set(content_stems(held_out)), set(content_stems(learnt))
        if one and len(one & other) / len(one | other) >= LEAST_APART:
            alike.append((held_out, learnt))
    assert alike == []


def test_paraphrases_use_no_word_of_their_categorys_name() -> None:
    for category, text in paraphrases().items():
        assert not set(content_stems(category)) & set(content_stems(text)), category


def test_there_are_many_wordings_for_each_category() -> None:
    assert all(len(set(texts)) >= 4 for texts in training_wordings().values())


@pytest.fixture
def found() -> list[Contract]:

    made = []
    for number in range(3):
        bodies = [f"Clause {place} of contract {number} says something about topic {place}." for place in range(8)]
        made.append(Contract(f"{number}.txt", bodies, bodies, ["1 Topic"] * 8, {"Rent": [1, 2], "Term": [3]}))
    return made


def batches(found: list[Contract], seed: int) -> Batches:

    drawn = Batches(found, {"Rent": ["How much?", "What is paid?"], "Term": ["How long?"]}, seed)
    vector = np.ones(2, np.float32)
    drawn.look(
        [np.ones((8, 2), np.float32) for _ in found], dict.fromkeys(("How much?", "What is paid?", "How long?"), vector)
    )
    return drawn


GENERAL = [General(f"question {number}", f"passage {number}") for number in range(9)]


def test_every_question_of_a_batch_has_a_right_passage_and_none_is_right_and_unknown(found: list[Contract]) -> None:
    drawn = batches(found, 1)
    for _ in range(20):
        batch = drawn.draw(GENERAL)
        assert batch.answers.shape == (len(batch.questions), len(batch.passages)) == batch.unknown.shape
        assert batch.answers.any(axis=1).all()
        assert not (batch.answers & batch.unknown).any()


def test_another_contracts_answer_to_the_same_category_is_not_called_wrong(found: list[Contract]) -> None:
    batch = batches(found, 2).draw(GENERAL)
    rent = [row for row, text in enumerate(batch.questions) if text in ("How much?", "What is paid?")]
    answers = [at for at, text in enumerate(batch.passages) if text.startswith(("Clause 1 ", "Clause 2 "))]
    assert rent and answers
    assert all(batch.answers[row, at] or batch.unknown[row, at] for row in rent for at in answers)


def test_the_same_seed_draws_the_same_batches(found: list[Contract]) -> None:
    one, other = (batches(found, 5).draw(GENERAL) for _ in range(2))
    assert (one.questions, one.passages) == (other.questions, other.passages)
