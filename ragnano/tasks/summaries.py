"""Summarises one document: the most informative sentences of its most important sections, in reading order, with
citations.

Code selects the sentences (by words first, then by embedding); a chat model may shorten one sentence at a time, under
the rules of `ragnano.tasks.sentence_shortening`. For a document of any length, sentences of at most MOST_LINES sections
are kept in memory.
"""

import heapq
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from ragnano.answering.refusal import nearest
from ragnano.evidence import select
from ragnano.evidence.answerability import load_gate
from ragnano.models import ChatModel
from ragnano.tasks.salience import names_the_parties, telling, weight_of
from ragnano.tasks.sections import DocumentSentences, Section, Sentence, name_of, sections_of, trimmed
from ragnano.tasks.sentence_shortening import shorten
from ragnano.tasks.subject import Subject, belongs, subject_of
from ragnano.tasks.task_context import Outcome, Tools, as_evidence
from ragnano.types import Document, Evidence, Hit, Scope, TokenCount

MOST_LINES = 12
"""Lines of a summary: they fit one screen with room for the sources, and are about as much as people read."""
SHORTLIST = 6
"""Sentences of a section that are embedded: the most informative by their words (76 sentences/s on two cores)."""
NEXT_LINE = 0.75
"""The value of a section's second line is multiplied by this, its third by the square: breadth before depth."""
MOST_OF_A_SECTION = 3
LEAST = 0.25
"""Least value of a sentence in a summary: more than its position or one fact in a fragment is worth alone."""
CENTRAL = 0.4
"""Weight of the cosine to the section's mean vector, added to the value of the words."""
SAME = 0.9
"""Cosine from which on two sentences count as saying the same."""
LONGEST_QUOTE = 300
"""Most characters of a quote in a line; the citation contains the whole sentence."""
ANSWER_TOKENS = 96
"""Most tokens of one shortened sentence."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A section that may get lines: its index, its best sentences with their values, and the values of its lines."""

    place: int
    shortlist: tuple[tuple[float, Sentence], ...]
    worth: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Pick:
    """A selected sentence, its label, and whether it may be shortened."""

    evidence: Evidence
    label: str
    may_shrink: bool


def summarise(focus: str, scope: Scope, tools: Tools) -> Outcome:
    """Summarises the document that `focus` and `scope` determine. Raises QuestionError, AmbiguousError, EngineError."""
    subject = subject_of(focus, scope, tools.catalogue)
    if subject is None:
        return Outcome()
    document = subject.document
    sections = sections_of(document.id, tools.catalogue)
    if not subject.whole:
        part, hits = _part(subject, sections, focus, tools)
        if not part:
            return Outcome(about=(document,), nearest=hits)
        sections = part
    reader = DocumentSentences(document.id, tools.catalogue)
    weightiest = _weightiest(sections, reader, tools, ordinary=not subject.whole)
    ready_at = time.monotonic()
    outcome = _lines(_picks(weightiest, document, tools), tools)
    if not outcome.text:
        return Outcome(about=(document,))
    section_count = len({item.place for item in weightiest})
    if section_count < len(sections):
        note = f"(From the weightiest {section_count} of {len(sections)} sections.)"
        tools.show(note)
        outcome = replace(outcome, text=f"{outcome.text}\n{note}")
    return replace(outcome, about=(document,), confidence=1.0, ready_at=ready_at)


def _part(
    subject: Subject, sections: Sequence[Section], focus: str, tools: Tools
) -> tuple[list[Section], tuple[Hit, ...]]:
    """Returns the sections with that heading, or else the clauses that match; and the closest hits."""
    rows = tools.catalogue.headings_of(subject.document.id)
    named = [Section(heading, (identifier,)) for identifier, heading in rows if belongs(heading, subject)]
    if named:
        return named, ()
    document_scope = Scope(documents=(subject.document.id,))
    found = tools.find(focus, document_scope, tools.settings.candidates)
    evidence, signals = select(found, tools.catalogue, tools.reader)
    if subject.numbers or load_gate().confidence(signals) < load_gate().least_confidence(tools.settings.risk):
        return [], nearest(found.hits)
    chunks = sorted({(item.hit.chunk.ordinal, item.hit.chunk.id, item.hit.chunk.section) for item in evidence})
    return [Section(heading, (identifier,)) for _, identifier, heading in chunks], ()


