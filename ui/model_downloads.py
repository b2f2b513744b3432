"""Downloads models in the background, one at a time, with progress. Nothing else in the app goes online.

The module does not depend on Streamlit.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ragnano.errors import RagnanoError
from ragnano.models import ModelSpec, fetch, prove
from ragnano.settings import Settings


@dataclass(slots=True)
class Fetch:
    """A download of a model. `done` and `total` are bytes; `step` is the current step; `trouble` the reason of a
    failure.
    """

    name: str
    state: Literal["running", "done", "failed"] = "running"
    step: str = "asking for it"
    done: int = 0
    total: int | None = None
    trouble: str = ""
    began: str = ""


class Fetches:
    """The downloads of one server."""

    def __init__(self, unexpected: Callable[[Exception], str]) -> None:
        """`unexpected` logs an unforeseen error and returns its message."""
        self._unexpected = unexpected
        self._lock = threading.Lock()
        self.latest: Fetch | None = None
        self.gone_out: list[str] = []
        """Time and name of each download since the server began: "14:03 qwen2.5-coder-0.5b"."""

    @property
    def busy(self) -> bool:
        """Return whether a model is being downloaded."""
        return self.latest is not None and self.latest.state == "running"

    def begin(self, spec: ModelSpec, settings: Settings) -> Fetch:
        """Download a model and check the engine with it; returns the running download if there is one."""
        with self._lock:
            if self.latest is not None and self.latest.state == "running":
                return self.latest
            now = f"{datetime.now():%H:%M}"
            self.gone_out.append(f"{now} {spec.name}")
            self.latest = Fetch(spec.name, total=spec.size, began=now)
            threading.Thread(
                target=self._fetch, args=(self.latest, spec, settings), name="fetching", daemon=True
            ).start()
            return self.latest

    def _fetch(self, current: Fetch, spec: ModelSpec, settings: Settings) -> None:
        def moved(step: str, done: int, total: int | None) -> None:
            current.step, current.done, current.total = step, done, total or current.total

        try:
            path = fetch(spec, settings.models_dir, progress=moved)
            if spec.kind == "chat":
                current.step = "proving the engine with it"
                prove(path, settings)
            current.state = "done"
        except RagnanoError as error:
            current.trouble, current.state = str(error), "failed"
        # Error boundary: this thread has no page, so the message is stored (as in `shared.errors_shown`).
        except Exception as error:  # noqa: BLE001
            current.trouble, current.state = self._unexpected(error), "failed"
