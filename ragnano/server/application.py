"""Combines all routes into one ASGI application."""

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from ragnano import __version__
from ragnano.assistant import Assistant
from ragnano.errors import RagnanoError
from ragnano.server.errors import UNEXPECTED, status_of
from ragnano.server.middleware import Border
from ragnano.server.responses import Reply
from ragnano.server.routes_conversations import conversations
from ragnano.server.routes_documents import documents
from ragnano.server.routes_questions import questions

PREFIX = "/v1"


def application(assistant: Assistant, token: str) -> Border:
    """Returns the application that a server runs.

    It answers only requests with the token. It loads nothing from elsewhere: there are no documentation pages with
    external scripts, and /openapi.json describes the routes.
    """
    api = FastAPI(title="ragnano", version=__version__, docs_url=None, redoc_url=None)
    routes = APIRouter(prefix=PREFIX)
    for made in (questions(assistant), documents(assistant), conversations(assistant)):
        routes.include_router(made)
    api.include_router(routes)
    api.exception_handler(RagnanoError)(_failed)
    api.exception_handler(RequestValidationError)(_malformed)
    api.exception_handler(HTTPException)(_unknown)
    api.exception_handler(Exception)(_stumbled)
    return Border(api, token)


def _failed(_request: Request, error: RagnanoError) -> Response:
    return Reply({"error": str(error)}, status_code=status_of(error))


def _malformed(_request: Request, error: RequestValidationError) -> Response:
    """Reports which part is wrong, without repeating what was sent."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return Reply({"error": f"{where}: {first['msg']}; /openapi.json describes what can be sent"}, status_code=422)


def _unknown(_request: Request, error: HTTPException) -> Response:
    return Reply({"error": f"{error.detail}; /openapi.json describes what can be asked"}, status_code=error.status_code)


def _stumbled(_request: Request, error: Exception) -> Response:
    return Reply({"error": UNEXPECTED.format(type(error).__name__)}, status_code=500)
