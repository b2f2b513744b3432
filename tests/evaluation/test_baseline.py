"""The plain pipeline: passages of a usual size, four of them in the prompt, refusals in any wording."""

from itertools import pairwise

import pytest

from ragnano.assistant import Assistant
from ragnano.evaluation.baseline import CHARACTERS, OVERLAP, PASSAGES, PlainPipeline, cut, declines
from ragnano.types import Scope
from tests.conftest import FakeChatModel, FakeEmbedder, add_text

RENT = "The rent is $900 a month."
FILLER = "\n\n".join(f"Clause {number} is about roofs, gutters and drains of house {number}." for number in range(60))


@pytest.fixture
def pipeline(assistant: Assistant) -> PlainPipeline:
    return PlainPipeline(assistant, FakeEmbedder())  # type: ignore[arg-type]


def test_passages_cover_the_text_overlap_and_end_between_words() -> None:
    text = " ".join(f"word{number}" for number in range(900))
    spans = list(cut(text))
    assert spans[0][0] == 0 and spans[-1][1] == len(text)
    for (_, end), (start, _) in pairwise(spans):
        assert 0 < end - start <= OVERLAP and text[start - 1] == text[end - 1] == " "
    assert all(CHARACTERS - 200 <= end - start <= CHARACTERS for start, end in spans[:-1])


def test_a_text_without_spaces_is_cut_all_the_same() -> None:
    spans = list(cut("x" * 2500))
    assert spans[0] == (0, CHARACTERS) and spans[-1][1] == 2500
    assert list(cut("")) == [] and list(cut("short")) == [(0, 5)]


def test_the_four_nearest_passages_are_shown_to_the_model_and_cited(
    assistant: Assistant, chat_model: FakeChatModel, pipeline: PlainPipeline
) -> None:
    add_text(assistant, FILLER, name="house.txt")
    add_text(assistant, RENT, name="rent.txt")
    pipeline.prepare(assistant.documents())
    chat_model.reply = "The rent is $900."
    answer = pipeline.ask("How much is the rent a month?", Scope(), assistant.settings.chat_model)
    assert (answer.verdict, answer.answer) == ("answered", "The rent is $900.")
    assert len(answer.citations) == PASSAGES and answer.citations[0].quote == RENT
    assert [citation.number for citation in answer.citations] == [1, 2, 3, 4]
    for citation in answer.citations:
        assert citation.quote == assistant.page(citation.document, citation.page).text[citation.start : citation.end]
    (prompt,) = chat_model.prompts
    assert all(
        any(part.text == citation.quote and not part.trusted for part in prompt.parts) for citation in answer.citations
    )
    assert answer.tokens.prompt and answer.timings.first_token_s is not None
    assert answer.confidence == max(citation.score for citation in answer.citations)


def test_it_asks_the_documents_of_the_scope_alone(assistant: Assistant, pipeline: PlainPipeline) -> None:
    house = add_text(assistant, FILLER, name="house.txt")
    add_text(assistant, RENT, name="rent.txt")
    pipeline.prepare(assistant.documents())
    answer = pipeline.ask("How much is the rent a month?", Scope(documents=(house,)), assistant.settings.chat_model)
    assert answer.verdict == "not_found" and answer.citations == ()
    assert {citation.document for citation in answer.nearest} == {house}


@pytest.mark.parametrize(
    "reply",
    [
        "NOT FOUND",
        "The answer is NOT FOUND in the passages.",
        "",
        "The passages do not say who insures the house.",
        "The agreement doesn't explicitly mention a cap.",
        "The cap is not specified in the text.",
        "I cannot determine the cap from this.",
    ],
)
def test_a_reply_that_finds_nothing_is_a_refusal(reply: str) -> None:
    assert declines(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "The rent is $900.",
        "The tenant may not keep animals.",
        "The rent is $900. The agreement does not mention a deposit.",
        "Licensee does not have the right to sublicense.",
    ],
)
def test_a_reply_that_answers_is_none(reply: str) -> None:
    assert not declines(reply)
