"""Lists every sentence of the documents that is of the kind asked for and matches the topic, quoted and cited.

No chat model is used: the items are the documents' own words. Sentences are scored by their words first; only the
MOST_SCORED best are kept and embedded, however long the documents are.
"""

import heapq
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from ragnano.answering.refusal import nearest
from ragnano.evidence import select
from ragnano.evidence.answerability import load_gate
from ragnano.retrieval.retriever import Found
from ragnano.tasks.list_query import ListQuery, read_list_query, role_of, same_words
from ragnano.tasks.salience import FRONT_CHUNKS, telling
from ragnano.tasks.sections import DocumentSentences, Sentence, name_of, trimmed
from ragnano.tasks.subject import named_at_end
from ragnano.tasks.task_context import Outcome, Tools, as_evidence
from ragnano.text.legal_terms import is_place
from ragnano.text.words import content_stems
from ragnano.types import Document, Evidence, Scope

MOST_ITEMS = 20
"""Most items of a list: people do not read more, and a narrower question finds the rest."""
LONGEST_ITEM = 300
"""Most characters of an item; its citation contains the whole sentence."""
FEW_DOCUMENTS = 5
"""Up to this many documents are read completely; of more, only the clauses that a search finds."""
WIDE = 200
"""Clauses that a search over many documents returns."""
MOST_SCORED = 200
"""Most sentences that are embedded: about 3 seconds on two cores."""

# Set by judgement on the sample documents: the weights of the topic's words and of its meaning (cosine), the least
# score of a sentence of the kind asked for, and the least score if no kind is asked for and the heading does not match.
COVERAGE, DENSE = 0.5, 0.5
BAR, BAR_OF_ANY_KIND = 0.5, 0.6


@dataclass(frozen=True, slots=True)
class _Item:
    document: Document
    sentence: Sentence
    score: float

    @property
    def place(self) -> tuple[int, int, int]:
        first = self.sentence.spans[0]
        return self.sentence.chunk.ordinal, first.page, first.start


def list_items(focus: str, scope: Scope, tools: Tools) -> Outcome:
    """Lists what `focus` asks for in the documents that it or the scope names. Raises QuestionError."""
    document, focus = named_at_end(focus, scope, tools.catalogue)
    if document is not None:
        scope = replace(scope, documents=(document.id,))
    found = tools.find(focus, scope, WIDE)
    about = found.about or ((document,) if document else ())
    documents = about or tuple(tools.catalogue.documents(found.scope))
    _, signals = select(found, tools.catalogue, tools.reader)
    confidence = load_gate().confidence(signals)
    # Words that narrowed the search to a document by its name are not a topic within it.
    query = read_list_query(focus)
    places = [name for name in found.question.names if is_place(name)]
    query = replace(
        query,
        topic=tuple(part for part in query.topic if part in found.question.stems),
        places=frozenset(content_stems(" ".join(places))),
    )
    likely = _likely(documents, query, found, tools)
    items = _passing(likely, query, found, tools)
    ready_at = time.monotonic()
    if not items:
        return Outcome(about=about, nearest=nearest(found.hits), confidence=confidence)
    outcome = _written(items, documents, tools, more_unseen=len(likely) == MOST_SCORED)
    return replace(outcome, about=about, confidence=confidence, ready_at=ready_at)


def _likely(documents: Sequence[Document], query: ListQuery, found: Found, tools: Tools) -> list[_Item]:
    """Returns the MOST_SCORED best sentences by their words and by the search rank of their chunk."""
    ranked = {hit.chunk.id: 1 / place**0.5 for place, hit in enumerate(found.hits, start=1)}

    def items() -> Iterator[_Item]:
        for document, names, sentence in _sentences(documents, query, found, tools):
            if query.fits(sentence, names) and query.names_the_places(sentence):
                score = query.coverage(sentence) + 0.5 * ranked.get(sentence.chunk.id, 0.0)
                yield _Item(document, sentence, score if query.topic else telling(sentence))

    return heapq.nlargest(MOST_SCORED, items(), key=lambda item: item.score)