def _weightiest(
    sections: Iterable[Section], reader: DocumentSentences, tools: Tools, *, ordinary: bool
) -> list[_Candidate]:
    """Returns the sections with the most valuable lines, in reading order; `worth` has one value per allotted line.

    Map: each section by itself. Reduce: after each section, only the MOST_LINES most valuable lines are kept.
    `ordinary` disables the weights of headings: if the user asked for these sections, none counts less.
    """
    weightiest: list[_Candidate] = []
    for place, section in enumerate(sections):
        if tools.cancelled():
            break
        best = heapq.nlargest(SHORTLIST, _valued(reader.sentences(section.chunks)), key=lambda item: item[0])
        factor = 1.0 if ordinary else weight_of(section.heading)
        worth = tuple(
            value * factor * NEXT_LINE**at for at, (value, _) in enumerate(best[:MOST_OF_A_SECTION]) if value >= LEAST
        )
        if worth:
            weightiest = _reduced([*weightiest, _Candidate(place, tuple(best), worth)])
    return weightiest


def _valued(sentences: Iterable[Sentence]) -> Iterator[tuple[float, Sentence]]:
    """Yields each sentence with its value; the sentences of one clause share a heading path."""
    numbered = enumerate(sentences)
    for _, clause in groupby(numbered, key=lambda item: item[1].chunk.section):
        for in_clause, (in_section, sentence) in enumerate(clause):
            yield telling(sentence, in_clause, in_section), sentence


def _reduced(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Returns the candidates with their MOST_LINES most valuable lines; of equal lines the earlier are kept."""
    lines = ((worth, -item.place) for item in candidates for worth in item.worth)
    counts = Counter(-place for _, place in heapq.nlargest(MOST_LINES, lines))
    return [replace(item, worth=item.worth[: counts[item.place]]) for item in candidates if counts[item.place]]


def _picks(candidates: Sequence[_Candidate], document: Document, tools: Tools) -> Iterator[_Pick]:
    """Yields the selected sentences in reading order, without those that repeat an earlier one."""
    picked_vectors: list[NDArray[np.float32]] = []
    for item in candidates:
        if tools.cancelled():
            return
        sentences = [sentence for _, sentence in item.shortlist]
        vectors = tools.embedder.embed_sentences([sentence.text for sentence in sentences])
        nearness = vectors @ vectors.mean(axis=0)
        scores = np.array([value for value, _ in item.shortlist]) + CENTRAL * nearness
        chosen: list[int] = []
        for at in np.argsort(-scores, kind="stable"):
            new = all(float(vectors[at] @ other) < SAME for other in picked_vectors)
            if new and item.shortlist[at][0] >= LEAST and len(chosen) < len(item.worth):
                chosen.append(int(at))
                picked_vectors.append(vectors[at])
        for at in sorted(chosen, key=lambda at: (sentences[at].chunk.ordinal, sentences[at].spans[0])):
            sentence = sentences[at]
            # The sentence that names the parties consists of names: a shorter version would lose one of them.
            label, may_shrink = name_of(sentence.chunk.section), not names_the_parties(sentence)
            yield _Pick(as_evidence(sentence, document, float(scores[at])), label, may_shrink)


def _lines(picks: Iterable[_Pick], tools: Tools) -> Outcome:
    """Words and cites each sentence, and passes it on as soon as it is ready."""
    lines: list[str] = []
    evidence: list[Evidence] = []
    tokens = TokenCount()
    phrased, first_token_at = False, None
    for pick in picks:
        chat: ChatModel | None = tools.chat() if tools.chat and pick.may_shrink else None
        short = None
        if chat is not None:
            begun = time.monotonic()
            result = shorten(chat, pick.evidence.text, max_tokens=ANSWER_TOKENS, cancelled=tools.cancelled)
            short = result.text
            tokens = TokenCount(tokens.prompt + result.tokens.prompt, tokens.answer + result.tokens.answer)
            if first_token_at is None and result.first_token_s is not None:
                first_token_at = begun + result.first_token_s
        phrased = phrased or short is not None
        evidence.append(pick.evidence)
        body = short or f"“{trimmed(pick.evidence.text, LONGEST_QUOTE)}”"
        lines.append(f"- {pick.label + ': ' if pick.label else ''}{body} [{len(evidence)}]")
        tools.show(lines[-1])
    return Outcome("\n".join(lines), tuple(evidence), phrased=phrased, tokens=tokens, first_token_at=first_token_at)
