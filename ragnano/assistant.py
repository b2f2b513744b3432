"""The facade: everything the command line, the app and a server do with documents that are already taken in.

One Assistant serves many threads: searches run side by side, the chat model takes one request at a time in order.
It reads no files (that is `ingest`) and prints nothing.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from ragnano.cite import cite, cite_hit
from ragnano.config import Settings
from ragnano.errors import IndexMismatch
from ragnano.evidence import select
from ragnano.gate import load_gate
from ragnano.generate import generate
from ragnano.models import ChatModel, Embedder, ModelSpec, installed, load_catalogue, open_chat_model, open_embedder
from ragnano.receipt import receipt
from ragnano.references import clause_of, references_of
from ragnano.retrieve import Found, Retriever
from ragnano.scopes import Wanted, scope_of
from ragnano.store import Catalogue, Vectors
from ragnano.tasks import Tools, recognise, serve
from ragnano.types import (
    Answer,
    Chunk,
    Citation,
    Document,
    Evidence,
    Hit,
    Page,
    Reference,
    Scope,
    Timings,
    TokenCount,
)
from ragnano.verify import NOTHING, StreamGuard, quote, verify

NEAREST = 3
"""Clauses shown with a refusal."""

QUOTES_ONLY = "none"
"""As a model's name: answer with the best sentence, without a chat model."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """An answer before its citations are made."""

    text: str
    verdict: str
    cited: tuple[int, ...]
    first_token_s: float | None
    tokens: TokenCount


