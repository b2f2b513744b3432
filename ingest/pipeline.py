"""Files into the catalogue: what changed is read, embedded and stored, each file in one transaction.

Knows order and the report; reading is `ingest.worker`'s, storing the catalogue's, vectors the embedder's.
Whatever stops a run (Ctrl-C, a full disk, a killed process), what was stored stays and the next run goes on from there.
"""

import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from os import PathLike, path
from pathlib import Path

from ingest.batches import Progress, embed, fingerprint_of
from ingest.kinds import media_type_of
from ingest.load.loaded import ReadOptions
from ingest.ocr.languages import require_languages
from ingest.reading import Job
from ingest.rebuild import rebuild
from ingest.walk import Found, folders_of, reason_of, walk
from ingest.worker import Reader
from ragnano.config import Settings
from ragnano.errors import LimitExceeded, LoadError
from ragnano.models.embedder import Embedder
from ragnano.store import Catalogue, Vectors
from ragnano.types import FailedFile, IngestReport, ParsedDocument, UnreadablePage

__all__ = ["Progress", "fingerprint_of", "ingest", "rebuild"]

_AHEAD = 6  # files being read or waiting while others are embedded: bounds memory, hides reading time
_SYNC_CHUNKS = 2048  # chunks stored between two updates of the vector cache


def ingest(
    paths: Sequence[str | PathLike[str]],
    *,
    settings: Settings,
    catalogue: Catalogue,
    vectors: Vectors,
    embedder: Embedder | Callable[[], Embedder],
    collection: str = "default",
    prune: bool = False,
    passwords: Sequence[str] = (),
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    reader: Callable[[], Reader] | None = None,
) -> IngestReport:
    """Take in the files and folders `paths`. A file that cannot be read is reported and stops nothing.

    `embedder` (or the function that gives it) is not touched when nothing is to embed; `prune` forgets files that are
    gone from the given folders; `cancelled` is asked between files. Raises NotFoundError (no such path), StoreError,
    ModelError, ConfigError (a language of OCR is not installed).
    """
    if settings.ocr != "never":
        require_languages(settings.ocr_languages)
    run = _Run(settings, catalogue, vectors, embedder, collection, tuple(passwords), progress)
    with catalogue.write_lock():
        found = walk(paths)
        run.report = replace(run.report, failed=found.failed)
        changed = run.changed(found.files)
        if changed:
            with (reader or (lambda: Reader(settings)))() as reading:
                run.take_in(changed, reading, cancelled or (lambda: False))
        if prune:
            run.prune(folders_of(paths), {file.path for file in found.files})
        run.settle()
    return run.finished()


