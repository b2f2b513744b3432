"""Ingests files into the catalogue: changed files are parsed, embedded and stored, each in one transaction.

This module decides order and outcomes. `ingest.discovery.walk` finds the files, `ingest.workers.pool` parses them,
`ingest.report` counts, the embedder makes vectors and the catalogue stores. However a run ends (Ctrl-C, a full disk, a
killed process), what was stored stays, and the next run continues from there.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from os import PathLike, path
from pathlib import Path

from ingest.discovery.changes import Change, changed_files, is_within, survey
from ingest.discovery.file_types import media_type_of
from ingest.discovery.walk import Walk, folders_of, reason_of
from ingest.document_builder import Job
from ingest.embedding import Progress, embed, fingerprint_of
from ingest.locked_files import Ask, Locked, Outcome, is_locked, unlocked
from ingest.ocr.languages import require_languages
from ingest.options import IngestOptions
from ingest.parsers.base.interface import ReadOptions
from ingest.rebuild import rebuild
from ingest.report import Account
from ingest.workers.memory import release_freed_memory
from ingest.workers.pool import ParserPool
from ragnano.errors import LimitExceeded, LoadError
from ragnano.models.embedder import Embedder
from ragnano.settings import Settings
from ragnano.store import Catalogue, Vectors
from ragnano.types import IngestReport, NearCopy, ParsedDocument

__all__ = ["Progress", "fingerprint_of", "ingest", "rebuild", "refuse_size"]

_Bytes = tuple[str, str]  # a file's hash and media type
_AHEAD = 6  # files being read or waiting while others are embedded: bounds memory, hides reading time


def ingest(
    paths: Sequence[str | PathLike[str]],
    *,
    settings: Settings,
    catalogue: Catalogue,
    vectors: Vectors,
    embedder: Embedder | Callable[[], Embedder],
    options: IngestOptions = IngestOptions(),  # noqa: B008 - immutable
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    parser_pool: Callable[[], ParserPool] | None = None,
    ask: Ask | None = None,
) -> IngestReport:
    """Ingests the files and folders in `paths`. A file that cannot be read is reported and does not stop the others.

    `embedder` (or the function that returns it) embeds nothing when nothing is new; `cancelled` is polled between
    files. When everything else is stored, `ask` is called for the password of each file that none of the options'
    passwords opens.

    Raises NotFoundError (no such path), ConfigError (a pattern, an OCR language that is not installed), IndexMismatch
    (stored documents were made with another embedder or chunker), StoreError, ModelError.
    """
    if settings.ocr != "never":
        require_languages(settings.ocr_languages)
    walk = Walk(paths, include=options.include, exclude=options.exclude, own=settings.data_dir)
    with catalogue.write_lock():
        known = embedder() if callable(embedder) else embedder
        catalogue.require_fingerprint(fingerprint_of(settings, known))
        catalogue.sketch_missing()
        run = _Run(settings, catalogue, vectors, known, folders_of(paths), options, progress, ask)
        gone = run.gone() if options.prune else []
        if run.count_files(walk):
            with (parser_pool or (lambda: ParserPool(settings)))() as reading:
                run.take_in(changed_files(walk, catalogue, options.collection), reading, cancelled or (lambda: False))
        run.prune(gone)
        run.settle()
    release_freed_memory()
    return run.account.report()


def refuse_size(size: int, settings: Settings) -> None:
    """Raises LimitExceeded for a file with more bytes than the settings allow."""
    if size > settings.file_megabytes << 20:
        raise LimitExceeded(
            f"larger than {settings.file_megabytes} MB; --max-size or RAGNANO_FILE_MEGABYTES allows more"
        )


def _outcome(future: Future[ParsedDocument]) -> Outcome:
    """Returns the parsed document, or the file's own error. Raises errors of the set-up."""
    try:
        return future.result()
    except LoadError as error:
        return error


