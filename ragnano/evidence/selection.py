"""Evidence selection: from retrieved chunks to the few sentences relevant to a question, within a token budget.

Reading the prompt takes most of the waiting time on a laptop (about 160 tokens/s), and small models handle short
prompts better, so whole chunks never reach the model. The reader estimates how well a passage answers and with which of
its words; a score over that and the retrieval signals (sentence_scores.py) orders the sentences. This module uses the
store's page texts and the reader, but no chat model.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ragnano.evidence.answer_span import exact_answer, span_probability
from ragnano.evidence.question_terms import QuestionTerms
from ragnano.evidence.sentence_scores import READ, fifth_of_logit, sentence_scores
from ragnano.evidence.sentence_trimming import part_that_answers
from ragnano.evidence.sentences import Extract, extracts_of, says_something
from ragnano.models import Reader, Reading
from ragnano.retrieval.retriever import Found
from ragnano.store import Catalogue
from ragnano.text.entities import fits_kind
from ragnano.text.words import content_stems, is_english, tells_its_language, unfolded
from ragnano.types import Evidence, Exact, Hit, Span

CHUNKS = 8
"""Number of best chunks whose sentences are read."""

MOST = 5
"""Most sentences of evidence: 5 contained a right one for .93 of the held-out questions, 3 for .89."""

TOKENS_ROUND_AN_EXTRACT = 12
"""Tokens allowed for what the prompt adds to each extract: label, heading and line end."""

BEST_WORDS = 8
"""A sentence is scored by its best words, at most this many: a date can be the answer within a long sentence."""

ASKED_FOR = 0.6
"""Share of the question's terms that a sentence addressed to a model must contain before it is quoted."""

SHOWN = 3
"""Most sentences that an answer cites."""


@dataclass(frozen=True, slots=True)
class Signals:
    """The gate's input, each value about -1 to 1.

    `answers` is the reader's logit (a tenth of it) of its best passage; `words` and `score` are the logits (a fifth of
    them) of the best words of any sentence and of the best sentence's score; `shown` is the probability that one of the
    first SHOWN sentences answers, assuming independence; `margin` is how far the logit of the best score is above the
    second; `kind` and `coverage` are those of the best sentence; `agreement` is the share of rankers that ranked its
    chunk among their first three; `cosine` is that of the question and its chunk, `cosine_best` the highest of any
    chunk that was read; `unseen` is the share of what was asked that occurs in none of the retrieved chunks; `exact` is
    the probability of the exact answer's words in the best sentence, and `span` that the sentence contains the answer;
    `apart` is how far the reader's logit of the best passage (a tenth of it) is above that of the second.
    """

    answers: float = -1.0
    words: float = -1.0
    score: float = -1.0
    shown: float = 0.0
    margin: float = 0.0
    kind: float = 0.0
    coverage: float = 0.0
    agreement: float = 0.0
    cosine: float = 0.0
    cosine_best: float = 0.0
    unseen: float = 1.0
    exact: float = 0.0
    span: float = 0.0
    apart: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidates:
    """The sentences that were read. `read` (sentences, len(READ)); `answers` is a tenth of the logit for each hit;
    `cosines` (sentences,) of the question and the sentence's chunk; `parts` the characters of each sentence that answer
    (see `ragnano.evidence.sentence_trimming`); `exacts` the exact answer in each; `unseen` as in Signals."""

    extracts: tuple[Extract, ...]
    read: NDArray[np.float64]
    answers: tuple[float, ...]
    cosines: NDArray[np.float64]
    parts: tuple[tuple[int, int], ...]
    exacts: tuple[Exact, ...]
    unseen: float


def select(found: Found, catalogue: Catalogue, reader: Reader) -> tuple[tuple[Evidence, ...], Signals]:
    """Returns the best sentences of the hits, best first, at most MOST, and the signals for the gate.

    Returns () when nothing was found. A sentence's score is the probability, 0 to 1, that it answers.
    """
    candidates = read_candidates(found, catalogue, reader)
    if not candidates.extracts:
        return (), Signals()
    scores = sentence_scores(candidates.read)
    evidence: list[Evidence] = []
    for at in np.argsort(-scores, kind="stable"):
        if len(evidence) == MOST:
            break
        item = _to_the_point(candidates, int(at), float(scores[at]), catalogue)
        if says_something(candidates.extracts[at]) and all(item.text != other.text for other in evidence):
            evidence.append(item)
    checked = (replace(item, foreign=_is_foreign(item, catalogue)) for item in evidence)
    return tuple(checked), signals_of(candidates, scores)


