"""Following folders: whatever changes in them is taken in, until it is told to stop. Knows no embedder and no store.

A change only says that something is to be looked at; what is to be done is found out by the same run as ever. So a
change that was missed, came twice or halfway (editors save by renaming, browsers write for minutes) does no harm.
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
"""Silence after which a change is looked at: a file that is still being written says so more often."""
LONGEST_MS = 15_000
"""Changes that never pause are looked at all the same after this long."""
_LOOK_MS = 500  # how often it is asked whether to stop, and a busy index is tried again

Take = Callable[[Callable[[Progress], None]], IngestReport]


def follow(
    paths: Sequence[str | PathLike[str]],
    take: Take,
    *,
    own: Path,
    tell: Callable[[Progress], None],
    waiting: Callable[[], None],
    stop: Event | None = None,
) -> Iterator[IngestReport]:
    """Run `take` at once and after every change under `paths`; yields each run's report. Ends when `stop` is set.

    `tell` hears of every file that was taken in, failed or was removed; of a failure once, until it is another one.
    `waiting` is called when another process writes to the index, and the run is tried again. `own` is ragnano's data
    folder, whose changes are its own doing.
    """
    due, busy = True, False
    told = _once(tell)
    for changes in watch(
        *_folders(paths),
        watch_filter=_counts(own),
        debounce=LONGEST_MS,
        step=QUIET_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        stop_event=stop,
        ignore_permission_denied=True,
    ):
        # The first pass comes when the watch stands, so that nothing falls between it and the first run.
        if not (changes or due):
            continue
        try:
            report = take(told)
        except StoreBusy:
            if not busy:
                waiting()
            due = busy = True
            continue
        due = busy = False
        yield report


def _once(tell: Callable[[Progress], None]) -> Callable[[Progress], None]:
    """`tell`, but of a failure once: each run meets the same files again, and fails again."""
    failures: dict[str, str] = {}

    def told(state: Progress) -> None:
        if state.outcome != "failed":
            failures.pop(state.path, None)
        elif failures.get(state.path) == state.detail:
            return
        else:
            failures[state.path] = state.detail
        tell(state)

    return told


def _folders(paths: Sequence[str | PathLike[str]]) -> list[str]:
    """What to watch: of a file its folder, because saving by renaming puts another file in its place."""
    given = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - as the walk does
    return sorted({str(path if path.is_dir() else path.parent) for path in given})


def _counts(own: Path) -> Callable[[Change, str], bool]:
    """Everything counts but what happens in ragnano's own folder."""
    borders = {str(own.absolute()), str(own.resolve())}
    return lambda _, path: not any(path == border or is_within(path, border) for border in borders)
