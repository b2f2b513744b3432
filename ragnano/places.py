"""Where words stand in what has no printed pages: a slide, a sheet's cells, a message's part. Pure."""

from pathlib import PurePath

from ragnano.types import Citation, Page


def place_of(page: Page, start: int, end: int) -> str:
    """The page's name and the marks that [start, end) touches: "Sheet Costs, B7:D7"; "" for a plain page.

    Where marks stand on a page without a name, its number is the name: "page 2, table 1, row 3".
    """
    touched = [mark.name for mark in page.marks if mark.start < end and start < mark.end]
    if not touched:
        return page.place
    first, last = touched[0], touched[-1]
    return f"{page.place or f'page {page.number}'}, {first if first == last else _range(first, last)}"


def _range(first: str, last: str) -> str:
    """ "B7:D7"; "table 1, row 2–4" where all but the last word is the same."""
    before, (after, _, to) = first.rpartition(" ")[0], last.rpartition(" ")
    return f"{first}–{to}" if before and before == after else f"{first}:{last}"


def where(citation: Citation) -> str:
    """Where a citation stands, for people: "lease.pdf, page 4, 8.2 Term", "costs.xlsx, Sheet Costs, B7"."""
    section = citation.section.rsplit(" > ", 1)[-1]
    parts = (PurePath(citation.path).name, citation.place or f"page {citation.page}", section)
    return ", ".join(part for part in parts if part)
