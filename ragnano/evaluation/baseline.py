"""The plain pipeline that ragnano is measured against: four passages by cosine into the same chat model, no checks.

It is what a first tutorial builds, with the usual figures: a page's text cut into passages of about 1,000 characters
that overlap by 150, all-MiniLM-L6-v2 unchanged, the four nearest passages in the prompt. All four count as cited, and a
reply that says in any words that nothing was found counts as a refusal.
"""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragnano.assistant import Assistant
from ragnano.models import Embedder, Part, Prompt
from ragnano.types import Answer, Citation, Document, Scope, Timings, TokenCount

EMBEDDER = "all-MiniLM-L6-v2"
CHARACTERS = 1_000
OVERLAP = 150
PASSAGES = 4
CONTEXT_TOKENS = 5_120
"""Context the chat model needs: four passages at one token a character, as tables of figures may have, and the rest."""
SYSTEM = "Answer the question from the passages. If the passages do not say, reply NOT FOUND."
"""The usual instruction with a way to decline, in place of ragnano's own (those are in ragnano.generation.prompts)."""

_SLACK = 200  # characters by which a passage may be shorter, to end between two words
_SPACE = re.compile(r"\s")
_NOT_FOUND = re.compile(
    r"\bnot\s+found\b"
    r"|\b(?:passages?|agreement|contract|document|text|context|information)s?\b[^.]{0,60}?"
    r"\b(?:(?:do|does|did)\s+not|don['’]t|doesn['’]t)\s+(?:\w+\s+)?"
    r"(?:say|state|specify|mention|provide|contain|include|indicate|address|answer)\b"
    r"|\b(?:is|are|was|were)\s+not\s+(?:\w+\s+)?(?:stated|specified|mentioned|provided|given|found|indicated)\b"
    r"|\b(?:cannot|can['’]t|unable\s+to)\s+(?:answer|determine|find)\b",
    re.I,
)
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)")


@dataclass(frozen=True, slots=True)
class _Passage:
    """Characters [start, end) of one page of a document, and their text."""

    document: Document
    page: int
    start: int
    end: int
    text: str


def declines(reply: str) -> bool:
    """Returns whether the reply's first sentence, or "NOT FOUND" anywhere in it, says that there is no answer."""
    first = _SENTENCE_END.split(reply.strip(), maxsplit=1)[0]
    return not reply.strip() or "NOT FOUND" in reply or _NOT_FOUND.search(first) is not None


def cut(text: str) -> Iterator[tuple[int, int]]:
    """Yields [start, end) of a page's passages: about 1,000 characters, cut between words, overlapping by 150."""
    start = 0
    while start < len(text):
        end = min(start + CHARACTERS, len(text))
        if end < len(text):
            end = _last_space(text, end - _SLACK, end)
        yield start, end
        if end == len(text):
            return
        start = _last_space(text, end - OVERLAP, end - OVERLAP + _SLACK // 2)


def _last_space(text: str, low: int, high: int) -> int:
    """Returns the offset behind the last white space in text[low:high]; `high` when there is none."""
    places = [match.end() for match in _SPACE.finditer(text, low, high)]
    return places[-1] if places else high


class PlainPipeline:
    """Answers from the pages of an assistant's index with the assistant's chat models. Call `prepare` first."""

    def __init__(self, assistant: Assistant, embedder: Embedder) -> None:
        self._assistant, self._embedder = assistant, embedder
        self._passages: list[_Passage] = []
        self._vectors: NDArray[np.float32] = np.zeros((0, embedder.dimensions), dtype=np.float32)

    def prepare(self, documents: Sequence[Document]) -> None:
        """Cuts and embeds the pages of these documents; questions can then be asked of them."""
        self._passages = [
            _Passage(document, page.number, start, end, page.text[start:end])
            for document in documents
            for page in self._assistant.catalogue.pages(document.id)
            for start, end in cut(page.text)
            if page.text[start:end].strip()
        ]
        self._vectors = self._embedder.embed_passages([passage.text for passage in self._passages])
        self._embedder.embed_query("warm")  # loads the model now, so that the first question is timed like the others

    def ask(self, question: str, scope: Scope, model: str) -> Answer:
        """Answers as `Assistant.ask` does. The confidence is the best passage's cosine, the only one there is."""
        begun = time.monotonic()
        best = self._nearest(question, scope)
        retrieved = time.monotonic() - begun
        first: list[float] = []

        def clock(_: str) -> None:
            if not first:
                first.append(time.monotonic() - begun)

        reply = self._assistant.chat_model(model).generate(
            _prompt(question, [passage for passage, _ in best]),
            max_tokens=self._assistant.settings.answer_tokens,
            on_text=clock,
        )
        cited = tuple(_cite(passage, score, number) for number, (passage, score) in enumerate(best, start=1))
        refused = declines(reply.text)
        return Answer(
            question=question,
            answer=reply.text.strip(),
            verdict="not_found" if refused else "answered",
            confidence=round(max(0.0, best[0][1]), 4) if best else 0.0,
            citations=() if refused else cited,
            nearest=cited if refused else (),
            timings=Timings(round(retrieved, 4), first[0] if first else None, round(time.monotonic() - begun, 4)),
            tokens=TokenCount(reply.prompt_tokens, reply.answer_tokens),
            model=model,
            receipt="",
        )

    def _nearest(self, question: str, scope: Scope) -> list[tuple[_Passage, float]]:
        """Returns the passages nearest to the question in the scope's documents, best first, with their cosines."""
        in_scope = None if scope.documents is None else set(scope.documents)
        places = [at for at, one in enumerate(self._passages) if in_scope is None or one.document.id in in_scope]
        scores = self._vectors[places] @ self._embedder.embed_query(question)
        order = np.argsort(-scores, kind="stable")[:PASSAGES]
        return [(self._passages[places[at]], float(scores[at])) for at in order]


def _prompt(question: str, passages: Sequence[_Passage]) -> Prompt:
    parts: list[Part] = []
    for number, passage in enumerate(passages, start=1):
        parts += [Part(f"Passage {number}:\n", trusted=True), Part(passage.text), Part("\n\n", trusted=True)]
    parts += [Part("Question: ", trusted=True), Part(question), Part("\nAnswer:", trusted=True)]
    return Prompt(system=SYSTEM, parts=tuple(parts))


def _cite(passage: _Passage, score: float, number: int) -> Citation:
    document = passage.document
    return Citation(
        document=document.id,
        path=document.path,
        page=passage.page,
        quote=passage.text,
        start=passage.start,
        end=passage.end,
        boxes=(),
        score=round(score, 4),
        title=document.title,
        number=number,
    )
