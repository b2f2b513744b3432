"""Evidence: from retrieved chunks to the few sentences that bear on the question, within a token budget.

The prompt is what a laptop waits for (about 160 tokens/s are read), and small models read short prompts better, so
whole chunks never reach the model. Knows the store's page texts and the embedder; never a chat model.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ragnano.facts import fits_kind
from ragnano.models import Embedder
from ragnano.question import synonym_stems
from ragnano.retrieve import Found
from ragnano.store import Catalogue
from ragnano.text import content_stems, fold, sentence_spans
from ragnano.types import Evidence, Hit, Page, Span

CHUNKS = 6
"""Best chunks whose sentences are scored: embedding them is what a search waits for. Chosen for time, not measured."""

TOKENS_ROUND_AN_EXTRACT = 12
"""Number, heading and line end that the prompt adds to each extract, in tokens."""

# Weights of a sentence's signals, each 0 to 1. Set by judgement; not learnt yet.
DENSE, COVERAGE, CHUNK, KIND = 0.45, 0.25, 0.15, 0.15

# A sentence that opens so restricts the one before it and must come with it.
_PROVISOS = (
    "provided",
    "however",
    "notwithstanding the foregoing",
    "except",
    "unless",
    "in such event",
    "in such case",
)
# An evidence is at most this many characters: longer ones are no longer "the exact words".
_LONGEST = 700


@dataclass(frozen=True, slots=True)
class Signals:
    """What the gate judges by, each about 0 to 1.

    `dense`, `coverage` and `kind` are the best sentence's; `dense_best` and `coverage_best` the highest of any;
    `chunk_coverage` is that of the whole chunk round the best sentence; `unseen` the share of what was asked that
    stands in none of the retrieved chunks; `agreement` the share of rankers that put the best chunk among their
    first three; `margin` how far the best sentence's score is above the median.
    """

    dense: float = 0.0
    dense_best: float = 0.0
    coverage: float = 0.0
    coverage_best: float = 0.0
    chunk_coverage: float = 0.0
    unseen: float = 1.0
    kind: float = 0.0
    agreement: float = 0.0
    margin: float = 0.0


@dataclass(frozen=True, slots=True)
class _Sentence:
    hit: Hit
    spans: tuple[Span, ...]
    text: str
    stems: frozenset[str]


def select(
    found: Found,
    catalogue: Catalogue,
    embedder: Embedder,
    budget: int,
) -> tuple[tuple[Evidence, ...], Signals]:
    """The best sentences of the hits, best first, within `budget` tokens; and the signals for the gate.

    () when nothing was found. Tokens are the embedder's, as a stand-in: a refusal must not have to open
    the chat model.
    """
    hits = found.hits[:CHUNKS]
    candidates = [sentence for hit in hits for sentence in _sentences_of(hit, catalogue)]
    if not candidates:
        return (), Signals()
    asked = Asked(found)
    dense = embedder.embed_sentences([_with_heading(sentence) for sentence in candidates]) @ found.vector
    coverage = np.array([asked.coverage(sentence.stems) for sentence in candidates], dtype=np.float32)
    kinds = np.array([fits_kind(sentence.text, found.question.kind) for sentence in candidates], dtype=np.float32)
    priors = np.array([1 / math.sqrt(1 + hits.index(sentence.hit)) for sentence in candidates], dtype=np.float32)
    scores = DENSE * dense + COVERAGE * coverage + CHUNK * priors + KIND * kinds
    order = np.argsort(-scores, kind="stable")
    evidence = _within_budget([(candidates[at], float(scores[at])) for at in order], budget, embedder)
    best = int(order[0])
    ranks = candidates[best].hit.ranks
    signals = Signals(
        dense=float(dense[best]),
        dense_best=float(dense.max()),
        coverage=float(coverage[best]),
        coverage_best=float(coverage.max()),
        chunk_coverage=asked.coverage(asked.stems_of(candidates[best].hit)),
        unseen=1 - asked.coverage(asked.seen),
        kind=float(kinds[best]),
        agreement=sum(place <= 3 for place in ranks.values()) / max(1, len(ranks)),
        margin=float(scores[best] - np.median(scores)),
    )
    return evidence, signals


class Asked:
    """What a question asks for, as weighted stems: how much of it a text covers, synonyms included.

    Stems that stand in the best document's title or parties say which document is meant, not what is asked: they don't
    count. A rare stem among the retrieved chunks weighs more (inverse chunk frequency); one in none of them the most.
    """

    def __init__(self, found: Found) -> None:
        self._of_hit = {hit.chunk.id: _chunk_stems(hit) for hit in found.hits}
        counts = Counter(stem for stems in self._of_hit.values() for stem in stems)
        self.seen = frozenset(counts)
        known = set(content_stems(found.hits[0].chunk.context)) if found.hits else set()
        stems = [stem for stem in found.question.stems if stem not in known] or list(found.question.stems)
        total = len(found.hits)
        self._weights = {stem: math.log(1 + total / (1 + counts[stem])) for stem in stems}
        self._alternatives = {stem: frozenset((stem, *synonym_stems(stem))) for stem in stems}

    def stems_of(self, hit: Hit) -> frozenset[str]:
        """Stems of a retrieved chunk's text and headings."""
        return self._of_hit[hit.chunk.id]

    def coverage(self, stems: frozenset[str]) -> float:
        """Share, 0 to 1, of the question's weight that the stems cover; 0 for a question without content words."""
        total = sum(self._weights.values())
        covered = sum(weight for stem, weight in self._weights.items() if self._alternatives[stem] & stems)
        return covered / total if total else 0.0


