"""Streams answers while they are made: one JSON object a line, the last one complete. A disconnect stops the answer."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi.responses import Response, StreamingResponse

from ragnano.errors import RagnanoError
from ragnano.serialization import plain, to_json
from ragnano.server.errors import UNEXPECTED
from ragnano.server.responses import Reply
from ragnano.types import Answer, Scope

MEDIA_TYPE = "application/x-ndjson"


class _HungUp(Exception):
    """Raised inside the answer when the client disconnects, so that nothing of it is kept."""


class StreamCallbacks:
    """Receives the parts of an answer before it is complete.

    Its methods are what Assistant.ask and Conversation.ask take.
    """

    def __init__(self, put: Callable[[dict[str, Any]], None]) -> None:
        self._put = put
        self._hung_up = threading.Event()

    def on_text(self, piece: str) -> None:
        """Sends a checked piece of the preview; the final answer's own text is what counts."""
        self.cancelled()
        self._put({"text": piece})

    def on_direct(self, answer: Answer) -> None:
        """Sends the direct answer and its citations, before a model phrases the rest."""
        self.cancelled()
        self._put({"direct": plain(answer.direct), "citations": plain(answer.citations)})

    def on_reading(self, question: str, scope: Scope) -> None:
        """Sends how a follow-up is read, and its scope."""
        self.cancelled()
        self._put({"read_as": question, "scope": plain(scope)})

    def on_progress(self, done: int, total: int) -> None:
        """Sends how many of how many documents have been compared."""
        self.cancelled()
        self._put({"compared": done, "of": total})

    def cancelled(self) -> bool:
        """Returns False while the client is connected; afterwards raises, which ends the answer."""
        if self._hung_up.is_set():
            raise _HungUp
        return False

    def hang_up(self) -> None:
        """Records that the client has disconnected."""
        self._hung_up.set()


def reply(answer: Callable[[StreamCallbacks], dict[str, Any]], *, stream: bool) -> Response:
    """Returns the response: complete at the end, or line by line while the answer is made."""
    return (
        StreamingResponse(_lines(answer), media_type=MEDIA_TYPE)
        if stream
        else Reply(answer(StreamCallbacks(lambda _: None)))
    )


async def _lines(answer: Callable[[StreamCallbacks], dict[str, Any]]) -> AsyncIterator[bytes]:
    """Yields the parts sent while `answer` runs on its own thread, then what it returns, or {"error"}."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    def put(item: dict[str, Any] | None) -> None:
        with contextlib.suppress(RuntimeError):  # the server and its loop have stopped
            loop.call_soon_threadsafe(queue.put_nowait, item)

    callbacks = StreamCallbacks(put)

    def work() -> None:
        try:
            put(answer(callbacks))
        except _HungUp:
            return
        except RagnanoError as error:
            put({"error": str(error)})
        # Any failure must reach the client as one line, as in `middleware`.
        except Exception as error:  # noqa: BLE001
            put({"error": UNEXPECTED.format(type(error).__name__)})
        put(None)

    threading.Thread(target=work, name="answer", daemon=True).start()
    try:
        while (item := await queue.get()) is not None:
            yield (to_json(item) + "\n").encode()
    finally:
        callbacks.hang_up()
