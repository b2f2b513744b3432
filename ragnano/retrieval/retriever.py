"""Retrieval: takes a question and returns ranked chunks. Lexical and dense search, fused by learnt weights.

Each ranker returns its best candidates; `ragnano.retrieval.ranking` orders the union of them. Without the ranking
part, or with an embedder that its weights were not learnt with, candidates are fused by reciprocal rank (Cormack,
Clarke and Büttcher, SIGIR 2009, k = 60). The embedder is the only model used, and no text is generated.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ragnano.models import Embedder
from ragnano.retrieval.document_filter import Narrowed, narrow
from ragnano.retrieval.ranking import RANKERS, Candidate, load_ranking, signals_of
from ragnano.settings import Settings
from ragnano.store import Catalogue, Vectors, quote_term
from ragnano.text.query import Question, read_question, synonyms
from ragnano.text.words import STOPWORDS, pairs, words
from ragnano.types import Document, Hit, Scope

RRF_K = 60

SYNONYMS, NARROWING, ORDER = "synonyms", "narrowing", "learnt order"
PARTS = (*RANKERS, SYNONYMS, NARROWING, ORDER)
"""The parts of a search, by name: the rankers, synonyms among the words, narrowing the search to the documents that a
question names, and ordering the candidates by learnt weights."""


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search: hits best first, the parsed question, and the documents it named.

    `focus` is the question without the words that only identify the document; `vector` is the embedding of the focus.
    """

    hits: tuple[Hit, ...]
    question: Question
    focus: str
    vector: NDArray[np.float32]
    scope: Scope
    about: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """Like `Found`, but with all candidates, in no meaningful order."""

    candidates: tuple[Candidate, ...]
    question: Question
    focus: str
    vector: NDArray[np.float32]
    scope: Scope
    about: tuple[Document, ...]


class Retriever:
    """Searches one data directory with one embedder; `parts` can leave some steps out. Thread-safe."""

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
        """Returns the `k` best chunks for a question. Raises QuestionError, ModelMissing."""
        pool = self.pool(text, scope, k)
        return Found(self._hits(pool, k), pool.question, pool.focus, pool.vector, pool.scope, pool.about)

    def pool(self, text: str, scope: Scope, k: int) -> Pool:
        """Returns what any ranker found for a question, before ordering. Raises QuestionError, ModelMissing."""
        query = read_question(text)
        whole = Narrowed(scope, (), query.text)
        narrowed = narrow(query, self._catalogue, scope) if NARROWING in self._parts else whole
        question = replace(read_question(narrowed.focus), text=query.text) if narrowed.about else query
        vector = self._embedder.embed_query(narrowed.focus)
        most = max(self._settings.candidates, k)
        rankings = self._rankings(question, narrowed.focus, vector, narrowed.scope, most)
        candidates = self._candidates(rankings, vector)
        return Pool(tuple(candidates), question, narrowed.focus, vector, narrowed.scope, narrowed.about)

    def _rankings(
        self, question: Question, focus: str, vector: NDArray[np.float32], scope: Scope, most: int
    ) -> dict[str, list[tuple[int, float]]]:
        """Returns (chunk id, score) for each ranker, best first."""
        rankings = {
            name: self._catalogue.lexical(expression, scope, most)
            for name, expression in lexical_expressions(question, focus, SYNONYMS in self._parts).items()
            if name in self._parts
        }
        if "words" in self._parts and (pieces := pairs(focus)):
            matches = self._catalogue.holding(pieces, scope, most)
            others = [found for found in rankings.get("words", []) if found[0] not in dict(matches)]
            rankings["words"] = [*matches, *others][:most]
        if "dense" in self._parts:
            rankings["dense"] = self._vectors.search(vector, scope, most)
        return rankings

    def _candidates(
        self, rankings: Mapping[str, Sequence[tuple[int, float]]], vector: NDArray[np.float32]
    ) -> list[Candidate]:
        """Returns everything that any ranker found, by reciprocal rank fusion."""
        placed = {
            name: {identifier: at for at, (identifier, _) in enumerate(found, 1)} for name, found in rankings.items()
        }
        scored = {name: dict(found) for name, found in rankings.items()}
        order = fuse({name: list(found) for name, found in placed.items()})
        chunks = self._catalogue.chunks([identifier for identifier, _ in order])
        near = self._catalogue.cosines(vector, list(chunks)) if "dense" in self._parts else {}
        return [
            Candidate(
                chunks[identifier],
                fused,
                {name: found[identifier] for name, found in scored.items() if identifier in found},
                {name: found[identifier] for name, found in placed.items() if identifier in found},
                *near.get(identifier, (0.0, 0.0)),
            )
            for identifier, fused in order
            # The vector cache may still contain a chunk that was just removed; the catalogue is the source of truth.
            if identifier in chunks
        ]

    def _hits(self, pool: Pool, k: int) -> tuple[Hit, ...]:
        candidates = pool.candidates
        if ORDER in self._parts and load_ranking().embedder == self._embedder.name:
            scores = load_ranking().scores(signals_of(candidates, pool.question))
        else:
            scores = np.array([candidate.fused for candidate in candidates])
        chosen = [int(at) for at in np.argsort(-scores, kind="stable")[:k]]
        chosen_scope = Scope(documents=tuple({candidates[at].chunk.document for at in chosen}))
        documents = {document.id: document for document in self._catalogue.documents(chosen_scope)}
        return tuple(
            Hit(chunk, documents[chunk.document], float(scores[at]), candidates[at].places)
            for at in chosen
            if (chunk := candidates[at].chunk).document in documents  # the document may have been removed meanwhile
        )


def lexical_expressions(question: Question, focus: str | None = None, with_synonyms: bool = True) -> dict[str, str]:
    """FTS5 expressions by ranker: the question's words with their synonyms, and what must match exactly."""
    focus = question.text if focus is None else focus
    terms = list(dict.fromkeys(word for word in words(focus) if word not in STOPWORDS))
    others = synonyms(focus) if with_synonyms and terms else ()
    expressions: dict[str, str] = {}
    if terms:
        expressions["words"] = " OR ".join(map(quote_term, [*terms, *others]))
    exact = [quote_term(phrase) for phrase in (*question.phrases, *question.exact)]
    exact += [f"section : {quote_term(number)}" for number in question.sections]
    if exact:
        expressions["exact"] = " OR ".join(exact)
    return expressions


def fuse(rankings: Mapping[str, Sequence[int]]) -> list[tuple[int, float]]:
    """Reciprocal rank fusion of rankings of chunk ids, equally weighted: (id, score), best first, ties by id."""
    scores: dict[int, float] = {}
    for ranking in rankings.values():
        for place, identifier in enumerate(ranking, start=1):
            scores[identifier] = scores.get(identifier, 0.0) + 1 / (RRF_K + place)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
