"""Where words stand in what has no printed pages: a slide, a sheet's cells, a message's part. Pure."""

from pathlib import PurePath

from ragnano.types import Citation, Page


def place_of(page: Page, start: int, end: int) -> str:
    """The page's name and the marks that [start, end) touches: "Sheet Costs, B7:D7"; "" for a plain page."""
    touched = [mark.name for mark in page.marks if mark.start < end and start < mark.end]
    named = touched[:1] if touched[:1] == touched[-1:] else [f"{touched[0]}:{touched[-1]}"]
    return ", ".join(part for part in (page.place, *named) if part)


def where(citation: Citation) -> str:
    """Where a citation stands, for people: "lease.pdf, page 4, 8.2 Term", "costs.xlsx, Sheet Costs, B7"."""
    section = citation.section.rsplit(" > ", 1)[-1]
    parts = (PurePath(citation.path).name, citation.place or f"page {citation.page}", section)
    return ", ".join(part for part in parts if part)
