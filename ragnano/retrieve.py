"""Finding: a question in, ranked chunks out. Lexical and dense search, fused by weighted reciprocal rank.

Reciprocal rank fusion: Cormack, Clarke and Büttcher, SIGIR 2009 (k = 60). Knows no model but the embedder and
generates nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ragnano.config import Settings
from ragnano.models import Embedder
from ragnano.narrow import Narrowed, narrow
from ragnano.question import Question, read_question, synonyms
from ragnano.store import Catalogue, Vectors, quote_term
from ragnano.text import STOPWORDS, words
from ragnano.types import Chunk, Document, Hit, Scope

RRF_K = 60

WEIGHTS: Mapping[str, float] = {"words": 1.0, "synonyms": 0.5, "dense": 1.0, "exact": 1.0}
"""What each ranker's vote counts in the fusion. Set by judgement, not learnt yet; LOG.md has each one's worth."""

NARROWING = "narrowing"
PARTS = (*WEIGHTS, NARROWING)
"""What a search is made of, by name: the rankers, and looking only into the documents that a question names."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave: hits best first, the question as read, its vector, and the documents it named."""

    hits: tuple[Hit, ...]
    question: Question
    vector: NDArray[np.float32]
    scope: Scope
    about: tuple[Document, ...]


class Retriever:
    """Searches one data directory with one embedder; `parts` can leave some out. Safe to use from several threads."""

    def __init__(
        self,
        catalogue: Catalogue,
        vectors: Vectors,
        embedder: Embedder,
        settings: Settings,
        *,
        parts: Collection[str] = PARTS,
    ) -> None:
        self._catalogue = catalogue
        self._vectors = vectors
        self._embedder = embedder
        self._settings = settings
        self._parts = parts

    def search(self, text: str, scope: Scope, k: int) -> Found:
        """The `k` best chunks for a question. Raises QuestionError, ModelMissing."""
        asked = read_question(text)
        whole = Narrowed(scope, (), asked.text)
        narrowed = narrow(asked, self._catalogue, scope) if NARROWING in self._parts else whole
        scope = narrowed.scope
        question = replace(read_question(narrowed.focus), text=asked.text) if narrowed.about else asked
        vector = self._embedder.embed_query(narrowed.focus)
        most = max(self._settings.candidates, k)
        rankings = {
            name: [identifier for identifier, _ in self._catalogue.lexical(expression, scope, most)]
            for name, expression in lexical_expressions(question, narrowed.focus).items()
            if name in self._parts
        }
        if "dense" in self._parts:
            rankings["dense"] = [identifier for identifier, _ in self._vectors.search(vector, scope, most)]
        return Found(self._hits(fuse(rankings), rankings, k), question, vector, scope, narrowed.about)

    def _hits(
        self, fused: Sequence[tuple[int, float]], rankings: Mapping[str, Sequence[int]], k: int
    ) -> tuple[Hit, ...]:
        chunks = self._catalogue.chunks([identifier for identifier, _ in fused])
        documents: dict[str, Document] = {}
        hits: list[Hit] = []
        for identifier, score in fused:
            # The vector cache may still hold a chunk that has just been removed: the catalogue is the truth.
            chunk = chunks.get(identifier)
            if chunk is None:
                continue
            document = self._document(documents, chunk)
            ranks = {name: ranking.index(identifier) + 1 for name, ranking in rankings.items() if identifier in ranking}
            hits.append(Hit(chunk, document, score, ranks))
            if len(hits) == k:
                break
        return tuple(hits)

    def _document(self, known: dict[str, Document], chunk: Chunk) -> Document:
        if chunk.document not in known:
            known[chunk.document] = self._catalogue.document(chunk.document)
        return known[chunk.document]


def lexical_expressions(question: Question, focus: str | None = None) -> dict[str, str]:
    """FTS5 expressions by ranker's name: the question's words, those with synonyms, and what must match exactly."""
    focus = question.text if focus is None else focus
    terms = list(dict.fromkeys(word for word in words(focus) if word not in STOPWORDS))
    expressions: dict[str, str] = {}
    if terms:
        expressions["words"] = " OR ".join(map(quote_term, terms))
        if others := synonyms(focus):
            expressions["synonyms"] = " OR ".join(map(quote_term, [*terms, *others]))
    exact = [quote_term(phrase) for phrase in (*question.phrases, *question.exact)]
    exact += [f"section : {quote_term(number)}" for number in question.sections]
    if exact:
        expressions["exact"] = " OR ".join(exact)
    return expressions


def fuse(rankings: Mapping[str, Sequence[int]]) -> list[tuple[int, float]]:
    """Weighted reciprocal rank fusion of rankings of chunk ids: (id, score), best first, ties by id."""
    scores: dict[int, float] = {}
    for name, ranking in rankings.items():
        for place, identifier in enumerate(ranking, start=1):
            scores[identifier] = scores.get(identifier, 0.0) + WEIGHTS[name] / (RRF_K + place)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
