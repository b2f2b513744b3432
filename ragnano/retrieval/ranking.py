"""Orders candidates by signals whose weights are learnt, not assumed.

Each candidate gets a row of signals; a linear score over them orders the candidates. The weights are data
(ranking.toml), learnt from pairs of a right and a wrong candidate for the same question (RankNet with a linear score:
Burges et al., ICML 2005); their source is given in that file. This module depends on no store and no model.
"""

import math
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from ragnano.text.entities import fits_kind
from ragnano.text.query import Question, synonym_stems
from ragnano.text.words import content_stems
from ragnano.types import Chunk

RANKERS = ("words", "exact", "dense")
SIGNALS = (
    *RANKERS,
    *(f"{name}_place" for name in RANKERS),
    "beside",
    "heading",
    "coverage",
    "kind",
    "opening",
    "short",
)
"""In the order of a row's columns, each about 0 to 1.

`words`, `exact`: BM25 as a share of the best candidate's; `dense`: cosine; `…_place`: closeness to the top of that
ranking, 0 for a candidate that is not in it; `beside`: the higher cosine of the two neighbouring chunks; `heading` and
`coverage`: share of what is asked for that the headings and the whole chunk contain; `kind`: whether the chunk contains
a date, duration, amount, … if the question asks for one; `opening`: whether it is among the first chunks, which contain
title and parties; `short`: how far it is below a chunk's usual length.
"""

_PLACES = 10.0  # rank that counts half
_OPENING_CHUNKS = 2
_USUAL_TOKENS = 150.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that a ranker found: its score and 1-based rank for each such ranker, its cosine and its neighbours'.

    `fused` is the reciprocal rank fusion of those ranks.
    """

    chunk: Chunk
    fused: float
    scores: Mapping[str, float]
    places: Mapping[str, int]
    cosine: float
    beside: float


def signals_of(candidates: Sequence[Candidate], question: Question) -> NDArray[np.float64]:
    """float64 (candidates, len(SIGNALS))."""
    highest = {
        name: max((candidate.scores.get(name, 0.0) for candidate in candidates), default=0.0) for name in RANKERS
    }
    headings = [_stems(item.chunk.section) for item in candidates]
    stems = [heading | _stems(item.chunk.text) for heading, item in zip(headings, candidates, strict=True)]
    weights = _weights(question, stems)
    rows = []
    for candidate, heading, document_stems in zip(candidates, headings, stems, strict=True):
        chunk = candidate.chunk
        lexical = [_share(candidate.scores.get(name, 0.0), highest[name]) for name in RANKERS if name != "dense"]
        places = [_nearness(candidate.places.get(name)) for name in RANKERS]
        rows.append(
            [
                *lexical,
                candidate.cosine,
                *places,
                candidate.beside,
                _covered(weights, heading),
                _covered(weights, document_stems),
                float(fits_kind(chunk.text, question.kind)),
                float(chunk.ordinal < _OPENING_CHUNKS),
                max(0.0, 1 - chunk.tokens / _USUAL_TOKENS),
            ]
        )
    return np.array(rows, dtype=np.float64).reshape(len(candidates), len(SIGNALS))


@lru_cache(maxsize=8_192)
def _stems(text: str) -> frozenset[str]:
    """Stems of a chunk's words. Cached: stemming takes most of the ordering time, and the same chunks recur."""
    return frozenset(content_stems(text))


def _share(score: float, highest: float) -> float:
    return score / highest if highest > 0 else 0.0


def _nearness(place: int | None) -> float:
    return 0.0 if place is None else _PLACES / (_PLACES + place - 1)


def _weights(question: Question, stems: Sequence[frozenset[str]]) -> dict[frozenset[str], float]:
    """Weights of what is asked for: each stem with its synonyms, weighted by its rarity among the candidates."""
    counts = Counter(stem for document_stems in stems for stem in document_stems)
    total = len(stems)
    return {
        frozenset((stem, *synonym_stems(stem))): math.log(1 + total / (1 + counts[stem])) for stem in question.stems
    }


def _covered(weights: Mapping[frozenset[str], float], stems: frozenset[str]) -> float:
    total = sum(weights.values())
    return sum(weight for asked, weight in weights.items() if asked & stems) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """One weight per signal, and the embedder whose cosines they were learnt with; other embedders' cosines differ."""

    weights: Mapping[str, float]
    embedder: str = ""

    def scores(self, signals: NDArray[np.float64]) -> NDArray[np.float64]:
        """float64 (candidates,), 0 to 1: higher is better. Only the order within one search is meaningful."""
        found: NDArray[np.float64] = signals @ np.array([self.weights[name] for name in SIGNALS])
        return 1 / (1 + np.exp(-found))


@cache
def load_ranking() -> Ranking:
    """Returns the weights that ship with ragnano."""
    data = tomllib.loads(files("ragnano.retrieval").joinpath("ranking.toml").read_text(encoding="utf-8"))
    return Ranking({name: float(data["weights"][name]) for name in SIGNALS}, data["embedder"])
