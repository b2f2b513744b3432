"""Which files are new or changed, told from their size and time alone. Opens none, holds a batch of names at a time."""

from collections.abc import Callable, Iterator
from itertools import islice
from os import sep
from typing import NamedTuple

from ingest.discovery.walk import Found, Walk
from ragnano.store import Catalogue
from ragnano.types import FailedFile

_BATCH = 500  # files looked up in the catalogue at once


class Change(NamedTuple):
    """A file to take in; `before` is true when an older version stands at its path."""

    file: Found
    before: bool


class Survey(NamedTuple):
    """What a walk finds: all files, those that are unchanged, and bytes of the others."""

    files: int
    skipped: int
    bytes: int


def survey(walk: Walk, catalogue: Catalogue, collection: str, failed: Callable[[FailedFile], None]) -> Survey:
    """Count a walk's files; `failed` hears of those that cannot even be looked at."""
    files = skipped = size = 0
    for file, change in _compared(walk.files(failed), catalogue, collection):
        files += 1
        skipped += change is None
        size += file.size if change else 0
    return Survey(files, skipped, size)


def changed_files(walk: Walk, catalogue: Catalogue, collection: str) -> Iterator[Change]:
    """The files that are new, or whose size or time is not what was stored, in the walk's order."""
    return (change for _, change in _compared(walk.files(), catalogue, collection) if change)


def is_within(path: str, folder: str) -> bool:
    """Whether `path` stands inside `folder`, both absolute."""
    return path.startswith(folder if folder.endswith(sep) else folder + sep)


def _compared(files: Iterator[Found], catalogue: Catalogue, collection: str) -> Iterator[tuple[Found, Change | None]]:
    """Each file and the change it is; None for one that is as it was."""
    while batch := list(islice(files, _BATCH)):
        stored = catalogue.placements_at(collection, [file.path for file in batch])
        for file in batch:
            place = stored.get(file.path)
            same = place is not None and (place.size, place.mtime_ns) == (file.size, file.mtime_ns)
            yield file, None if same else Change(file, place is not None)