def _chunk_stems(hit: Hit) -> frozenset[str]:
    return frozenset(content_stems(f"{hit.chunk.section} {hit.chunk.text}"))


def _sentences_of(hit: Hit, catalogue: Catalogue) -> list[_Sentence]:
    """The chunk's sentences; one that a page end cuts in two keeps both spans, a proviso joins what it restricts."""
    pages: dict[int, Page] = {}
    heading = frozenset(content_stems(hit.chunk.section))
    grouped: list[list[Span]] = []
    texts: list[str] = []
    for span in hit.chunk.spans:
        if span.page not in pages:
            pages[span.page] = catalogue.page(hit.chunk.document, span.page)
        page_text = pages[span.page].text
        for piece in sentence_spans(page_text, span):
            text = fold(page_text[piece.start : piece.end])
            if texts and _joins(texts[-1], text, grouped[-1][-1], piece):
                grouped[-1].append(piece)
                texts[-1] += " " + text
            else:
                grouped.append([piece])
                texts.append(text)
    return [
        _Sentence(hit, _merged(spans), text, heading | frozenset(content_stems(text)))
        for spans, text in zip(grouped, texts, strict=True)
        if any(character.isalnum() for character in text)
    ]


def _joins(before: str, text: str, last: Span, piece: Span) -> bool:
    if len(before) + len(text) > _LONGEST:
        return False
    cut_by_page = piece.page != last.page and before[-1:] not in ".!?;:" and text[:1].islower()
    return cut_by_page or len(before) < 12 or before.endswith(":") or text.lower().startswith(_PROVISOS)


def _merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Neighbouring spans of one page as one, so that a quote is one run of words."""
    merged = [spans[0]]
    for span in spans[1:]:
        if span.page == merged[-1].page and span.start >= merged[-1].end:
            merged[-1] = Span(span.page, merged[-1].start, span.end)
        else:
            merged.append(span)
    return tuple(merged)


def _with_heading(sentence: _Sentence) -> str:
    heading = sentence.hit.chunk.section.rsplit(" > ", 1)[-1]
    return f"{heading}: {sentence.text}" if heading and heading not in sentence.text else sentence.text


def _within_budget(ranked: Sequence[tuple[_Sentence, float]], budget: int, embedder: Embedder) -> tuple[Evidence, ...]:
    """The best sentences that fit; the first that does not fit ends it, so that a worse one never takes its place."""
    kept: list[Evidence] = []
    left = budget
    for sentence, score in ranked:
        if any(evidence.text == sentence.text for evidence in kept):
            continue
        cost = embedder.count_tokens([sentence.text])[0] + TOKENS_ROUND_AN_EXTRACT
        if cost > left:
            if kept:
                break
            continue
        left -= cost
        kept.append(Evidence(sentence.hit, sentence.spans, sentence.text, max(0.0, min(1.0, score))))
    return tuple(kept)
