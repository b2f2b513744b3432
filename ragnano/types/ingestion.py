"""What one ingest run did with each file and page."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ragnano.types.documents import HiddenKind


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that could not be ingested, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class UnreadablePage:
    """A page without text in a file that was ingested, and why."""

    path: str
    page: int
    reason: str


@dataclass(frozen=True, slots=True)
class NearCopy:
    """An ingested file whose text resembles a stored document's: `likeness`, 0.5 to 1, is the common share."""

    path: str
    of: str
    likeness: float


@dataclass(frozen=True, slots=True)
class TypeCount:
    """Files of one type that were ingested, and the number of their pages that were read."""

    files: int = 0
    pages: int = 0


@dataclass(frozen=True, slots=True)
class HiddenOnPage:
    """A page whose file contains text that people do not see: how it is hidden, and in how many passages. No text."""

    path: str
    page: int
    kind: HiddenKind
    passages: int


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The outcome of one ingest run. `files` were ingested now; `skipped` were unchanged; `removed` were pruned.

    `moved` (a subset of `files`) had the same bytes at another path before; `types` counts by type name ("PDF");
    `versions` names, for each new document that resembles a stored one, the most similar stored document.
    """

    files: int = 0
    pages: int = 0
    chunks: int = 0
    skipped: int = 0
    replaced: int = 0
    removed: int = 0
    failed: tuple[FailedFile, ...] = ()
    unreadable_pages: tuple[UnreadablePage, ...] = ()
    seconds: float = 0.0
    moved: int = 0
    types: Mapping[str, TypeCount] = field(default_factory=dict)
    versions: tuple[NearCopy, ...] = ()
    hidden: tuple[HiddenOnPage, ...] = ()
