"""Routes for conversations: follow-ups are completed, the topic's documents stay in scope, the history is kept."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from weakref import WeakValueDictionary

from fastapi import APIRouter, Query
from fastapi.responses import Response

from ragnano import serialization
from ragnano.assistant import Assistant
from ragnano.conversations import Conversation
from ragnano.conversations.export import EXPORTS, Form
from ragnano.server.requests import FollowUp, QuestionBody, Title, Words
from ragnano.server.responses import Reply
from ragnano.server.routes_questions import require_model
from ragnano.server.stream import StreamCallbacks, reply


def conversations(assistant: Assistant) -> APIRouter:
    """Returns the routes. A conversation is named by its id, a prefix of it, or "last"."""
    routes = APIRouter(prefix="/conversations")
    locks = _ConversationLocks()

    @routes.get("")
    def listed() -> Response:
        """The conversations that were kept, the last one first."""
        return Reply(assistant.conversations())

    @routes.post("")
    def begin(body: QuestionBody) -> Response:
        """Ask the first question of a conversation."""
        require_model(assistant, body.model)
        scope = body.scope(assistant)
        return reply(lambda callbacks: _ask(assistant.converse(scope=scope), body, callbacks), stream=body.stream)

    @routes.post("/search")
    def search(body: Words) -> Response:
        """Find questions and answers of earlier conversations by their words."""
        return Reply(list(assistant.catalogue.search_turns(body.words)))

    @routes.get("/{name}")
    def show(name: str) -> Response:
        """A conversation: each question, how it was read, and its answer with the words it rests on."""
        info = assistant.catalogue.conversation(name)
        return Reply(serialization.conversation(info, assistant.catalogue.turns(info.id)))

    @routes.post("/{name}/turns")
    def carry_on(name: str, body: FollowUp) -> Response:
        """Ask the next question. Questions of one conversation are answered one after the other."""
        require_model(assistant, body.model)
        identifier = assistant.catalogue.conversation(name).id
        scope = body.scope(assistant) if body.is_limited() else None

        def ask(callbacks: StreamCallbacks) -> dict[str, Any]:
            with locks.lock(identifier):
                conversation = assistant.converse(identifier, scope=scope)
                if body.everything:
                    conversation.leave_topic()
                return _ask(conversation, body, callbacks)

        return reply(ask, stream=body.stream)

    @routes.patch("/{name}")
    def rename(name: str, body: Title) -> Response:
        """Give a conversation another title."""
        info = assistant.catalogue.conversation(name)
        assistant.catalogue.rename_conversation(info.id, body.title)
        return Reply(assistant.catalogue.conversation(info.id))

    @routes.get("/{name}/export")
    def export(name: str, form: Annotated[Form, Query(alias="format")] = "markdown") -> Response:
        """A conversation as a file. It holds words of your documents."""
        info = assistant.catalogue.conversation(name)
        headers = {"content-disposition": f'attachment; filename="{EXPORTS[form].file_name(info)}"'}
        content = EXPORTS[form].content(info, assistant.catalogue.turns(info.id))
        return Response(content, media_type=EXPORTS[form].media_type, headers=headers)

    @routes.delete("/{name}")
    def delete(name: str) -> Response:
        """Delete a conversation: nothing of it stays in the data directory."""
        return Reply({"deleted": assistant.forget(name)})

    return routes


class _ConversationLocks:
    """Answers one question at a time per conversation; different conversations are answered in parallel."""

    def __init__(self) -> None:
        self._opening = threading.Lock()
        self._locks: WeakValueDictionary[str, _Lock] = WeakValueDictionary()

    @contextmanager
    def lock(self, conversation: str) -> Iterator[None]:
        """Holds the conversation's lock."""
        with self._opening:
            entry = self._locks.setdefault(conversation, _Lock())
        with entry.lock:
            yield


class _Lock:
    """A lock that is dropped with its last user (a bare lock cannot be weakly referenced)."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


def _ask(conversation: Conversation, body: QuestionBody, callbacks: StreamCallbacks) -> dict[str, Any]:
    """Returns the turn's JSON; "not_kept" says why the history lacks it although it should be there, else ""."""
    turn = conversation.ask(
        body.question,
        model=body.model,
        on_direct=callbacks.on_direct,
        on_text=callbacks.on_text,
        on_reading=callbacks.on_reading,
        cancelled=callbacks.cancelled,
        on_progress=callbacks.on_progress,
    )
    return {**serialization.turn(conversation.id, turn), "not_kept": conversation.not_kept}
