"""Plans an ingest without doing it: reads files' first bytes and hashes, and writes nothing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike, path
from pathlib import Path
from typing import Literal

from ingest.discovery.changes import changed_files, is_within, survey
from ingest.discovery.file_types import kind_name, media_type_of
from ingest.discovery.walk import LeftOut, Walk, folders_of, reason_of
from ingest.options import IngestOptions
from ingest.pipeline import refuse_size
from ragnano.errors import LoadError
from ragnano.settings import Settings
from ragnano.store import Catalogue
from ragnano.types import FailedFile


@dataclass(frozen=True, slots=True)
class Planned:
    """A file that would be ingested: "new", "changed", or "known" (its bytes are stored, only the path is recorded)."""

    path: str
    why: Literal["new", "changed", "known"]
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Plan:
    """`read` would be ingested, `refused` could not be, `removed` would be removed, `left_out` would be passed over."""

    read: tuple[Planned, ...]
    skipped: int
    refused: tuple[FailedFile, ...]
    removed: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def plan(
    paths: Sequence[str | PathLike[str]],
    *,
    settings: Settings,
    catalogue: Catalogue | None,
    options: IngestOptions = IngestOptions(),  # noqa: B008 - immutable
) -> Plan:
    """Plans what `ingest.pipeline.ingest` would do; `catalogue` is None where there is none yet.

    Raises what the walk raises. Whether a file can be parsed is only known after parsing it, and is not part of the
    plan.
    """
    walk = Walk(paths, include=options.include, exclude=options.exclude, own=settings.data_dir)
    refused: list[FailedFile] = []
    left_out: list[LeftOut] = []
    read: list[Planned] = []
    if catalogue is None:
        skipped = 0
        selected = [(file, False) for file in walk.files(refused.append, left_out.append)]
    else:
        for _ in walk.files(left_out=left_out.append):
            continue
        skipped = survey(walk, catalogue, options.collection, refused.append).skipped
        selected = [(change.file, change.before) for change in changed_files(walk, catalogue, options.collection)]
    for file, before in selected:
        try:
            media_type = media_type_of(file.path)
            refuse_size(file.size, settings)
            with Path(file.path).open("rb") as bytes_:
                digest = hashlib.file_digest(bytes_, "sha256").hexdigest()
        except (LoadError, OSError) as error:
            refused.append(FailedFile(file.path, reason_of(error)))
            continue
        known = catalogue is not None and catalogue.has(digest)
        why: Literal["new", "changed", "known"] = "known" if known else "changed" if before else "new"
        read.append(Planned(file.path, why, kind_name(media_type), file.size))
    gone: list[str] = []
    if options.prune and catalogue is not None:
        folders = folders_of(paths)
        gone = [
            known_path
            for known_path in catalogue.paths_in(options.collection)
            if any(is_within(known_path, folder) for folder in folders) and not path.lexists(known_path)
        ]
    return Plan(tuple(read), skipped, tuple(refused), tuple(gone), tuple(left_out))