class Assistant:
    """Ask, search, list and remove. Use as a context manager, or call `close`."""

    def __init__(
        self,
        settings: Settings,
        *,
        embedder: Embedder | None = None,
        chat_model: ChatModel | None = None,
    ) -> None:
        """Open the data directory. Models are opened at first use, unless given (tests, shared engines)."""
        self.settings = settings
        self.catalogue = Catalogue(settings.data_dir)
        self.vectors = Vectors(settings.data_dir, self.catalogue)
        self._embedder = embedder
        self._chat_models: dict[str, ChatModel] = {}
        if chat_model is not None:
            self._chat_models[settings.chat_model] = chat_model
        self._opening = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give memory and files back."""
        for model in self._chat_models.values():
            model.close()
        self._chat_models.clear()
        self.vectors.close()
        self.catalogue.close()

    @property
    def embedder(self) -> Embedder:
        """The embedder, opened at first use. Raises ModelMissing."""
        with self._opening:
            if self._embedder is None:
                self._embedder = open_embedder(self.settings)
            return self._embedder

    def chat_model(self, name: str | None = None) -> ChatModel:
        """A chat model, opened at first use and kept. Raises ModelMissing, EngineError."""
        name = name or self.settings.chat_model
        with self._opening:
            if name not in self._chat_models:
                self._chat_models[name] = open_chat_model(self.settings, name)
            return self._chat_models[name]

    def chat_models(self) -> tuple[str, ...]:
        """Names of the models that can answer here and now, the chosen one first; quoting without one comes last."""
        chosen = self.settings.chat_model
        here = {spec.name for spec in load_catalogue() if spec.kind == "chat" and self._is_here(spec)}
        here.update(self._chat_models)
        if chosen.lower().endswith(".gguf"):
            here.add(chosen)
        return (*sorted(here, key=lambda name: (name != chosen, name)), QUOTES_ONLY)

    def _is_here(self, spec: ModelSpec) -> bool:
        return installed(spec, self.settings.models_dir) is not None

    def scope(
        self,
        collection: str | None = None,
        doc: str | None = None,
        *,
        dated_from: str | None = None,
        dated_to: str | None = None,
        kind: str | None = None,
    ) -> Scope:
        """The scope that names, dates and a kind of file mean. Raises NotFoundError, AmbiguousError, QuestionError."""
        return scope_of(Wanted(collection, doc, dated_from, dated_to, kind), self.catalogue)

    def search(self, question: str, scope: Scope | None = None, k: int = 10) -> tuple[Hit, ...]:
        """The `k` best clauses for a question."""
        return self.find(question, scope, k).hits

    def find(self, question: str, scope: Scope | None = None, k: int = 10) -> Found:
        """As `search`, with the question as it was read and the documents that it names."""
        self._require_same_embedder()
        return Retriever(self.catalogue, self.vectors, self.embedder, self.settings).search(
            question, scope or Scope(), k
        )

    def clause(self, hit: Hit) -> tuple[Chunk, ...]:
        """The chunks of the whole clause that a hit is part of, in reading order."""
        return clause_of(hit.chunk, self.catalogue.chunks_of(hit.document.id))

    def references(self, hit: Hit) -> tuple[Reference, ...]:
        """The sections that a hit refers to and the definitions of the terms it uses, from its own document."""
        return references_of(hit.chunk, self.catalogue.chunks_of(hit.document.id))

    def ask(
        self,
        question: str,
        scope: Scope | None = None,
        *,
        model: str | None = None,
        on_text: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        """Answer a question with citations, or say that the documents don't. Summaries and lists are asked for, too.

        `on_text` receives a checked preview while the model writes; the returned answer is what counts. `model` is a
        catalogue name, a path to a GGUF file, or "none" for the best quote without a model.
        """
        begun = time.monotonic()
        scope = scope or Scope()
        name = model or self.settings.chat_model
        if (task := recognise(question)).kind != "lookup":
            return serve(question, task, scope, self._tools(name, on_text, cancelled), model=name, begun=begun)
        chat = None if name == QUOTES_ONLY else self.chat_model(name)
        found = self.find(question, scope, self.settings.candidates)
        evidence, signals = select(found, self.catalogue, self.embedder, self.settings.evidence_tokens)
        confidence = load_gate().confidence(signals)
        retrieved = time.monotonic() - begun
        if not evidence or confidence < load_gate().refuse_below:
            draft = _Draft("", "not_found", (), None, TokenCount())
        else:
            draft = self._phrase(chat, found, evidence, confidence, begun, on_text, cancelled)
        return self._answer(found, scope, evidence, draft, confidence, name, begun, retrieved)

    def _tools(self, model: str, on_text: Callable[[str], None] | None, cancelled: Callable[[], bool] | None) -> Tools:
        """What summaries and lists work with."""
        return Tools(
            self.catalogue,
            self.embedder,
            self.settings,
            self.find,
            None if model == QUOTES_ONLY else lambda: self.chat_model(model),
            on_text,
            cancelled or (lambda: False),
        )

    def _require_same_embedder(self) -> None:
        """Vectors of two embedders can't be compared: say so instead of finding nonsense."""
        made_with = self.catalogue.fingerprint().get("embedder")
        if made_with not in (None, f"{self.embedder.name} {self.embedder.fingerprint}"):
            raise IndexMismatch(
                f"the index was made with another embedder than {self.embedder.name}: "
                "run `ragnano docs rebuild --reembed`, or choose the embedder it was made with"
            )

    def _phrase(
        self,
        chat: ChatModel | None,
        found: Found,
        evidence: Sequence[Evidence],
        confidence: float,
        begun: float,
        on_text: Callable[[str], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> _Draft:
        if chat is None:
            quoted = quote(evidence)
            return _Draft(quoted.text, quoted.verdict, quoted.cited, None, TokenCount())
        guard = StreamGuard(evidence)
        first: list[float] = []

        def preview(piece: str) -> None:
            if not first:
                first.append(time.monotonic() - begun)
            if on_text and (shown := guard.feed(piece)):
                on_text(shown)

        reply = generate(
            chat,
            found.question,
            evidence,
            max_tokens=self.settings.answer_tokens,
            on_text=preview,
            cancelled=cancelled,
        )
        if on_text and (rest := guard.finish()):
            on_text(rest)
        checked = verify(reply.text, found.question, evidence)
        if checked.verdict == "not_found":
            # The model declined, or what it wrote failed: the evidence must speak for itself, or nothing does.
            checked = quote(evidence) if confidence >= load_gate().trust_above else NOTHING
        tokens = TokenCount(reply.prompt_tokens, reply.answer_tokens)
        return _Draft(checked.text, checked.verdict, checked.cited, first[0] if first else None, tokens)

    def _answer(
        self,
        found: Found,
        scope: Scope,
        evidence: Sequence[Evidence],
        draft: _Draft,
        confidence: float,
        model: str,
        begun: float,
        retrieved: float,
    ) -> Answer:
        refused = draft.verdict == "not_found"
        cited = [evidence[at] for at in draft.cited]
        nearest: tuple[Citation, ...] = ()
        if refused:
            nearest = tuple(cite_hit(hit, self.catalogue) for hit in found.hits[:NEAREST])
        return Answer(
            question=found.question.text,
            answer="The documents don't say." if refused else draft.text,
            verdict="not_found" if refused else ("answered" if draft.verdict == "answered" else "quoted"),
            confidence=round(confidence, 4),
            citations=cite(cited, self.catalogue),
            nearest=nearest,
            timings=Timings(round(retrieved, 4), draft.first_token_s, round(time.monotonic() - begun, 4)),
            tokens=draft.tokens,
            model=model,
            receipt=receipt(found.question.text, scope, evidence, model, self.settings),
            about=tuple(document.path for document in found.about),
        )

    def documents(self, scope: Scope | None = None) -> list[Document]:
        """All documents of a scope, by title."""
        return self.catalogue.documents(scope)

    def page(self, document: str, number: int) -> Page:
        """A stored page by document id and number from 1. Raises NotFoundError."""
        return self.catalogue.page(document, number)

    def remove(self, document: str, collection: str | None = None) -> None:
        """Remove a document by id, from one collection or from all; nothing of it stays in the data directory."""
        with self.catalogue.write_lock():
            self.catalogue.remove(document, collection)
            # Rebuilt, not only synced: Chroma keeps the bytes of removed vectors until then.
            self.vectors.compact()
            self.catalogue.compact()

    def settle(self) -> None:
        """Bring the vector cache up to date, so that a process that answers many questions searches through Chroma.

        A process that asks once is quicker without: Chroma takes about two seconds to open, exact search none.
        """
        self.vectors.sync()
