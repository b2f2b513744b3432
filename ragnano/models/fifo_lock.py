"""A queue for one counter: whoever comes first is served first. It knows nothing of what is served."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

POLL_SECONDS = 0.05
"""How often somebody who waits asks whether he still wants to."""


class Turns:
    """Mutual exclusion in order of arrival. `waiting` is the number of those in the queue, without the one served."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queue: deque[object] = deque()

    @property
    def waiting(self) -> int:
        with self._changed:
            return max(0, len(self._queue) - 1)

    @contextmanager
    def turn(self, cancelled: Callable[[], bool] | None = None) -> Iterator[bool]:
        """Wait for one's turn and hold it inside the block. Yields False, without a turn, if `cancelled` came first."""
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
