"""Checks every request before the application: token and body size. Logs failed requests in one line.

It is plain ASGI, because a body must not be read before the sender is authenticated. No content of a request is logged.
"""

import hmac
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ragnano.serialization import to_json

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

MOST_BYTES = 64 * 1024
"""The most bytes of a request's body, which holds a question and where to ask it. Files go through `ragnano ingest`."""

_log = logging.getLogger("ragnano.server")


class Border:
    """Passes on requests that carry the token and are small enough; refuses all others."""

    def __init__(self, inner: Application, token: str) -> None:
        self._inner = inner
        self._expected = f"Bearer {token}".encode("ascii")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Handles one request, or the server's own start and end."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
        elif refused := self._refused(scope):
            await _send(send, *refused)
        else:
            await self._pass_on(scope, receive, send)

    def _refused(self, scope: Message) -> tuple[int, str] | None:
        headers = dict(scope["headers"])
        if not hmac.compare_digest(headers.get(b"authorization", b""), self._expected):
            return 401, "send the token as `Authorization: Bearer TOKEN`; `ragnano serve` says where it is kept"
        if b"transfer-encoding" in headers:
            return 411, "send the body in one piece, with its Content-Length"
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > MOST_BYTES:
            return 413, f"a request may have {MOST_BYTES:,} bytes at most"
        return None

    async def _pass_on(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            await self._inner(scope, receive, send)
        # The client has its error already (`application`). A traceback may contain words of a document: none is logged.
        except Exception as error:  # noqa: BLE001
            _log.error("a request failed: %s", type(error).__name__)


async def _send(send: Send, status: int, error: str) -> None:
    body = to_json({"error": error}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
