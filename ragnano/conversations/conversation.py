"""A conversation: completes follow-ups, keeps the topic's documents in scope, and stores turns in the history.

There are two scopes. The conversation's own scope is the user's choice (a collection, a document, …). The topic is
narrower: the documents that the previous turn was about. A follow-up is asked of the topic; a complete question, or one
that names other documents, is asked of the conversation's own scope.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from ragnano.conversations.followup import Reading, read_followup
from ragnano.conversations.other_document import read_other
from ragnano.errors import NotFoundError, StoreBusy, StoreError
from ragnano.retrieval.document_filter import narrow, with_capitals
from ragnano.store import Catalogue, new_id
from ragnano.text.query import read_question
from ragnano.types import Answer, Document, Scope, Turn


class Asker(Protocol):
    """Answers complete questions: an Assistant."""

    catalogue: Catalogue

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
    ) -> Answer:
        """Returns the answer, see Assistant.ask."""


class Conversation:
    """A sequence of questions. Thread-safe: threads ask one at a time."""

    def __init__(self, asker: Asker, *, scope: Scope | None = None, keep: bool = True, name: str | None = None) -> None:
        """Starts a conversation, or continues the kept one called `name` (its id or "last"); `scope` replaces its own.

        With `keep`, turns are stored in the history from the first one on. Raises NotFoundError, AmbiguousError.
        """
        self._asker = asker
        self._catalogue = asker.catalogue
        self.keep = keep
        """Whether turns are stored in the history."""
        self._turn = threading.Lock()
        info = None if name is None else self._catalogue.conversation(name)
        self.id: str | None = info.id if info else None
        """Its id in the history; None until it is stored."""
        self.id_to_be = self.id or new_id()
        """The id that it has, or will have from its first turn on."""
        self.turns: tuple[Turn, ...] = tuple(self._catalogue.turns(info.id)) if info else ()
        self._in_history = len(self.turns)
        """How many of the turns are stored; the rest are stored with the next turn that succeeds."""
        self.not_kept = ""
        """Why the last turn is not in the history although it should be; "" if it is."""
        self.scope = info.scope if info and scope is None else scope or Scope()
        """The conversation's own scope."""
        self._topic = _topic_of(self.turns[-1], self.scope, self._catalogue) if self.turns else ()
        if info and scope is not None and scope != info.scope:
            self.limit(scope)

    @property
    def topic(self) -> tuple[Document, ...]:
        """The documents that a follow-up would be asked of; () if that is the conversation's own scope."""
        return tuple(self._catalogue.documents(Scope(documents=self._topic))) if self._topic else ()

    def limit(self, scope: Scope) -> None:
        """Sets the scope for later questions and leaves the topic."""
        with self._turn:
            self.scope, self._topic = scope, ()
            if self.keep and self.id is not None:
                self._store_or_record_error(partial(self._catalogue.limit_conversation, self.id, scope))

    def leave_topic(self) -> None:
        """Makes the next question use the conversation's own scope, even if it is a follow-up."""
        with self._turn:
            self._topic = ()

    def reread(self) -> None:
        """Reloads the turns: answers disappear with removed documents, and other processes may add turns.

        Does nothing while a question is being answered, or if the last turn could not be stored. Raises NotFoundError
        when the conversation has been deleted.
        """
        if self.id is None or self.not_kept or not self._turn.acquire(blocking=False):
            return
        try:
            self._catalogue.conversation(self.id)
            self.turns = tuple(self._catalogue.turns(self.id))
            self._in_history = len(self.turns)
        finally:
            self._turn.release()

    def ask(
        self,
        text: str,
        *,
        of: Scope | None = None,
        model: str | None = None,
        on_direct: Callable[[Answer], None] | None = None,
        on_text: Callable[[str], None] | None = None,
        on_reading: Callable[[str, Scope], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> Turn:
        """Answers a question in the context of the conversation; with `of`, verbatim and in that scope alone (a
        corrected question, a repeated one, or one asked of another document).

        `on_reading` receives the interpreted question and its scope before the answer; the other parameters are those
        of Assistant.ask. Raises the same errors, and NotFoundError when the document or collection that the
        conversation is limited to has been removed.
        """
        with self._turn:
            self._require_there(of or self.scope)
            reading, scope = self._read(text, of)
            if on_reading:
                on_reading(reading.text, scope)
            answer = self._asker.ask(
                reading.text,
                scope,
                model=model,
                on_direct=on_direct,
                on_text=on_text,
                cancelled=cancelled,
                on_progress=on_progress,
            )
            turn = self._record(text, reading.text, scope, answer)
            self._topic = _topic_of(turn, self.scope, self._catalogue)
            return turn

    def _read(self, text: str, of: Scope | None) -> tuple[Reading, Scope]:
        """Returns the question to ask and its scope."""
        before = self.turns[-1] if self.turns and of is None else None
        if before and (other := read_other(text, before, self._catalogue, self.scope)):
            documents = tuple(document.id for document in other.documents)
            return Reading(other.text, leans=True), replace(self.scope, documents=documents)
        listed = bool(before and before.answer and before.answer.rows)
        if before is None:
            reading = read_followup(text, None)
        else:  # a name in small letters takes the place of another only once it is known for one
            capitalised = (with_capitals(words, self._catalogue, self.scope) for words in (text, before.read_as))
            reading = read_followup(*capitalised, listed=listed)
        return reading, self._scope_for(reading.text) if reading.leans else of or self.scope

    def _scope_for(self, question: str) -> Scope:
        """Returns the topic, unless it is gone or most of the documents that the question names are outside it.

        Most, not all: a list of all contracts contains every name and is part of many topics.
        """
        topic = tuple(document for document in self._topic if self._catalogue.has(document))
        if not topic:
            return self.scope
        named = {document.id for document in narrow(read_question(question), self._catalogue, self.scope).about}
        outside = named.difference(topic)
        return self.scope if 2 * len(outside) > len(named) else replace(self.scope, documents=topic)

    def _require_there(self, scope: Scope) -> None:
        if scope.documents is not None and not any(map(self._catalogue.has, scope.documents)):
            raise NotFoundError("the document that this conversation was asked of has been removed: choose another")
        if scope.collection is not None and scope.collection not in dict(self._catalogue.collections()):
            raise NotFoundError(f"there is no collection {scope.collection!r} any more: choose another")

    def _record(self, asked: str, read_as: str, scope: Scope, answer: Answer) -> Turn:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        turns = [*self.turns, Turn(len(self.turns) + 1, asked, read_as, scope, answer, now)]
        if self.keep:
            self._store_or_record_error(partial(self._store_turns, turns))
        self.turns = tuple(turns)
        return turns[-1]

    def _store_turns(self, turns: list[Turn]) -> None:
        """Stores the turns that are not in the history yet, in order, and replaces them by the stored ones."""
        if self.id is None:
            self.id = self._catalogue.begin_conversation(turns[0].asked, self.scope, self.id_to_be)
        for at, turn in enumerate(turns[self._in_history :], start=self._in_history):
            assert turn.answer is not None, "only the history takes answers away"
            stored = self._catalogue.add_turn(self.id, turn.asked, turn.read_as, turn.scope, turn.answer)
            # If a document was removed meanwhile, the answer leaves the history but stays on the screen.
            turns[at] = replace(stored, answer=turn.answer)
            self._in_history = at + 1

    def _store_or_record_error(self, store: Callable[[], None]) -> None:
        """Runs `store`. An answer must not be lost because it cannot be stored: the error is recorded instead."""
        self.not_kept = ""
        try:
            store()
        except (StoreError, NotFoundError) as error:
            self.not_kept = str(error)


def _topic_of(turn: Turn, conversation_scope: Scope, catalogue: Catalogue) -> tuple[str, ...]:
    """Returns the documents that a follow-up is about: those named in the question, those of the topic that the turn
    was asked of, or the one document that every citation comes from."""
    if turn.answer is None or (
        conversation_scope.documents is None and replace(turn.scope, documents=None) != conversation_scope
    ):
        return ()
    if turn.answer.about:
        named = set(turn.answer.about)
        return tuple(item.id for item in catalogue.documents(turn.scope) if named & set(item.paths))
    if turn.scope != conversation_scope:
        return turn.scope.documents or ()
    cited = {citation.document for citation in turn.answer.citations}
    return tuple(cited) if len(cited) == 1 else ()


def forget(catalogue: Catalogue, names: Sequence[str]) -> int:
    """Deletes conversations by id or "last" so that nothing of them stays in the data directory; returns how many.

    Raises NotFoundError and AmbiguousError before anything is deleted, and StoreBusy when another process was reading,
    so that the last traces could not be removed from the files yet.
    """
    found = list(dict.fromkeys(catalogue.conversation(name).id for name in names))
    for identifier in found:
        catalogue.delete_conversation(identifier)
    if found and not catalogue.compact():
        raise StoreBusy(
            "deleted, but another process was reading, so the last traces are still in the write-ahead log: "
            "close it, and they go"
        )
    return len(found)
