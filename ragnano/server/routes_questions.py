"""Routes for search and for questions that stand alone."""

from functools import partial
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from ragnano.assistant import Assistant
from ragnano.errors import NotFoundError
from ragnano.replay import ask_with_receipt
from ragnano.serialization import hits, record
from ragnano.server.requests import Question, Search
from ragnano.server.responses import Reply
from ragnano.server.stream import StreamCallbacks, reply
from ragnano.types import Answer


def questions(assistant: Assistant) -> APIRouter:
    """Returns the routes."""
    routes = APIRouter()

    @routes.post("/search")
    def search(body: Search) -> Response:
        """Find the clauses that bear on a question, without a chat model."""
        found = assistant.find(body.question, body.scope(assistant), body.k)
        return Reply(
            {
                "hits": hits(found, assistant, clause=body.clause, references=body.references),
                "about": [document.path for document in found.about],
            }
        )

    @routes.post("/ask")
    def ask(body: Question) -> Response:
        """Answer a question with the exact words, file and page it rests on, or say that the documents don't."""
        require_model(assistant, body.model)
        scope = body.scope(assistant)

        def answer(callbacks: StreamCallbacks) -> dict[str, Any]:
            ask = partial(ask_with_receipt, assistant) if body.receipt else assistant.ask
            given = ask(
                body.question,
                scope,
                model=body.model,
                on_direct=callbacks.on_direct,
                on_text=callbacks.on_text,
                cancelled=callbacks.cancelled,
                on_progress=callbacks.on_progress,
            )
            if isinstance(given, Answer):
                return record(given)
            return {**record(given[0]), "kept": given[1].model_dump(mode="json")}

        return reply(answer, stream=body.stream)

    @routes.get("/models")
    def models() -> Response:
        """The models that can answer here and now, the default first; "none" quotes without one."""
        return Reply(list(assistant.chat_models()))

    return routes


def require_model(assistant: Assistant, model: str | None) -> None:
    """Raises NotFoundError unless `model` is a known name: a client must not choose which files are opened."""
    if model is not None and model not in (available := assistant.chat_models()):
        raise NotFoundError(f"there is no model {model!r} here, but {', '.join(available)}")
