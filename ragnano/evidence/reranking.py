"""Search results put in order again by the reader, which reads the best of them beside the question."""

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
"""Of the reader's logit beside that of the learnt order's score."""
_LEAST = 1e-6  # a score nearer to 0 or 1 is taken for this, so that its logit is finite


def rerank(found: Found, catalogue: Catalogue, reader: Reader) -> tuple[Hit, ...]:
    """The hits, the first CHUNKS of them in the order of retrieval and reader together; their scores are 0 to 1.

    Passages in a language that the reader has not learnt, and all with them, stay as retrieval ordered them.
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
    """The hits in this order. Scores are made anew of the sums; what follows keeps retrieval's, which may be higher."""
    return [replace(hits[at], score=1 / (1 + math.exp(-scores[at]))) for at in order]


def _logit(score: float) -> float:
    kept = min(max(score, _LEAST), 1 - _LEAST)
    return math.log(kept / (1 - kept))