def _sentences(
    documents: Sequence[Document], query: ListQuery, found: Found, tools: Tools
) -> Iterator[tuple[Document, tuple[str, ...], Sentence]]:
    """Yields every sentence of a few documents, or of the clauses found, with the names that must be concerned."""
    whole = len(documents) <= FEW_DOCUMENTS
    found_in = {hit.document.id for hit in found.hits}
    for document in documents if whole else (other for other in documents if other.id in found_in):
        if tools.cancelled():
            return
        headings = tools.catalogue.headings_of(document.id)
        chunks = [identifier for identifier, _ in headings]
        names = _names(query.who, chunks, tools)
        if query.kind is None and (called := [chunk for chunk, heading in headings if query.is_called(heading)]):
            chunks = called
        elif not whole:
            hits = sorted((hit.chunk.ordinal, hit.chunk.id) for hit in found.hits if hit.document.id == document.id)
            chunks = [identifier for _, identifier in hits]
        for sentence in DocumentSentences(document.id, tools.catalogue).sentences(chunks):
            if not sentence.text.endswith(":"):  # it only introduces the items
                yield document, names, sentence


def _names(who: str, chunks: Sequence[int], tools: Tools) -> tuple[str, ...]:
    """Returns the name in the question and what the document calls that party."""
    if not who:
        return ()
    front = tools.catalogue.chunks(chunks[:FRONT_CHUNKS])
    opening = " ".join(front[identifier].text for identifier in chunks[:FRONT_CHUNKS] if identifier in front)
    role = role_of(who, opening)
    return (who, role) if role else (who,)


def _passing(likely: Sequence[_Item], query: ListQuery, found: Found, tools: Tools) -> list[_Item]:
    """Returns those that match the topic, best first, each wording once per document. Without a topic, all."""
    scored = list(likely)
    if query.topic and likely:
        texts = [f"{name_of(item.sentence.chunk.section)}: {item.sentence.text}" for item in likely]
        dense = tools.embedder.embed_sentences(texts) @ found.vector
        scored = [
            replace(item, score=COVERAGE * query.coverage(item.sentence) + DENSE * float(near))
            for item, near in zip(likely, dense, strict=True)
        ]
        scored = [item for item in scored if _passes(item, query)]
    first: dict[tuple[str, str], _Item] = {}
    for item in sorted(scored, key=lambda item: -item.score):
        first.setdefault((item.document.id, same_words(item.sentence.text)), item)
    return list(first.values())


def _passes(item: _Item, query: ListQuery) -> bool:
    if query.kind is not None:
        return item.score >= BAR
    return query.is_called(item.sentence.chunk.section) or item.score >= BAR_OF_ANY_KIND


def _written(items: Sequence[_Item], documents: Sequence[Document], tools: Tools, *, more_unseen: bool) -> Outcome:
    """Returns the best items in reading order, grouped by document if there are several, and the number left out."""
    chosen = items[:MOST_ITEMS]
    groups = [
        (document, sorted((item for item in chosen if item.document.id == document.id), key=lambda item: item.place))
        for document in documents
    ]
    groups = [(document, group) for document, group in groups if group]
    lines: list[str] = []
    evidence: list[Evidence] = []
    for document, group in groups:
        if len(groups) > 1:
            lines.append(f"{PurePath(document.path).name}:")
        for item in group:
            evidence.append(as_evidence(item.sentence, document, item.score))
            lines.append(f"{len(evidence)}. “{trimmed(item.sentence.text, LONGEST_ITEM)}” [{len(evidence)}]")
    if len(items) > len(chosen):
        lines.append(f"… and {'at least ' if more_unseen else ''}{len(items) - len(chosen)} more.")
    for line in lines:
        tools.show(line)
    return Outcome("\n".join(lines), tuple(evidence))