class _Run:
    """The state of one `ingest` call."""

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        vectors: Vectors,
        embedder: Embedder,
        folders: Sequence[str],
        options: IngestOptions,
        progress: Callable[[Progress], None] | None,
        ask: Ask | None,
    ) -> None:
        self._settings, self._catalogue, self._vectors = settings, catalogue, vectors
        self._embedder, self._collection, self._folders = embedder, options.collection, folders
        self._options = ReadOptions(
            passwords=tuple(options.passwords), ocr=settings.ocr, languages=settings.ocr_languages
        )
        self._ask = ask
        # Further files with the same bytes as one that is being read, by hash and media type.
        self._twins: dict[_Bytes, list[Change]] = {}
        self.account = Account(progress)

    def count_files(self, walk: Walk) -> int:
        """Counts the files without opening them; returns how many are new or changed."""
        seen = survey(walk, self._catalogue, self._collection, self.account.unseen)
        self.account.expect(seen)
        return seen.files - seen.skipped

    def take_in(self, changes: Iterator[Change], parser_pool: ParserPool, cancelled: Callable[[], bool]) -> None:
        """Reads at most _AHEAD files ahead of embedding; stores them in the files' order."""
        waiting: deque[tuple[Change, str, Job, Future[ParsedDocument]]] = deque()
        jobs = self._jobs(changes)
        locked: list[tuple[Change, str, Locked]] = []
        while not cancelled():
            while len(waiting) < _AHEAD and (next_job := next(jobs, None)) is not None:
                waiting.append((*next_job, parser_pool.submit(next_job[-1])))
            if not waiting:
                break
            change, digest, job, future = waiting.popleft()
            outcome = _outcome(future)
            if self._ask is not None and is_locked(outcome):
                locked.append((change, digest, Locked(job, outcome)))
            else:
                self._receive(change, (digest, job.media_type), outcome)
        if self._ask is not None and not cancelled():
            opened = unlocked([file for *_, file in locked], self._ask, lambda job: _outcome(parser_pool.submit(job)))
            for (change, digest, file), outcome in zip(locked, opened, strict=True):
                self._receive(change, (digest, file.job.media_type), outcome)

    def _jobs(self, changes: Iterator[Change]) -> Iterator[tuple[Change, str, Job]]:
        """Yields jobs for the files that must be read, and handles the others directly."""
        for change in changes:
            file = change.file
            try:
                media_type = media_type_of(file.path)
                refuse_size(file.size, self._settings)
                with Path(file.path).open("rb") as bytes_:
                    digest = hashlib.file_digest(bytes_, "sha256").hexdigest()
            except (LoadError, OSError) as error:
                self.account.failed(change, reason_of(error))
                continue
            if (digest, media_type) in self._twins:
                self._twins[digest, media_type].append(change)
            elif self._catalogue.has(digest):
                self._place(digest, change)
            else:
                self._twins[digest, media_type] = []
                yield change, digest, Job(file.path, media_type, self._settings.chunk_tokens, self._options)

    def _receive(self, change: Change, key: _Bytes, outcome: Outcome) -> None:
        """Stores what was read, or reports why nothing was.

        The file's twins may already be handled: a file that changed while it was read may have got the same bytes.
        """
        if isinstance(outcome, LoadError):
            for failed in (change, *self._twins.pop(key, ())):
                self.account.failed(failed, str(outcome))
            return
        parsed = outcome
        if parsed.document.id != key[0]:  # the file changed while it was read; its twins have other bytes now
            for twin in self._twins.pop(key, ()):
                self.account.failed(twin, "another file with the same content changed during the run; run it again")
        self._store(change, parsed)

    def _store(self, change: Change, parsed: ParsedDocument) -> None:
        """Embeds the parsed document and stores it."""
        file = change.file
        self._catalogue.add(
            parsed,
            embed(parsed.chunks, self._embedder),
            collection=self._collection,
            path=file.path,
            size=file.size,
            mtime_ns=file.mtime_ns,
        )
        self.account.stored(change, parsed, self._near_copy(file.path, parsed.document.id))
        for twin in self._twins.pop((parsed.document.id, parsed.document.media_type), ()):
            self._place(parsed.document.id, twin)

    def _near_copy(self, stored_at: str, document_id: str) -> NearCopy | None:
        for version in self._catalogue.versions_of(document_id)[:1]:
            return NearCopy(stored_at, self._catalogue.document(version.document).path, version.likeness)
        return None

    def _place(self, document_id: str, change: Change) -> None:
        """Records a further path of a stored document without reading the file; removes paths that no longer exist."""
        file = change.file
        self._catalogue.place(
            document_id, collection=self._collection, path=file.path, size=file.size, mtime_ns=file.mtime_ns
        )
        gone = [
            place.path
            for place in self._catalogue.placements_of(document_id)
            if place.collection == self._collection and self._is_gone(place.path)
        ]
        for before in gone:
            self._catalogue.unplace(self._collection, before)
        self.account.placed(change, moved_from=gone[0] if gone else None)

    def _is_gone(self, known: str) -> bool:
        """Returns whether a file of the given folders no longer exists. A file that cannot be read still exists."""
        return any(is_within(known, folder) for folder in self._folders) and not path.lexists(known)

    def gone(self) -> list[str]:
        """Returns the stored paths under the given folders that no longer exist.

        This runs before anything is read, so a file that is moved during the run is recognised as moved by the next
        run.
        """
        return [known for known in self._catalogue.paths_in(self._collection) if self._is_gone(known)]

    def prune(self, gone: Sequence[str]) -> None:
        """Removes these paths, unless they were removed meanwhile or exist again."""
        for known in gone:
            if self._is_gone(known) and self._catalogue.unplace(self._collection, known):
                self.account.removed(known)

    def settle(self) -> None:
        """Syncs the vector cache, and erases the bytes of removed or replaced documents.

        That includes what a stopped run left. It is done at the end: Chroma holds all vectors in memory while it is
        open, 1.7 kB each, and a run that reads for hours needs none of them. By now the parser processes have ended and
        freed their memory (LOG.md).
        """
        swept = not (self._catalogue.is_unswept() or self._vectors.holds_removed())
        if self.account.left_old_bytes or not swept:
            self._vectors.compact()
            self._catalogue.compact()
        elif self.account.ingested or self._vectors.is_behind():
            self._vectors.sync()
