"""Routes for indexed documents: list them, read a page, remove one."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from ragnano import serialization
from ragnano.assistant import Assistant
from ragnano.server.responses import Reply


def documents(assistant: Assistant) -> APIRouter:
    """Returns the routes. A document is named by its id or a prefix of it."""
    routes = APIRouter(prefix="/documents")

    @routes.get("")
    def shelf(collection: str | None = None) -> Response:
        """The documents, by title."""
        return Reply(serialization.documents(assistant, collection))

    @routes.get("/{document}")
    def show(document: str) -> Response:
        """A document with its unreadable pages, versions and hidden text."""
        return Reply(serialization.document(assistant, assistant.catalogue.resolve(document)))

    @routes.get("/{document}/pages/{number}")
    def page(document: str, number: Annotated[int, Path(ge=1)]) -> Response:
        """A page's stored text, which citations' `start` and `end` count in."""
        found = assistant.catalogue.resolve(document)
        return Reply(serialization.page(found, assistant.page(found.id, number)))

    @routes.delete("/{document}")
    def remove(document: str, collection: str | None = None) -> Response:
        """Take a document out of the index, from one collection or from all; its file is not touched."""
        found = assistant.catalogue.resolve(document, collection)
        assistant.remove(found.id, collection)
        return Reply({"removed": found.id, "path": found.path})

    return routes
