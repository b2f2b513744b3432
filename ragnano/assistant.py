"""The facade: everything that the command line, the app and a server do with documents that are already ingested.

One Assistant serves many threads: searches run in parallel, and the chat model handles one request at a time, in the
order of arrival. The Assistant neither reads files (`ingest` does that) nor prints.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from types import TracebackType
from typing import Self

from ragnano.answering.pipeline import AskRequest, Pipeline
from ragnano.conversations import Conversation, forget
from ragnano.documents.cross_references import clause_of, references_of
from ragnano.errors import IndexMismatch
from ragnano.evidence import CHUNKS, rerank
from ragnano.library.collections import Collections
from ragnano.models import (
    ChatModel,
    Embedder,
    Reader,
    installed,
    load_catalogue,
    open_chat_model,
    open_embedder,
    open_reader,
)
from ragnano.receipts import Trace
from ragnano.retrieval.filters import FilterInput, scope_of
from ragnano.retrieval.retriever import Found, Retriever
from ragnano.settings import Settings
from ragnano.store import Catalogue, Vectors
from ragnano.tasks import Tools, plan_comparison, recognise, serve, serve_comparison, serve_date, serve_table
from ragnano.types import (
    Answer,
    Chunk,
    ConversationInfo,
    Document,
    Hit,
    Page,
    Reference,
    Scope,
)

QUOTES_ONLY = "none"
"""Model name that means no chat model: the answer is the best sentence."""


class Assistant:
    """Asks, searches, lists and removes. Use it as a context manager, or call `close`."""

    def __init__(
        self,
        settings: Settings,
        *,
        embedder: Embedder | None = None,
        reader: Reader | None = None,
        chat_model: ChatModel | None = None,
    ) -> None:
        """Opens the data directory. Models are opened on first use unless passed in (tests, shared engines)."""
        self.settings = settings
        self.catalogue = Catalogue(settings.data_dir)
        self.vectors = Vectors(settings.data_dir, self.catalogue)
        self.collections = Collections(self.catalogue, self.vectors)
        self._embedder = embedder
        self._reader = reader
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
        """Releases memory and files."""
        for model in self._chat_models.values():
            model.close()
        self._chat_models.clear()
        self.vectors.close()
        self.catalogue.close()

    @property
    def embedder(self) -> Embedder:
        """Returns the embedder, opened on first use. Raises ModelMissing."""
        with self._opening:
            if self._embedder is None:
                self._embedder = open_embedder(self.settings)
            return self._embedder

    @property
    def reader(self) -> Reader:
        """Returns the extractive model that selects evidence, opened on first use. Raises ModelMissing."""
        with self._opening:
            if self._reader is None:
                self._reader = open_reader(self.settings)
            return self._reader

    def chat_model(self, name: str | None = None) -> ChatModel:
        """Returns a chat model, opened on first use and kept open. Raises ModelMissing, EngineError."""
        name = name or self.settings.chat_model
        with self._opening:
            if name not in self._chat_models:
                self._chat_models[name] = open_chat_model(self.settings, name)
            return self._chat_models[name]

    def chat_models(self) -> tuple[str, ...]:
        """Names of the models that can answer now: the configured one first, quoting without a model last."""
        chosen = self.settings.chat_model
        known = (spec for spec in load_catalogue() if spec.kind == "chat")
        installed_names = {spec.name for spec in known if installed(spec, self.settings.models_dir)}
        installed_names.update(self._chat_models)
        if chosen.lower().endswith(".gguf"):
            installed_names.add(chosen)
        return (*sorted(installed_names, key=lambda name: (name != chosen, name)), QUOTES_ONLY)

    def scope(
        self,
        collection: str | None = None,
        doc: str | None = None,
        *,
        dated_from: str | None = None,
        dated_to: str | None = None,
        kind: str | None = None,
    ) -> Scope:
        """Returns the scope for names, dates and a file type. Raises NotFoundError, AmbiguousError, QuestionError."""
        return scope_of(FilterInput(collection, doc, dated_from, dated_to, kind), self.catalogue)

    def search(self, question: str, scope: Scope | None = None, k: int = 10) -> tuple[Hit, ...]:
        """Returns the `k` best clauses for a question."""
        return self.find(question, scope, k).hits

    def find(self, question: str, scope: Scope | None = None, k: int = 10) -> Found:
        """Like `search`, but also returns the parsed question and the documents it names."""
        found = self._retrieve(question, scope or Scope(), max(k, CHUNKS))
        return replace(found, hits=rerank(found, self.catalogue, self.reader)[:k])

    def _retrieve(self, question: str, scope: Scope, k: int) -> Found:
        """Returns the `k` best clauses in retrieval order."""
        self._require_same_embedder()
        return Retriever(self.catalogue, self.vectors, self.embedder, self.settings).search(question, scope, k)

    def clause(self, hit: Hit) -> tuple[Chunk, ...]:
        """Returns the chunks of the whole clause that contains a hit, in reading order."""
        return clause_of(hit.chunk, self.catalogue.chunks_of(hit.document.id))

    def references(self, hit: Hit) -> tuple[Reference, ...]:
        """Returns the sections that a hit refers to and the definitions of its terms, from the same document."""
        return references_of(hit.chunk, self.catalogue.chunks_of(hit.document.id))

    def ask(
        self,
        question: str,
        scope: Scope | None = None,
        *,
        model: str | None = None,
        on_direct: Callable[[Answer], None] | None = None,
        on_text: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        on_progress: Callable[[int, int], None] | None = None,
        trace: Trace | None = None,
    ) -> Answer:
        """Answers a question with citations, or reports that the documents do not. Also handles summaries, lists and
        comparisons of several documents.

        `on_direct` receives the direct answer with its quotes before the chat model runs; it is not called when nothing
        answers or no model is used. `on_text` then receives a checked preview while the model writes. `on_progress`
        receives how many of how many documents have been compared. Only the returned answer is final. `model` is a
        catalogue name, a path to a GGUF file, or "none" for the best quote alone. `trace` is filled for a receipt.
        """
        begun = time.monotonic()
        name = model or self.settings.chat_model
        tools = self._tools(name, on_text, cancelled, on_progress, trace)
        with self.catalogue.each_page_once():
            return self._answer(question, scope or Scope(), tools, name, on_direct, trace, begun)

    def _answer(
        self,
        question: str,
        scope: Scope,
        tools: Tools,
        name: str,
        on_direct: Callable[[Answer], None] | None,
        trace: Trace | None,
        begun: float,
    ) -> Answer:
        """Decides who answers a question: a table, a comparison, a computed date, another task, or the pipeline."""
        task = recognise(question)
        # The table's search is the pipeline's, too: the same question is searched once.
        retrieve = lru_cache(maxsize=2)(self._retrieve)
        tools = replace(tools, find=retrieve)
        if task.kind != "summary":
            from_table = serve_table(question, scope, tools, model=name, begun=begun, trace=trace)
            if from_table is not None:
                return from_table
            comparison = plan_comparison(question, scope, self.catalogue, lambda: self.embedder)
            if comparison is not None:
                compared = serve_comparison(comparison, scope, tools, model=name, begun=begun, trace=trace)
                if compared is not None:
                    return compared
            computed = serve_date(question, scope, tools, model=name, begun=begun, trace=trace)
            if computed is not None:
                return computed
        if task.kind != "lookup":
            return serve(question, task, scope, tools, model=name, begun=begun, trace=trace)
        chat = None if name == QUOTES_ONLY else self._chat_model_for(name, trace)
        pipeline = Pipeline(self.catalogue, self.reader, self.settings, retrieve)
        return pipeline.answer(
            AskRequest(question, scope, name, chat, on_direct, tools.on_text, tools.cancelled, trace, begun)
        )

    def converse(self, name: str | None = None, *, scope: Scope | None = None, keep: bool = True) -> Conversation:
        """Starts a conversation, or opens a kept one by id or "last". Raises NotFoundError, AmbiguousError."""
        return Conversation(self, scope=scope, keep=keep, name=name)

    def conversations(self, most: int | None = None) -> list[ConversationInfo]:
        """Returns the kept conversations, at most `most` of them, the most recently used first."""
        return self.catalogue.conversations(most)

    def forget(self, *names: str) -> int:
        """Deletes kept conversations completely from the data directory; returns how many. Raises NotFoundError."""
        return forget(self.catalogue, names)

    def _chat_model_for(self, model: str, trace: Trace | None) -> ChatModel:
        """Returns the chat model; its exchanges are recorded in the trace."""
        chat = self.chat_model(model)
        return trace.listen(chat) if trace else chat

    def _tools(
        self,
        model: str,
        on_text: Callable[[str], None] | None,
        cancelled: Callable[[], bool] | None,
        on_progress: Callable[[int, int], None] | None,
        trace: Trace | None,
    ) -> Tools:
        """Returns what summaries, lists and comparisons work with."""
        return Tools(
            self.catalogue,
            lambda: self.embedder,
            lambda: self.reader,
            self.settings,
            self._retrieve,
            None if model == QUOTES_ONLY else lambda: self._chat_model_for(model, trace),
            on_text,
            cancelled or (lambda: False),
            on_progress,
        )

    def _require_same_embedder(self) -> None:
        """Raises when the index was made by another embedder: vectors of two embedders cannot be compared."""
        made_with = self.catalogue.fingerprint().get("embedder")
        if made_with not in (None, f"{self.embedder.name} {self.embedder.fingerprint}"):
            raise IndexMismatch(
                f"the index was made with another embedder than {self.embedder.name}: "
                "run `ragnano docs rebuild --reembed`, or choose the embedder it was made with"
            )

    def documents(self, scope: Scope | None = None) -> list[Document]:
        """Returns all documents of a scope, sorted by title."""
        return self.catalogue.documents(scope)

    def page(self, document: str, number: int) -> Page:
        """Returns a stored page by document id and page number (from 1). Raises NotFoundError."""
        return self.catalogue.page(document, number)

    def remove(self, document: str, collection: str | None = None) -> None:
        """Removes a document by id from one collection or from all. Nothing of it stays in the data directory."""
        self.collections.take_out([document], collection)

    def settle(self) -> None:
        """Updates the vector cache so that a process that answers many questions searches through Chroma.

        A process that asks once is faster without it: Chroma takes about two seconds to open, exact search none.
        """
        self.vectors.sync()
