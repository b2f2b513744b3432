"""The reader also ranks search results, as far as it can read them."""

from dataclasses import replace

import numpy as np

from ragnano.assistant import Assistant
from ragnano.evidence import CHUNKS, rerank
from ragnano.retrieval.retriever import Found, Retriever
from ragnano.types import Scope
from tests.conftest import FakeReader, add_text

CONTRACT = """The fee for the berth is due on 1 May of each year.

The fee for the crane is EUR 40 an hour.

The harbour master collects the fee for the crane and the berth."""


def found_of(assistant: Assistant, question: str, scores: list[float]) -> Found:
    """Returns retrieval results with these scores instead of their own."""
    search = Retriever(assistant.catalogue, assistant.vectors, assistant.embedder, assistant.settings)
    found = search.search(question, Scope(), 10)
    hits = tuple(replace(hit, score=score) for hit, score in zip(found.hits, scores, strict=False))
    return replace(found, hits=hits)


def test_a_passage_that_says_what_is_asked_comes_before_one_that_scored_as_high(assistant: Assistant) -> None:
    add_text(assistant, CONTRACT)
    found = found_of(assistant, "crane fee an hour", [0.5, 0.5, 0.5])
    hits = rerank(found, assistant.catalogue, FakeReader())
    assert "EUR 40 an hour" in hits[0].chunk.text
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)


def test_what_retrieval_is_sure_of_stays_first(assistant: Assistant) -> None:
    add_text(assistant, CONTRACT)
    found = found_of(assistant, "crane fee an hour", [0.001, 0.001, 0.999999])
    hits = rerank(found, assistant.catalogue, FakeReader())
    assert hits[0].chunk == found.hits[2].chunk


def test_no_hit_is_lost_and_those_that_are_not_read_stay_behind(assistant: Assistant) -> None:
    add_text(
        assistant, "\n\n".join(f"The berth number {number} costs a fee of {number} crowns." for number in range(30))
    )
    found = assistant.find("fee for the berth", k=20)
    assert len(found.hits) == 20 and len({hit.chunk.id for hit in found.hits}) == 20
    assert np.unique([hit.chunk.id for hit in found.hits[:CHUNKS]]).size == CHUNKS