def _is_foreign(item: Evidence, catalogue: Catalogue) -> bool:
    """Whether neither the chunk nor its page is English: the rows of a price list alone have too few function words.

    A short chunk is judged by its page.
    """
    chunk = item.hit.chunk.text
    if tells_its_language(chunk) and is_english(chunk):
        return False
    return not is_english(catalogue.page(item.hit.document.id, item.spans[0].page).text)


def _to_the_point(candidates: Candidates, at: int, score: float, catalogue: Catalogue) -> Evidence:
    """Returns the extract as evidence; a long one in a single span is trimmed to the part that answers."""
    extract, part, exact = candidates.extracts[at], candidates.parts[at], candidates.exacts[at]
    if part == (0, len(extract.text)) or len(extract.spans) > 1:
        return Evidence(extract.hit, extract.spans, extract.text, score, exact)
    (span,) = extract.spans
    raw = catalogue.page(extract.hit.document.id, span.page).text[span.start : span.end]
    start, end = unfolded(raw, *part)
    spans = (Span(span.page, span.start + start, span.start + end),)
    moved = replace(exact, start=exact.start - part[0], end=exact.end - part[0])
    return Evidence(extract.hit, spans, extract.text[slice(*part)], score, moved)


def _around(part: tuple[int, int], exact: Exact, whole: int) -> tuple[int, int]:
    """Returns the part, or the whole extract if the part would leave out some of the exact answer."""
    return part if (part[0] <= exact.start and exact.end <= part[1]) or exact.start == exact.end else (0, whole)


def within_budget(
    evidence: Sequence[Evidence], budget: int, count_tokens: Callable[[Sequence[str]], list[int]]
) -> tuple[Evidence, ...]:
    """Returns the first items of evidence that fit into `budget` tokens of a prompt; always at least the very first.

    The first item that does not fit ends the selection, so that a worse one never takes its place. The reader's
    tokenizer counts the tokens, so that a refusal never has to open the chat model.
    """
    kept: list[Evidence] = []
    for item, tokens in zip(evidence, count_tokens([item.text for item in evidence]), strict=True):
        budget -= tokens + TOKENS_ROUND_AN_EXTRACT
        if kept and budget < 0:
            break
        kept.append(item)
    return tuple(kept)


def read_candidates(found: Found, catalogue: Catalogue, reader: Reader) -> Candidates:
    """Returns the sentences of the best hits with the scores of reader and retrieval."""
    hits = found.hits[:CHUNKS]
    terms = QuestionTerms(found)
    cut = _rows_asked_for([extracts for hit in hits if (extracts := _to_be_read(hit, catalogue, terms))], terms)
    passages = [Passage(extracts) for extracts in cut]
    readings = reader.read(found.focus, [passage.text for passage in passages])
    rows: list[list[float]] = []
    parts: list[tuple[int, int]] = []
    exacts: list[Exact] = []
    for passage, reading in zip(passages, readings, strict=True):
        hit = passage.extracts[0].hit
        for extract, place, (words, middles) in zip(
            passage.extracts, passage.places, passage.words_of(reading), strict=True
        ):
            whole = (0, len(extract.text))  # a row is never trimmed
            exacts.append(exact_answer(reading, place, extract.read_as, extract.text))
            part = whole if extract.spelled_out else part_that_answers(extract.text, words, middles)
            parts.append(_around(part, exacts[-1], len(extract.text)))
            best, stems = np.sort(words)[-BEST_WORDS:], frozenset(content_stems(extract.read_as))
            rows.append(
                [
                    reading.answers / 10,
                    float(best.mean()) if len(best) else 0.0,
                    float(words.mean()) if len(words) else 0.0,
                    1 / math.sqrt(1 + hits.index(hit)),
                    terms.coverage(passage.heading_stems | stems),
                    terms.coverage(stems),
                    float(fits_kind(extract.text, found.question.kind)),
                    span_probability(reading, place),
                ]
            )
    read = np.array(rows, dtype=np.float64).reshape(len(rows), len(READ))
    every = tuple(extract for passage in passages for extract in passage.extracts)
    near = catalogue.cosines(found.vector, [hit.chunk.id for hit in hits])
    cosines = np.array([near.get(extract.hit.chunk.id, (0.0, 0.0))[0] for extract in every], dtype=np.float64)
    answers = tuple(reading.answers / 10 for reading in readings)
    return Candidates(every, read, answers, cosines, tuple(parts), tuple(exacts), 1 - terms.coverage(terms.seen))


