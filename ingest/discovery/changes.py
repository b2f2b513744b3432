"""Finds new and changed files by size and time, without opening them, one batch of names at a time."""

from collections.abc import Callable, Iterator
from itertools import islice
from os import sep
from typing import NamedTuple

from ingest.discovery.walk import Found, Walk
from ragnano.store import Catalogue
from ragnano.types import FailedFile

_BATCH = 500  # files looked up in the catalogue at once


class Change(NamedTuple):
    """A file to ingest; `before` is true when an older version is stored for its path."""

    file: Found
    before: bool


class Survey(NamedTuple):
    """The counts of a walk: all files, the unchanged ones, and the bytes of the others."""

    files: int
    skipped: int
    bytes: int


def survey(walk: Walk, catalogue: Catalogue, collection: str, failed: Callable[[FailedFile], None]) -> Survey:
    """Counts a walk's files; `failed` is called for those that cannot even be examined."""
    files = skipped = size = 0
    for file, change in _compared(walk.files(failed), catalogue, collection):
        files += 1
        skipped += change is None
        size += file.size if change else 0
    return Survey(files, skipped, size)


def changed_files(walk: Walk, catalogue: Catalogue, collection: str) -> Iterator[Change]:
    """Returns the files that are new, or whose size or time differs from what is stored, in the walk's order."""
    return (change for _, change in _compared(walk.files(), catalogue, collection) if change)


def is_within(path: str, folder: str) -> bool:
    """Returns whether `path` is inside `folder`, both absolute."""
    return path.startswith(folder if folder.endswith(sep) else folder + sep)


def _compared(files: Iterator[Found], catalogue: Catalogue, collection: str) -> Iterator[tuple[Found, Change | None]]:
    """Yields each file with its change; None for an unchanged file."""
    while batch := list(islice(files, _BATCH)):
        stored = catalogue.placements_at(collection, [file.path for file in batch])
        for file in batch:
            place = stored.get(file.path)
            same = place is not None and (place.size, place.mtime_ns) == (file.size, file.mtime_ns)
            yield file, None if same else Change(file, place is not None)
