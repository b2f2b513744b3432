"""Signs of life from a reader that is at work: a long file is told from one that hangs.

A reader calls `alive` for every page (or as often as it gets on); in the reading process `ingest.workers.pool` listens,
and the limit on a file's time counts from the last sign. Elsewhere nobody listens, and the call costs nothing. Any
thread of the reader may call it. Knows no processes and no files.
"""

import threading
import time
from collections.abc import Callable

LEAST_SECONDS_APART = 0.5
"""Signs that follow sooner are not passed on; a reader may give hundreds a second."""


class _Signs:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tell: Callable[[], None] | None = None
        self._last = 0.0

    def hear(self, tell: Callable[[], None] | None) -> None:
        with self._lock:
            self._tell, self._last = tell, time.monotonic()

    def alive(self) -> None:
        if self._tell is None or time.monotonic() - self._last < LEAST_SECONDS_APART:
            return
        with self._lock:
            if self._tell is not None:
                self._last = time.monotonic()
                self._tell()


_signs = _Signs()
hear, alive = _signs.hear, _signs.alive
