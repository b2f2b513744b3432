"""Counts what a run does: the report at its end and the progress on the way."""

import time
from collections import Counter
from collections.abc import Callable

from ingest.discovery.changes import Change, Survey
from ingest.discovery.file_types import kind_name
from ingest.embedding import Outcome, Progress
from ragnano.types import FailedFile, HiddenOnPage, IngestReport, NearCopy, ParsedDocument, TypeCount, UnreadablePage


class Account:
    """The counts of one run; each method records one outcome and reports it as progress."""

    def __init__(self, progress: Callable[[Progress], None] | None) -> None:
        self._progress = progress
        self._started = time.monotonic()
        self._total = self._done = self._skipped = 0
        self._bytes_left = self._bytes_done = 0
        self._pages = self._chunks = 0
        self._outcomes: Counter[Outcome] = Counter()
        self._files_of: Counter[str] = Counter()
        self._pages_of: Counter[str] = Counter()
        self._failed: list[FailedFile] = []
        self._unreadable: list[UnreadablePage] = []
        self._hidden: list[HiddenOnPage] = []
        self._versions: list[NearCopy] = []
        self._replaced = 0

    def expect(self, seen: Survey) -> None:
        """Sets the amount of work that the survey found."""
        self._total, self._done, self._skipped = seen.files, seen.skipped, seen.skipped
        self._bytes_left = seen.bytes

    def unseen(self, file: FailedFile) -> None:
        """Records a file or folder that could not even be examined."""
        self._failed.append(file)

    def stored(self, change: Change, parsed: ParsedDocument, near: NearCopy | None) -> None:
        """Records a file that was read, embedded and stored."""
        kind = kind_name(parsed.document.media_type)
        self._files_of[kind] += 1
        self._pages_of[kind] += len(parsed.pages)
        self._pages += len(parsed.pages)
        self._chunks += len(parsed.chunks)
        self._unreadable += (
            UnreadablePage(change.file.path, page.number, page.unreadable) for page in parsed.pages if page.unreadable
        )
        self._hidden += (
            HiddenOnPage(change.file.path, page.number, how, count)
            for page in parsed.pages
            for how, count in Counter(item.kind for item in page.hidden).items()
        )
        if near is not None:
            self._versions.append(near)
        self._record(change, "replaced" if change.before else "added")

    def placed(self, change: Change, moved_from: str | None) -> None:
        """Records a file whose bytes are already stored, perhaps until now under another path."""
        self._record(change, "placed" if moved_from is None else "moved", moved_from or "")

    def failed(self, change: Change, reason: str) -> None:
        """Records a file that could not be ingested."""
        if change.before:
            reason += "; the version taken in before stays searchable"
        self._failed.append(FailedFile(change.file.path, reason))
        self._record(change, "failed", reason)

    def removed(self, path: str) -> None:
        """Records a file that was removed because it no longer exists."""
        self._outcomes["removed"] += 1
        self._report_progress(path, "removed", "")

    @property
    def ingested(self) -> int:
        """The number of files ingested, whether read or only recorded."""
        return sum(self._outcomes[outcome] for outcome in ("added", "replaced", "placed", "moved"))

    @property
    def left_old_bytes(self) -> bool:
        """Whether something was removed or replaced whose bytes may still be in the data files."""
        return bool(self._outcomes["removed"] or self._outcomes["moved"] or self._replaced)

    def report(self) -> IngestReport:
        """Returns the report of the whole run."""
        return IngestReport(
            files=self.ingested,
            pages=self._pages,
            chunks=self._chunks,
            skipped=self._skipped,
            replaced=self._replaced,
            removed=self._outcomes["removed"],
            failed=tuple(self._failed),
            unreadable_pages=tuple(self._unreadable),
            seconds=round(time.monotonic() - self._started, 3),
            moved=self._outcomes["moved"],
            types={kind: TypeCount(self._files_of[kind], self._pages_of[kind]) for kind in sorted(self._files_of)},
            versions=tuple(self._versions),
            hidden=tuple(self._hidden),
        )

    def _record(self, change: Change, outcome: Outcome, detail: str = "") -> None:
        self._outcomes[outcome] += 1
        self._replaced += change.before and outcome != "failed"
        self._done += 1
        self._bytes_done += change.file.size
        self._bytes_left = max(0, self._bytes_left - change.file.size)
        self._report_progress(change.file.path, outcome, detail)

    def _report_progress(self, path: str, outcome: Outcome, detail: str) -> None:
        if self._progress is None:
            return
        elapsed = time.monotonic() - self._started
        left = elapsed * self._bytes_left / self._bytes_done if self._bytes_done else None
        total = max(self._total, self._done)
        self._progress(Progress(self._done, total, self._pages, self._chunks, path, left, outcome, detail))
