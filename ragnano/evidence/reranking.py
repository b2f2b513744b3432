"""Reranks the best search results with the reader."""

import math
from collections.abc import Sequence
from dataclasses import replace

from ragnano.evidence.selection import CHUNKS, Passage
from ragnano.evidence.sentences import extracts_of
from ragnano.models import Reader
from ragnano.retrieval.retriever import Found
from ragnano.store import Catalogue
from ragnano.text.words import is_english
from ragnano.types import Hit

READER_WEIGHT = 0.5
"""Weight of the reader's logit relative to that of the retrieval score."""
_LEAST = 1e-6  # a score closer to 0 or 1 is clipped to this, so that its logit is finite


def rerank(found: Found, catalogue: Catalogue, reader: Reader) -> tuple[Hit, ...]:
    """Returns the hits, the first CHUNKS of them reordered by retrieval and reader together; scores are 0 to 1.

    If any of these passages is in a language that the reader was not trained on, all keep the retrieval order.
    """
    first, rest = found.hits[:CHUNKS], found.hits[CHUNKS:]
    if len(first) < 2 or not all(is_english(hit.chunk.text) for hit in first):
        return found.hits
    readings = reader.read(found.focus, [_text(hit, catalogue) for hit in first])
    scores = [_logit(hit.score) + READER_WEIGHT * reading.answers for hit, reading in zip(first, readings, strict=True)]
    order = sorted(range(len(first)), key=lambda at: (-scores[at], at))
    return (*_scored(first, order, scores), *rest)


def _text(hit: Hit, catalogue: Catalogue) -> str:
    extracts = extracts_of(hit, catalogue)
    return Passage(extracts).text if extracts else hit.chunk.text


def _scored(hits: Sequence[Hit], order: Sequence[int], scores: Sequence[float]) -> list[Hit]:
    """Returns the hits in this order with new scores. The hits after them keep retrieval scores, possibly higher."""
    return [replace(hits[at], score=1 / (1 + math.exp(-scores[at]))) for at in order]


def _logit(score: float) -> float:
    clipped = min(max(score, _LEAST), 1 - _LEAST)
    return math.log(clipped / (1 - clipped))