def _to_be_read(hit: Hit, catalogue: Catalogue, terms: QuestionTerms) -> list[Extract]:
    """Returns the chunk's extracts; those that address a model are included only if the question asks for them."""
    return [
        extract
        for extract in extracts_of(hit, catalogue)
        if not extract.orders or terms.coverage(frozenset(content_stems(extract.text))) >= ASKED_FOR
    ]


def _rows_asked_for(cut: Sequence[list[Extract]], terms: QuestionTerms) -> list[list[Extract]]:
    """Keeps only those of a page's table rows whose own cells contain the most of the question: if one row says "Gold",
    the others are about something else. The reader was trained on sentences and distinguishes rows badly."""
    best: dict[tuple[str, int], float] = {}
    coverage = {
        id(row): terms.coverage(frozenset(content_stems(row.text))) for rows in cut for row in rows if row.spelled_out
    }
    for row in (row for rows in cut for row in rows if row.spelled_out):
        table = (row.hit.document.id, row.spans[0].page)
        best[table] = max(best.get(table, 0.0), coverage[id(row)])
    kept = [
        [
            row
            for row in rows
            if not row.spelled_out or coverage[id(row)] >= best[row.hit.document.id, row.spans[0].page]
        ]
        for rows in cut
    ]
    return [rows for rows in kept if rows]


class Passage:
    """A chunk as input to the reader: headings and column names, then the sentences with their offsets."""

    def __init__(self, extracts: Sequence[Extract]) -> None:
        self.extracts = extracts
        chunk = extracts[0].hit.chunk
        above = "\n".join(part for part in (chunk.section, chunk.columns) if part)
        self.heading_stems = frozenset(content_stems(above))
        text, self._places = f"{above}\n" if above else "", []
        for extract in extracts:
            start = len(text)
            text += extract.read_as + " "
            self._places.append((start, start + len(extract.read_as)))
        self.text = text.rstrip()

    @property
    def places(self) -> Sequence[tuple[int, int]]:
        """Characters [start, end) of each extract in `text`."""
        return self._places

    def words_of(self, reading: Reading) -> list[tuple[NDArray[np.float32], NDArray[np.float64]]]:
        """The reader's probabilities for each sentence's tokens, and the tokens' midpoints as offsets in it."""
        middles = np.array([(start + end) / 2 for start, end in reading.spans])
        inside = [(middles >= start) & (middles < end) for start, end in self._places]
        return [
            (reading.words[own], middles[own] - start) for own, (start, _) in zip(inside, self._places, strict=True)
        ]


def signals_of(candidates: Candidates, scores: NDArray[np.float64]) -> Signals:
    """Returns the gate's input. Needs at least one candidate."""
    order = np.argsort(-scores, kind="stable")
    best, logits = int(order[0]), fifth_of_logit(scores)
    ranks = candidates.extracts[best].hit.ranks
    return Signals(
        answers=max(candidates.answers),
        words=float(fifth_of_logit(candidates.read[:, READ.index("words")]).max()),
        score=float(logits[best]),
        shown=float(1 - np.prod(1 - scores[order[:SHOWN]])),
        margin=float(logits[best] - logits[order[min(1, len(order) - 1)]]),
        kind=float(candidates.read[best, READ.index("kind")]),
        coverage=float(candidates.read[best, READ.index("coverage")]),
        agreement=sum(place <= 3 for place in ranks.values()) / max(1, len(ranks)),
        cosine=float(candidates.cosines[best]),
        cosine_best=float(candidates.cosines.max()),
        unseen=candidates.unseen,
        exact=candidates.exacts[best].score,
        span=float(candidates.read[best, READ.index("span")]),
        apart=max(candidates.answers) - sorted(candidates.answers)[max(0, len(candidates.answers) - 2)],
    )
