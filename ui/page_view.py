"""Draws a document page: its picture with words marked, rendered on demand, or its text if there is no picture.

Pages are drawn again at every rerun, so recent results are kept in bounded caches.
"""

from functools import lru_cache

import streamlit as st
from page_links import Place
from safe_text import escape, line_html, marked_html
from session import session

from ragnano.assistant import Assistant
from ragnano.documents.outline import boxes_of
from ragnano.documents.page_images import Picture, has_pictures, highlighted, page_picture, trimmed
from ragnano.errors import RagnanoError
from ragnano.types import Box, Document

SCALE = 2.0
"""Pixels per point: an A4 page is 1,190 wide, sharp at the widths at which pages are displayed."""

ZOOMS = (100, 130, 170, 220)
"""Per cent of the available width."""

_AROUND = 1_000_000  # characters; the whole page's text


def sheet(assistant: Assistant, document: Document, place: Place, zoom: int, key: str) -> None:
    """Draw the page of the place with its words marked, in a scrolling frame. Raises NotFoundError."""
    page = assistant.page(document.id, place.page)
    with st.container(key=f"{key}-sheet-{zoom}"):
        if has_pictures(document):
            try:
                boxes = boxes_of(page, place.start, place.end)
                picture = _marked_page(document, place.page, boxes)
                marked = " with the words marked" if boxes else ""
                st.image(picture.png, width="stretch", alt=f"Page {place.page}{marked}")
                if place.end > place.start and not boxes:
                    st.html(marked_html(page.text, place.start, place.end))
                return
            except RagnanoError as error:
                st.caption(escape(str(error)))
        if page.unreadable:
            label = "Not all of this page was read" if page.text.strip() else "This page gave no text"
            st.html(line_html(f"{label}: {page.unreadable}", "fact"))
        st.html(marked_html(page.text, place.start, place.end, around=_AROUND))


def place_on_page(assistant: Assistant, place: Place) -> float | None:
    """Return where the marked words begin, as a share of the page's height; None without a position on a printed page.

    Raises NotFoundError.
    """
    page = assistant.page(place.document, place.page)
    boxes = boxes_of(page, place.start, place.end)
    return min(box.y0 for box in boxes) / page.height if boxes and page.height else None


def zoom_buttons(key: str) -> None:
    """Draw the zoom buttons, which apply to all pages that this tab displays."""
    zoom = session().zoom
    at = ZOOMS.index(zoom)
    for name, icon, step in (("Smaller", ":material/zoom_out:", -1), ("Larger", ":material/zoom_in:", 1)):
        st.button(
            name,
            icon=icon,
            key=f"{key} {name}",
            type="tertiary",
            disabled=not 0 <= at + step < len(ZOOMS),
            on_click=_zoom,
            args=(ZOOMS[(at + step) % len(ZOOMS)],),
        )


def _zoom(zoom: int) -> None:
    session().zoom = zoom


@lru_cache(maxsize=32)
def _marked(document: Document, page: int, boxes: tuple[Box, ...]) -> Picture:
    return trimmed(highlighted(page_picture(document, page, scale=SCALE), boxes))


def _marked_page(document: Document, page: int, boxes: tuple[Box, ...]) -> Picture:
    page_picture(document, page, scale=SCALE)  # fails if the file is no longer the one that was parsed
    return _marked(document, page, boxes)