class _Run:
    """The state of one `ingest` call."""

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        vectors: Vectors,
        embedder: Embedder | Callable[[], Embedder],
        collection: str,
        passwords: tuple[str, ...],
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._settings, self._catalogue, self._vectors = settings, catalogue, vectors
        self._source, self._embedder = embedder, None if callable(embedder) else embedder
        self._checked = False
        self._collection, self._progress = collection, progress
        self._options = ReadOptions(passwords=passwords, ocr=settings.ocr, languages=settings.ocr_languages)
        self._started = time.monotonic()
        self._known = {place.path: place for place in catalogue.placements(collection)}
        # Other files with the bytes of one that is on its way, by hash and media type.
        self._twins: dict[tuple[str, str], list[Found]] = {}
        self._unsynced = 0
        self._total = self._done = 0
        self._bytes_left = self._bytes_done = 0
        self.report = IngestReport()

    def changed(self, files: Sequence[Found]) -> list[Found]:
        """The files that are new, or whose size or time is not what was stored; the others count as skipped."""
        new = [file for file in files if not self._is_known(file)]
        self._total, self._done = len(files), len(files) - len(new)
        self._bytes_left = sum(file.size for file in new)
        self.report = replace(self.report, skipped=self._done)
        return new

    def _is_known(self, file: Found) -> bool:
        place = self._known.get(file.path)
        return place is not None and (place.size, place.mtime_ns) == (file.size, file.mtime_ns)

    def take_in(self, files: Sequence[Found], reader: Reader, cancelled: Callable[[], bool]) -> None:
        """Read ahead of embedding, at most _AHEAD files; store in the files' order."""
        waiting: deque[tuple[Found, tuple[str, str], Future[ParsedDocument]]] = deque()
        jobs = self._jobs(files)
        while not cancelled():
            while len(waiting) < _AHEAD and (job := next(jobs, None)) is not None:
                file, digest, order = job
                waiting.append((file, (digest, order.media_type), reader.submit(order)))
            if not waiting:
                break
            self._receive(*waiting.popleft())

    def _jobs(self, files: Sequence[Found]) -> Iterator[tuple[Found, str, Job]]:
        """Jobs for the files that must be read; the others are dealt with on the way."""
        for file in files:
            try:
                media_type = media_type_of(file.path)
                if file.size > self._settings.file_megabytes << 20:
                    raise LimitExceeded(
                        f"larger than {self._settings.file_megabytes} MB; RAGNANO_FILE_MEGABYTES allows more"
                    )
                with Path(file.path).open("rb") as bytes_:
                    digest = hashlib.file_digest(bytes_, "sha256").hexdigest()
            except (LoadError, OSError) as error:
                self._fail(file, reason_of(error))
                continue
            if (digest, media_type) in self._twins:
                self._twins[digest, media_type].append(file)
            elif self._catalogue.has(digest):
                self._place(digest, file)
            else:
                self._twins[digest, media_type] = []
                yield file, digest, Job(file.path, media_type, self._settings.chunk_tokens, self._options)

    def _receive(self, file: Found, key: tuple[str, str], future: Future[ParsedDocument]) -> None:
        try:
            parsed = future.result()
        except LoadError as error:
            for failed in (file, *self._twins.pop(key)):
                self._fail(failed, str(error))
            return
        if parsed.document.id != key[0]:  # the file changed while it was read: its twins are twins no more
            for twin in self._twins.pop(key):
                self._fail(twin, "another file with the same content changed during the run; run it again")
        self._store(file, parsed)

    def _store(self, file: Found, parsed: ParsedDocument) -> None:
        """Embed what was read and store it."""
        self._catalogue.add(
            parsed,
            embed(parsed.chunks, self._ready_embedder()),
            collection=self._collection,
            path=file.path,
            size=file.size,
            mtime_ns=file.mtime_ns,
        )
        self._count(file, parsed)
        for twin in self._twins.pop((parsed.document.id, parsed.document.media_type), ()):
            self._place(parsed.document.id, twin)
        self._unsynced += len(parsed.chunks)
        if self._unsynced >= _SYNC_CHUNKS:
            self._vectors.sync()
            self._unsynced = 0

    def _ready_embedder(self) -> Embedder:
        if self._embedder is None:
            assert callable(self._source)
            self._embedder = self._source()
        if not self._checked:
            self._catalogue.require_fingerprint(fingerprint_of(self._settings, self._embedder))
            self._checked = True
        return self._embedder

    def _place(self, document_id: str, file: Found) -> None:
        self._catalogue.place(
            document_id, collection=self._collection, path=file.path, size=file.size, mtime_ns=file.mtime_ns
        )
        self._count(file, None)

    def _count(self, file: Found, parsed: ParsedDocument | None) -> None:
        before = self._known.get(file.path)
        pages = parsed.pages if parsed else ()
        unreadable = tuple(UnreadablePage(file.path, page.number, page.unreadable) for page in pages if page.unreadable)
        self.report = replace(
            self.report,
            files=self.report.files + 1,
            pages=self.report.pages + len(pages),
            chunks=self.report.chunks + (len(parsed.chunks) if parsed else 0),
            replaced=self.report.replaced + (before is not None),
            unreadable_pages=self.report.unreadable_pages + unreadable,
        )
        self._tell(file)

    def _fail(self, file: Found, reason: str) -> None:
        if file.path in self._known:
            reason += "; the version taken in before stays searchable"
        self.report = replace(self.report, failed=(*self.report.failed, FailedFile(file.path, reason)))
        self._tell(file)

    def _tell(self, file: Found) -> None:
        self._done += 1
        self._bytes_done += file.size
        self._bytes_left -= file.size
        if self._progress is not None:
            elapsed = time.monotonic() - self._started
            left = elapsed * self._bytes_left / self._bytes_done if self._bytes_done else None
            report = self.report
            self._progress(Progress(self._done, self._total, report.pages, report.chunks, file.path, left))

    def prune(self, folders: Sequence[str], present: set[str]) -> None:
        """Forget what stood under `folders` and is no longer there. A file that cannot be read is still there."""
        for folder in folders:
            for place in self._catalogue.placements(self._collection, folder):
                if place.path not in present and not path.lexists(place.path):
                    self._catalogue.unplace(self._collection, place.path)
                    self.report = replace(self.report, removed=self.report.removed + 1)

    def settle(self) -> None:
        """Bring the vector cache up to date, and leave no byte of what was removed or replaced."""
        if self.report.removed or self.report.replaced:
            self._catalogue.compact()
            self._vectors.compact()
        elif self.report.files:
            self._vectors.sync()

    def finished(self) -> IngestReport:
        return replace(self.report, seconds=round(time.monotonic() - self._started, 3))
