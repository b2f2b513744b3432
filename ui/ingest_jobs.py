"""Runs of ingest in the background: one at a time for all tabs, each with the state of its files.

A run continues while the user opens other pages, closes the tab or refreshes it. The module does not depend on
Streamlit. What a run added is kept if it is stopped or fails; beginning it again continues from there, because
unchanged files are skipped.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from ragnano.assistant import Assistant
from ragnano.errors import LoadError, RagnanoError
from ragnano.types import FailedFile, IngestReport

if TYPE_CHECKING:
    from ingest.pipeline import Progress

Phase = Literal["waiting", "running", "done", "stopped", "failed"]
FileState = Literal["reading", "taken in", "not taken in"]


@dataclass(slots=True)
class FileLine:
    """One file of a run. `reason` says why it was not added; it may be set only when the run ends."""

    path: str
    state: FileState
    reason: str = ""


@dataclass(slots=True)
class Run:
    """Files and folders being added to a collection. The run's thread writes the fields, pages read them.

    `copies` are uploads that were kept for it, `refused` those that were not; `trouble` is the reason of a failure.
    """

    number: int
    paths: tuple[Path, ...]
    collection: str
    passwords: tuple[str, ...] = field(repr=False)
    copies: tuple[Path, ...] = ()
    refused: tuple[FailedFile, ...] = ()
    phase: Phase = "waiting"
    progress: "Progress | None" = None
    files: dict[str, FileLine] = field(default_factory=dict)
    report: IngestReport | None = None
    trouble: str = ""
    dismissed: bool = False
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def active(self) -> bool:
        return self.phase in ("waiting", "running")


class Intake:
    """The runs of one server, in the order in which they were begun."""

    def __init__(self, unexpected: Callable[[Exception], str]) -> None:
        """`unexpected` logs an unforeseen error and returns its message."""
        self._unexpected = unexpected
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Assistant, Run]] = deque()
        self._working = False
        self._count = 0
        self.latest: Run | None = None

    @property
    def busy(self) -> bool:
        """Return whether a run is active."""
        return self._working

    def begin(
        self,
        assistant: Assistant,
        paths: Sequence[Path],
        collection: str,
        passwords: Sequence[str] = (),
        *,
        copies: Sequence[Path] = (),
        refused: Sequence[FailedFile] = (),
    ) -> Run:
        """Add these files after the runs begun earlier."""
        with self._lock:
            self._count += 1
            run = Run(self._count, tuple(paths), collection, tuple(passwords), tuple(copies), tuple(refused))
            self._waiting.append((assistant, run))
            self.latest = run
            if not self._working:
                self._working = True
                threading.Thread(target=self._work, name="taking in", daemon=True).start()
        return run

    def again(self, assistant: Assistant, run: Run) -> Run:
        """Continue a run that was stopped or failed."""
        run.dismissed = True
        return self.begin(assistant, run.paths, run.collection, run.passwords, copies=run.copies)

    def before(self, run: Run) -> int:
        """Return the number of runs before this one."""
        with self._lock:
            waiting = [other for _, other in self._waiting]
        return waiting.index(run) + 1 if run in waiting else 0

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._working = False
                    return
                assistant, run = self._waiting.popleft()
            self._take_in(assistant, run)

    def _take_in(self, assistant: Assistant, run: Run) -> None:
        from uploads import forget

        run.phase = "running"
        try:
            report = _ingest(assistant, run) if run.paths else IngestReport()
            run.report = replace(report, failed=(*report.failed, *run.refused))
            run.files |= {item.path: FileLine(item.path, "not taken in", item.reason) for item in run.report.failed}
            ended: Phase = "stopped" if run.stop.is_set() else "done"
            if ended == "done":
                run.passwords = ()  # no longer needed
                placed = {place.path for place in assistant.catalogue.placements()}
                forget(assistant.settings.data_dir, (path for path in run.copies if str(path) not in placed))
        except RagnanoError as error:
            run.trouble, ended = str(error), "failed"
        # Error boundary: this thread has no page, so the message is stored (as in `shared.errors_shown`).
        except Exception as error:  # noqa: BLE001
            run.trouble, ended = self._unexpected(error), "failed"
        run.phase = ended


def _ingest(assistant: Assistant, run: Run) -> IngestReport:
    from ingest import pipeline
    from ingest.options import IngestOptions

    def report_progress(progress: "Progress") -> None:
        line = run.files.get(progress.path)
        if line is None:  # not read: there is no parser for it, or its bytes are known already
            placed = assistant.catalogue.placement(run.collection, progress.path)
            line = run.files[progress.path] = FileLine(progress.path, "taken in" if placed else "not taken in")
        if line.state == "reading":
            line.state = "taken in"
        run.progress = progress

    return pipeline.ingest(
        run.paths,
        settings=assistant.settings,
        catalogue=assistant.catalogue,
        vectors=assistant.vectors,
        embedder=lambda: assistant.embedder,
        options=IngestOptions(collection=run.collection, passwords=run.passwords),
        progress=report_progress,
        cancelled=run.stop.is_set,
        parser_pool=lambda: _Watched(pipeline.ParserPool(assistant.settings), run),  # type: ignore[arg-type, return-value]
    )


class _Watched:
    """Wraps `ingest.pipeline.ParserPool` and records in a run which file is being read and why one failed.

    `ingest` itself needs no change for it.
    """

    def __init__(self, pool: Any, run: Run) -> None:
        self._pool, self._run = pool, run

    def submit(self, job: Any) -> Future[Any]:
        line = self._run.files[job.path] = FileLine(job.path, "reading")
        future: Future[Any] = self._pool.submit(job)

        def note(read: Future[Any]) -> None:
            error = None if read.cancelled() else read.exception()
            if isinstance(error, LoadError):
                line.state, line.reason = "not taken in", str(error)

        future.add_done_callback(note)
        return future

    def __enter__(self) -> Self:
        self._pool.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.__exit__(kind, error, at)
