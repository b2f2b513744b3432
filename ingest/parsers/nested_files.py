"""Parses files inside files, such as a message's attachments or an archive's members, each with its own parser.

Limits depth, number and total size, and names the member in its pages; the container formats are parsed elsewhere. A
member that cannot be read becomes an unreadable page with the reason and does not affect the others.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ingest.characters.sanitize import clean
from ingest.discovery.file_types import media_type_in
from ingest.parsers.base.interface import Budget, Inside, LoadedFile, ReadOptions
from ingest.parsers.registry import load
from ragnano.errors import LimitExceeded, LoadError, UnknownKind
from ragnano.text.words import fold
from ragnano.types import Page, ReadBy

MOST_DEPTH = 4
"""Nested containers: a message in an archive that was attached to a message is three."""
MOST_MEMBERS = 5_000
MOST_UNPACKED = 1 << 30
"""Members of one file, and their total bytes, including the members of nested containers. Members are read one by one.
"""
_SPENT = (
    f"left out with all that follows: the file holds more than {MOST_MEMBERS:,} files or {MOST_UNPACKED >> 20:,} MB; "
    "unpack it and take in the folder"
)
_MOST_NAME = 160  # characters


def inside(options: ReadOptions) -> ReadOptions:
    """Return the options for the contents of a container read with `options`. Raises LimitExceeded if too deep."""
    now = options.inside or Inside(0, Budget(MOST_MEMBERS, MOST_UNPACKED))
    if now.depth >= MOST_DEPTH:
        raise LimitExceeded(f"archives and messages are nested more than {MOST_DEPTH} deep; unpack it")
    return replace(options, inside=replace(now, depth=now.depth + 1))


def read_member(name: str, data: bytes, options: ReadOptions, place: str) -> list[Page]:
    """Return the pages of the member called `name`, placed at `place`; one unreadable page if it cannot be parsed.

    `options` come from `inside`; the member's count and size are deducted from their budget.
    """
    assert options.inside is not None
    budget = options.inside.budget
    budget.members, budget.bytes = budget.members - 1, budget.bytes - len(data)
    if is_spent(options):
        return [unreadable(place, _SPENT)]
    return pages_at(place, lambda: load(data, media_type_in(name, data), options))


def pages_at(place: str, read: Callable[[], LoadedFile]) -> list[Page]:
    """Return the pages from `read`, placed at `place`; one unreadable page if it fails."""
    try:
        return list(_placed(read(), place))
    except LoadError as error:
        return [unreadable(place, str(error), "no-reader" if isinstance(error, UnknownKind) else "plain")]
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - error boundary: a parser may raise anything on a malformed file
        return [unreadable(place, f"the parser failed ({type(error).__name__}); save the file anew")]


def is_spent(options: ReadOptions) -> bool:
    """Return whether the budget of the whole file is used up, so that its remaining members need not be tried."""
    return options.inside is not None and min(options.inside.budget.members, options.inside.budget.bytes) < 0


def unreadable(place: str, reason: str, read_by: ReadBy = "plain") -> Page:
    """Return the placeholder page of an unreadable member."""
    return Page(1, 0.0, 0.0, "", read_by=read_by, unreadable=f"{place}: {reason}", place=place)


def numbered(pages: Iterable[Page]) -> tuple[Page, ...]:
    """Return the pages renumbered from 1."""
    return tuple(replace(page, number=number) for number, page in enumerate(pages, 1))


def member_name(name: str) -> str:
    """Return a member's name as a label, without control characters or parent folders, although it is never used as a
    path.
    """
    parts = fold(clean(name)).replace("\\", "/").split("/")
    kept = "/".join(part for part in parts if part not in ("", ".", ".."))
    return kept[-_MOST_NAME:] or "without a name"


def _placed(loaded: LoadedFile, place: str) -> Iterator[Page]:
    for page in loaded.pages:
        own = page.place or (f"page {page.number}" if page.width or len(loaded.pages) > 1 else "")
        whole = ", ".join(part for part in (place, own) if part)
        reason = f"{whole}: {page.unreadable.removeprefix(f'{own}: ')}" if page.unreadable else None
        yield replace(page, place=whole, unreadable=reason)
