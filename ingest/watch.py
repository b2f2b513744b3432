"""Watches folders and ingests whatever changes in them, until stopped.

A change only triggers another ordinary run, which finds out what to do. So a change that was missed, reported twice or
reported half-way (editors save by renaming, browsers write for minutes) does no harm.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from threading import Event

from watchfiles import Change, watch

from ingest.discovery.changes import is_within
from ingest.embedding import Progress
from ragnano.errors import StoreBusy
from ragnano.types import IngestReport

QUIET_MS = 400
"""Silence in ms after which a change is handled: a file that is still being written keeps producing changes."""
LONGEST_MS = 15_000
"""Changes that never pause are handled after this many ms all the same."""
_LOOK_MS = 500  # ms between checks whether to stop, and between attempts at a busy index

Take = Callable[[Callable[[Progress], None]], IngestReport]


def follow(
    paths: Sequence[str | PathLike[str]],
    take: Take,
    *,
    data_dir: Path,
    on_outcome: Callable[[Progress], None],
    on_busy: Callable[[], None],
    stop: Event | None = None,
) -> Iterator[IngestReport]:
    """Runs `take` at once and after every change under `paths`; yields each run's report. Ends when `stop` is set.

    `on_outcome` is called for every file that was ingested, failed or was removed; for a failure only once, until its
    reason changes. `on_busy` is called when another process is writing to the index, and the run is tried again.
    `data_dir` is ragnano's data folder, whose changes are ignored.
    """
    due, busy = True, False
    report_once = _each_failure_once(on_outcome)
    for changes in watch(
        *_folders(paths),
        watch_filter=_outside(data_dir),
        debounce=LONGEST_MS,
        step=QUIET_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        stop_event=stop,
        ignore_permission_denied=True,
    ):
        # The first iteration comes once the watch is active, so that no change is lost between it and the first run.
        if not (changes or due):
            continue
        try:
            report = take(report_once)
        except StoreBusy:
            if not busy:
                on_busy()
            due = busy = True
            continue
        due = busy = False
        yield report


def _each_failure_once(on_outcome: Callable[[Progress], None]) -> Callable[[Progress], None]:
    """Wraps `on_outcome` to report each failure once: every run meets the same files again and fails again."""
    failures: dict[str, str] = {}

    def report_new(state: Progress) -> None:
        if state.outcome != "failed":
            failures.pop(state.path, None)
        elif failures.get(state.path) == state.detail:
            return
        else:
            failures[state.path] = state.detail
        on_outcome(state)

    return report_new


def _folders(paths: Sequence[str | PathLike[str]]) -> list[str]:
    """Returns the folders to watch; for a file its folder, because saving by renaming replaces the file."""
    given = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - as the walk does
    return sorted({str(path if path.is_dir() else path.parent) for path in given})


def _outside(data_dir: Path) -> Callable[[Change, str], bool]:
    """Returns a filter that accepts every change outside ragnano's own folder."""
    borders = {str(data_dir.absolute()), str(data_dir.resolve())}
    return lambda _, path: not any(path == border or is_within(path, border) for border in borders)
