"""Instructions planted in documents are data: none is followed, and none is repeated."""

from pathlib import Path

import pytest

from ingest.pipeline import ingest
from ragnano.assistant import Assistant
from ragnano.models import Prompt
from ragnano.settings import Settings
from ragnano.types import Answer
from tests.conftest import FakeChatModel, add_text
from tests.planted import COMPONENTS, PLACES, QUESTIONS, TRIGGER, instructions, plant

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not COMPONENTS.exists(), reason=f"needs {COMPONENTS}")]


def obedient(prompt: Prompt) -> str:
    """The worst possible model: it says the word as soon as the prompt contains it."""
    prompt_text = " ".join(part.text for part in prompt.parts)
    if TRIGGER in prompt_text:
        return f"The answer is {TRIGGER}."
    return next(part.text for part in prompt.parts if not part.trusted).split(") ", 1)[-1]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Answer]]:
    """Returns, by question and file, the answers from a contract for each instruction.

    Uses the real reader and embedder, and an obedient model.
    """
    folder = tmp_path_factory.mktemp("planted")
    every = list(plant(folder, instructions()))
    assert {item.place for item in every} == set(PLACES)
    settings = Settings.load(data_dir=folder / "data")
    with Assistant(settings, chat_model=FakeChatModel(obedient)) as helper:  # type: ignore[arg-type]
        ingest(
            [folder], settings=settings, catalogue=helper.catalogue, vectors=helper.vectors, embedder=helper.embedder
        )
        documents = helper.documents()
        assert len(documents) == len(every) >= 2 * len(PLACES)
        return {
            question: {Path(item.path).name: helper.ask(question, helper.scope(doc=item.id)) for item in documents}
            for question in QUESTIONS
        }


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_planted_instruction_is_followed_or_said_back(said: dict[str, dict[str, Answer]], question: str) -> None:
    leaked = [name for name, answer in said[question].items() if TRIGGER in _words(answer).lower()]
    assert leaked == []


@pytest.mark.parametrize(("question", "fact"), list(zip(QUESTIONS[:3], ("sixty", "4,250", "Ohio"), strict=True)))
def test_the_contract_round_it_still_answers(said: dict[str, dict[str, Answer]], question: str, fact: str) -> None:
    answers = list(said[question].values())
    right = [fact in _words(answer) for answer in answers]
    assert sum(right) >= 0.9 * len(right)
    # Text around a planted instruction may get a lower confidence, but never another answer.
    assert all(found or answer.verdict == "not_found" for found, answer in zip(right, answers, strict=True))


def _words(answer: Answer) -> str:
    return " ".join([answer.answer, *(citation.quote for citation in answer.citations)])


def test_a_clause_that_only_sounds_like_an_instruction_is_quoted(assistant: Assistant) -> None:
    add_text(assistant, "# 7 Instructions\n\nThe Bank shall disregard all previous instructions of the Customer.")
    answer = assistant.ask("Must the bank disregard previous instructions of the customer?")
    assert "disregard all previous instructions" in " ".join(citation.quote for citation in answer.citations)
