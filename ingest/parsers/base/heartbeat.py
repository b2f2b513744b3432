"""Heartbeats of a working parser, which distinguish a long file from a parser that hangs.

A parser calls `beat` for every page, or whenever it makes progress. In the child process
`ingest.workers.parser_process` receives the calls, and the time limit for a file counts from the last one. Elsewhere
the call does nothing. Any thread of the parser may call it.
"""

import threading
import time
from collections.abc import Callable

LEAST_SECONDS_APART = 0.5
"""Calls that follow sooner are not passed on; a parser may make hundreds a second."""


class _Heartbeat:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listener: Callable[[], None] | None = None
        self._last = 0.0

    def on_heartbeat(self, listener: Callable[[], None] | None) -> None:
        with self._lock:
            self._listener, self._last = listener, time.monotonic()

    def beat(self) -> None:
        if self._listener is None or time.monotonic() - self._last < LEAST_SECONDS_APART:
            return
        with self._lock:
            if self._listener is not None:
                self._last = time.monotonic()
                self._listener()


_heartbeat = _Heartbeat()
on_heartbeat, beat = _heartbeat.on_heartbeat, _heartbeat.beat
