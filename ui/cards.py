"""Citations on the screen: the quoted words, where they stand, and the page's picture with them marked."""

from collections.abc import Sequence
from functools import lru_cache

import streamlit as st
from safe_text import escape, line_html, marked_html, quote_html
from shared import file_name

from ragnano.assistant import Assistant
from ragnano.errors import RagnanoError
from ragnano.pictures import Picture, crop_around, has_pictures, highlighted, page_picture
from ragnano.types import Box, Citation, Conflict, Document

SCALE = 2.0
"""Pixels per point: an A4 page is 1,190 wide, sharp at the widths a page is shown in."""


@st.fragment
def card(helper: Assistant, citation: Citation, key: str, *, picture: bool = True) -> None:
    """One citation. `picture` shows the place at once; otherwise it is drawn when the card's page is opened."""
    with st.container(border=True, key=key):
        mark = f"{citation.number} · " if citation.number else ""
        st.html(
            line_html(f"{mark}{file_name(citation.path)} · {citation.place or f'page {citation.page}'}", "source")
            + (line_html(_section(citation.section), "place") if citation.section else "")
        )
        st.html(quote_html(citation.quote))
        try:
            document = helper.catalogue.document(citation.document)
        except RagnanoError:
            st.caption("This document has been removed since.")
            return
        if picture:
            _place(helper, document, citation)
        opened = st.expander(
            citation.place or f"Page {citation.page}", key=f"{key} page", icon=":material/article:", on_change="rerun"
        )
        if opened.open:
            with opened:
                _whole_page(helper, document, citation)


def conflict(helper: Assistant, contradiction: Conflict, citations: Sequence[Citation], key: str) -> None:
    """The sides of a conflict beside each other, the one from the later document marked."""
    with st.container(border=True, key=key):
        st.html(line_html("These passages differ. Neither is preferred here: read both.", "source"))
        for at, (column, side) in enumerate(
            zip(st.columns(len(contradiction.sides)), contradiction.sides, strict=True)
        ):
            parts = [citation for citation in citations if citation.number == side.citation]
            with column:
                _side(helper, parts, side.fact, later=contradiction.later == at)


def _side(helper: Assistant, parts: Sequence[Citation], fact: str, *, later: bool) -> None:
    """One side: number, file, the date it bears, and the words that differ (the whole passage when all of them do)."""
    first = parts[0]
    try:
        date = helper.catalogue.document(first.document).date
    except RagnanoError:  # removed since; its card says so
        date = None
    st.html(
        line_html(f"{first.number} · {file_name(first.path)}" + (f" · dated {date}" if date else ""), "place")
        + quote_html(fact or " ".join(part.quote for part in parts))
    )
    if later:
        st.badge("Later document", icon=":material/update:", color="orange")


def _section(section: str) -> str:
    return section if any(char.isalpha() for char in section) else f"Section {section}"


def _place(helper: Assistant, document: Document, citation: Citation) -> None:
    """The part of the page round the quote, large enough to read."""
    if not has_pictures(document) or not citation.boxes:
        return
    try:
        part = _marked_part(document, citation.page, citation.boxes)
    except RagnanoError as error:
        st.caption(escape(str(error)))
        return
    st.image(part.png, width="stretch", alt=f"Part of page {citation.page} with the quoted words marked")


def _whole_page(helper: Assistant, document: Document, citation: Citation) -> None:
    try:
        if has_pictures(document):
            page = _marked_page(document, citation.page, citation.boxes)
            st.image(page.png, width="stretch", alt=f"Page {citation.page} with the quoted words marked")
            return
    except RagnanoError as error:
        st.caption(escape(str(error)))
    text = helper.page(document.id, citation.page).text
    st.html(marked_html(text, citation.start, citation.end))


# A page is drawn again whenever its card is: each of the two costs about 0.1 s, and every rerun draws all cards.
@lru_cache(maxsize=32)
def _marked(document: Document, page: int, boxes: tuple[Box, ...]) -> Picture:
    return highlighted(page_picture(document, page, scale=SCALE), boxes)


def _marked_page(document: Document, page: int, boxes: tuple[Box, ...]) -> Picture:
    page_picture(document, page, scale=SCALE)  # is the file still the one that was read?
    return _marked(document, page, boxes)


@lru_cache(maxsize=64)
def _cropped(document: Document, page: int, boxes: tuple[Box, ...]) -> Picture:
    return crop_around(_marked(document, page, boxes), boxes)


def _marked_part(document: Document, page: int, boxes: tuple[Box, ...]) -> Picture:
    page_picture(document, page, scale=SCALE)
    return _cropped(document, page, boxes)
