"""Files inside files: a mail's attachments, an archive's members, each read by its own reader and named in its pages.

Knows limits (how deep, how many, how large in all) and names; knows no container's format. What cannot be read is an
unreadable page with the reason and costs nothing but itself.
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
"""Containers inside containers: a mail in an archive that was attached to a mail is three."""
MOST_MEMBERS = 5_000
MOST_UNPACKED = 1 << 30
"""Members of a file, and bytes of them, its containers' members included. Members are read one after the other."""
_SPENT = (
    f"left out with all that follows: the file holds more than {MOST_MEMBERS:,} files or {MOST_UNPACKED >> 20:,} MB; "
    "unpack it and take in the folder"
)
_MOST_NAME = 160  # characters


def inside(options: ReadOptions) -> ReadOptions:
    """The options for what is inside a container that is read with `options`. Raises LimitExceeded for one too deep."""
    now = options.inside or Inside(0, Budget(MOST_MEMBERS, MOST_UNPACKED))
    if now.depth >= MOST_DEPTH:
        raise LimitExceeded(f"archives and messages inside each other, more than {MOST_DEPTH} deep; unpack it")
    return replace(options, inside=replace(now, depth=now.depth + 1))


def read_member(name: str, data: bytes, options: ReadOptions, place: str) -> list[Page]:
    """The pages of a member called `name`, at `place`; one unreadable page when nothing can be made of it.

    `options` as `inside` gives them; what the member comes to is taken from their budget.
    """
    assert options.inside is not None
    budget = options.inside.budget
    budget.members, budget.bytes = budget.members - 1, budget.bytes - len(data)
    if is_spent(options):
        return [unreadable(place, _SPENT)]
    return pages_at(place, lambda: load(data, media_type_in(name, data), options))


def pages_at(place: str, read: Callable[[], LoadedFile]) -> list[Page]:
    """The pages that `read` gives, at `place`; one unreadable page when it gives none."""
    try:
        return list(_placed(read(), place))
    except LoadError as error:
        return [unreadable(place, str(error), "no-reader" if isinstance(error, UnknownKind) else "plain")]
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - the border for whatever a reader raises on a malformed file
        return [unreadable(place, f"the reader failed on it ({type(error).__name__}); save the file anew")]


def is_spent(options: ReadOptions) -> bool:
    """Whether the whole file's members have come to too much, so that the rest of them need not be tried."""
    return options.inside is not None and min(options.inside.budget.members, options.inside.budget.bytes) < 0


def unreadable(place: str, reason: str, read_by: ReadBy = "plain") -> Page:
    """The page of a member that gave nothing."""
    return Page(1, 0.0, 0.0, "", read_by=read_by, unreadable=f"{place}: {reason}", place=place)


def numbered(pages: Iterable[Page]) -> tuple[Page, ...]:
    """The pages counted anew from 1."""
    return tuple(replace(page, number=number) for number, page in enumerate(pages, 1))


def member_name(name: str) -> str:
    """A member's name as a label: no control characters, and no way out of a folder, though it is never a path."""
    parts = fold(clean(name)).replace("\\", "/").split("/")
    kept = "/".join(part for part in parts if part not in ("", ".", ".."))
    return kept[-_MOST_NAME:] or "without a name"


def _placed(loaded: LoadedFile, place: str) -> Iterator[Page]:
    for page in loaded.pages:
        own = page.place or (f"page {page.number}" if page.width or len(loaded.pages) > 1 else "")
        whole = ", ".join(part for part in (place, own) if part)
        reason = f"{whole}: {page.unreadable.removeprefix(f'{own}: ')}" if page.unreadable else None
        yield replace(page, place=whole, unreadable=reason)
