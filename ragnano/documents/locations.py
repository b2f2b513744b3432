"""Formats locations for people: section headings, and places in what has no printed pages (slides, sheets, parts of
messages).
"""

import re
from collections.abc import Sequence
from pathlib import PurePath

from ragnano.types import Citation, HiddenKind, Page

HIDDEN: dict[HiddenKind, str] = {
    "colour": "in the colour of its background",
    "size": "too small to be read",
    "off-page": "outside the page",
    "covered": "beneath something else",
    "invisible": "not drawn or not shown",
    "characters": "in characters that show nothing or show as others",
}
"""Descriptions of how text is hidden, for people."""

_UNDER = " > "
"""Separates the headings in a section path: "8 Term > 8.2 Renewal"."""

_TABLE_CELL = re.compile(r"((?:.*, )?(?:row \d+|head)), ")
_SHEET_CELL = re.compile(r"[A-Z]{1,3}(\d{1,7})")


def place_of(page: Page, start: int, end: int) -> str:
    """Returns the page's name and the marks that [start, end) overlaps: "Sheet Costs, B7:D7"; "" for a plain page.

    A page without a name is named by its number if it has such marks: "page 4, Table 1, row 3, Price".
    """
    touched = [mark.name for mark in page.marks if mark.start < end and start < mark.end]
    if not touched:
        return page.place
    return f"{page.place or f'page {page.number}'}, {_from_to(touched[0], touched[-1])}"


def row_of(name: str) -> str:
    """Returns a cell's row by the cell's name: "Table 1, row 3" for its Price, "7" for B7; "" for other names."""
    if found := _TABLE_CELL.match(name):
        return found[1]
    return found[1] if (found := _SHEET_CELL.fullmatch(name)) else ""


def is_head(row: str) -> bool:
    """Whether a row with this name contains the names of its table's columns."""
    return row.endswith("head")


def _from_to(first: str, last: str) -> str:
    """Joins two names into a range after their common part: "B7:D7", "table 1, row 2–4", "row 3, Item:Price"."""
    if first == last:
        return first
    one, two = first.split(", "), last.split(", ")
    shared = next((at for at, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1]), 0)
    (before, _, _), (after, _, number) = one[shared].rpartition(" "), two[shared].rpartition(" ")
    to = f"{one[shared]}–{number}" if before and before == after else f"{one[shared]}:{two[shared]}"
    return ", ".join([*one[:shared], to])


def where(citation: Citation) -> str:
    """Formats a citation's location: "lease.pdf, page 4, 8.2 Term", "costs.xlsx, Sheet Costs, B7"."""
    section = innermost(citation.section)
    parts = (PurePath(citation.path).name, citation.place or f"page {citation.page}", section)
    return ", ".join(part for part in parts if part)


def section_path(headings: Sequence[str]) -> str:
    """Joins headings, outermost first, into the section path of chunks and citations."""
    return _UNDER.join(headings)


def headings_in(section: str) -> tuple[str, ...]:
    """The headings of a section path, outermost first; () for none."""
    return tuple(filter(None, section.split(_UNDER)))


def innermost(section: str) -> str:
    """Returns the last heading of a section path, "" for none."""
    return section.rpartition(_UNDER)[2]
