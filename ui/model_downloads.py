"""Fetching models behind the pages, one at a time, with progress. Knows no Streamlit. The one thing that goes out."""

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
    """A model on its way. `done` and `total` are bytes; `step` says what is being done; `trouble` why it failed."""

    name: str
    state: Literal["running", "done", "failed"] = "running"
    step: str = "asking for it"
    done: int = 0
    total: int | None = None
    trouble: str = ""
    began: str = ""


class Fetches:
    """Of one server."""

    def __init__(self, unexpected: Callable[[Exception], str]) -> None:
        """`unexpected` logs an error that nobody foresaw and gives the words for it."""
        self._unexpected = unexpected
        self._lock = threading.Lock()
        self.latest: Fetch | None = None
        self.gone_out: list[str] = []
        """When models were fetched since the server began, and which: "14:03 qwen2.5-coder-0.5b"."""

    @property
    def busy(self) -> bool:
        """Whether a model is being fetched."""
        return self.latest is not None and self.latest.state == "running"

    def begin(self, spec: ModelSpec, settings: Settings) -> Fetch:
        """Fetch a model and prove the engine with it; the running fetch when there is one."""
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

    def _fetch(self, told: Fetch, spec: ModelSpec, settings: Settings) -> None:
        def moved(step: str, done: int, total: int | None) -> None:
            told.step, told.done, told.total = step, done, total or told.total

        try:
            path = fetch(spec, settings.models_dir, progress=moved)
            if spec.kind == "chat":
                told.step = "proving the engine with it"
                prove(path, settings)
            told.state = "done"
        except RagnanoError as error:
            told.trouble, told.state = str(error), "failed"
        # The border to the reader, as in `shared.errors_shown`: this thread has no page to tell it on.
        except Exception as error:  # noqa: BLE001
            told.trouble, told.state = self._unexpected(error), "failed"
