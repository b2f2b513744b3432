"""A lock that threads acquire in order of arrival. Depends on nothing but the standard library."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

POLL_SECONDS = 0.05
"""Interval at which a waiting thread checks whether it was cancelled."""


class Turns:
    """Mutual exclusion in order of arrival. `waiting` is the number of waiting threads, without the holder."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queue: deque[object] = deque()

    @property
    def waiting(self) -> int:
        with self._changed:
            return max(0, len(self._queue) - 1)

    @contextmanager
    def turn(self, cancelled: Callable[[], bool] | None = None) -> Iterator[bool]:
        """Acquires the lock for the block. Yields False, without the lock, if `cancelled` returned True first."""
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
        try:
            yield self._wait(ticket, cancelled)
        finally:
            with self._changed:
                self._queue.remove(ticket)
                self._changed.notify_all()

    def _wait(self, ticket: object, cancelled: Callable[[], bool] | None) -> bool:
        while True:
            with self._changed:
                if self._queue[0] is ticket:
                    return True
                self._changed.wait(None if cancelled is None else POLL_SECONDS)
            if cancelled is not None and cancelled():
                return False
