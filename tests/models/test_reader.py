"""The reader as shipped with ragnano: it decides whether a passage answers, and marks the words that do."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ragnano.models import KINDS, Reader, open_reader
from ragnano.settings import Settings

CLAUSES = (
    "Either party may terminate this Agreement for convenience upon sixty (60) days' prior written notice.",
    "This Agreement shall be governed by the laws of the State of Delaware.",
    "The Supplier shall keep all Confidential Information secret for five years after termination.",
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    reader = open_reader(Settings.load(models_dir=Path(tmp_path_factory.mktemp("models")), threads=1))
    yield reader
    reader.close()


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("How much notice is needed to end the contract without cause?", 0),
        ("Which law governs?", 1),
        ("How long must information be kept secret?", 2),
    ],
)
def test_the_passage_that_answers_is_told_from_those_that_do_not(reader: Reader, question: str, place: int) -> None:
    answers = [reading.answers for reading in reader.read(question, CLAUSES)]
    assert int(np.argmax(answers)) == place


def test_words_that_answer_are_told_from_those_that_do_not(reader: Reader) -> None:
    passage = " ".join(CLAUSES)
    (reading,) = reader.read("Which law governs?", [passage])
    start = passage.index("This Agreement shall be governed")
    inside = [start <= begin < start + len(CLAUSES[1]) for begin, _ in reading.spans]
    assert reading.words[np.array(inside)].mean() > 2 * reading.words[~np.array(inside)].mean()


def test_every_token_has_its_characters(reader: Reader) -> None:
    (reading,) = reader.read("Which law governs?", [CLAUSES[1]])
    assert len(reading.spans) == len(reading.words)
    assert CLAUSES[1][slice(*reading.spans[1])] == "Agreement"
    assert ((reading.words >= 0) & (reading.words <= 1)).all()


def test_a_passage_longer_than_is_read_is_read_from_its_beginning(reader: Reader) -> None:
    (reading,) = reader.read("Which law governs?", [CLAUSES[1] + " and so on" * 500])
    assert 200 < len(reading.words) < 330


def test_the_order_of_passages_changes_no_number_but_rounding(reader: Reader) -> None:
    forwards = [reading.answers for reading in reader.read("Which law governs?", CLAUSES)]
    backwards = [reading.answers for reading in reader.read("Which law governs?", CLAUSES[::-1])]
    assert forwards == pytest.approx(backwards[::-1], abs=1e-3)


def test_nothing_to_read_gives_nothing(reader: Reader) -> None:
    assert reader.read("Which law governs?", []) == []


def test_the_exact_answer_begins_and_ends_with_its_words(reader: Reader) -> None:
    (reading,) = reader.read("How much notice must be given to end the contract?", [CLAUSES[0]])
    assert reading.begins.sum() == pytest.approx(1, abs=1e-3) and reading.ends.sum() == pytest.approx(1, abs=1e-3)
    begin, end = reading.spans[int(reading.begins.argmax())][0], reading.spans[int(reading.ends.argmax())][1]
    assert "sixty" in CLAUSES[0][begin:end] and end - begin < len(CLAUSES[0]) / 2


@pytest.mark.parametrize(
    ("question", "passage", "polarity"),
    [
        ("How long is the notice?", CLAUSES[0], "span"),
        ("May the Grower sublet the shed?", "The Grower may not sublet the shed to anybody.", "no"),
        ("May the Grower paint the shed?", "The Grower may paint the shed in any colour it likes.", "yes"),
    ],
)
def test_a_question_for_yes_or_no_is_told_from_others_and_so_is_its_answer(
    reader: Reader, question: str, passage: str, polarity: str
) -> None:
    (reading,) = reader.read(question, [passage])
    assert reading.kinds.sum() == pytest.approx(1, abs=1e-3)
    assert KINDS[int(reading.kinds.argmax())].startswith(polarity)
