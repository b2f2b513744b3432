"""The panel beside the conversation: the page of a citation with its words marked, and the words to copy."""

from dataclasses import replace

import streamlit as st
from citation_cards import heading_text
from js_bridge import bring_into_view
from page_links import Place, viewer_link
from page_view import place_on_page, sheet, zoom_buttons
from safe_text import copy_html, line_html
from session import Opened, session
from shared import file_name

from ragnano.assistant import Assistant
from ragnano.documents.locations import headings_in
from ragnano.errors import NotFoundError
from ragnano.library.search_results import quoted
from ragnano.types import Citation, Document


def lay_beside(citation: Citation, *, by_itself: bool = False) -> None:
    """Open the citation's page beside the conversation."""
    state = session()
    state.openings += 1
    state.opened = Opened(citation, citation.page, state.openings, by_itself)


def put_away() -> None:
    """Close the panel."""
    session().opened = None


def panel(assistant: Assistant, opened: Opened) -> None:
    """Draw the panel. Each opening has its own widget keys, because an answer may replace the page within one run."""
    citation = opened.citation
    with st.container(key=f"desk-panel-{'auto-' if opened.by_itself else ''}{opened.number}", gap="small"):
        try:
            document = assistant.catalogue.document(citation.document)
        except NotFoundError:
            _bar(None, opened)
            st.info("This document has been removed from the library since.", icon=":material/folder_off:")
            return
        _bar(document, opened)
        place = shown_place(opened)
        zoom = session().zoom
        sheet(assistant, document, place, zoom, f"panel-{opened.number}")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if opened.page == citation.page:
                _words(citation)
            viewer_link(place)
        bring_into_view(f"{opened.number} {opened.page} {zoom}", place_on_page(assistant, place))


def shown_place(opened: Opened) -> Place:
    """Return the displayed page; words are marked only on the citation's own page."""
    citation = opened.citation
    span = (citation.start, citation.end) if opened.page == citation.page else (0, 0)
    return Place(citation.document, opened.page, *span)


def _bar(document: Document | None, opened: Opened) -> None:
    citation, key = opened.citation, f"panel {opened.number}"
    with st.container(horizontal=True, wrap=False, vertical_alignment="top", gap="small"):
        st.html(
            line_html(document.title if document else citation.title, "source")
            + line_html(_location(citation, opened.page), "place")
        )
        st.button("Close", icon=":material/close:", key=f"{key} close", type="tertiary", on_click=put_away)
    if document is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"panel-bar-{opened.number}"):
        _turn("Previous", ":material/chevron_left:", opened, -1, document, key)
        st.html(line_html(f"{opened.page} / {document.pages}", "fact"), width="content")
        _turn("Next", ":material/chevron_right:", opened, 1, document, key)
        zoom_buttons(key)


def _location(citation: Citation, page: int) -> str:
    """Return file, place and the headings above the words, outermost first."""
    here = page == citation.page
    place = citation.place if here and citation.place else f"page {page}"
    headings = " › ".join(map(heading_text, headings_in(citation.section))) if here else ""
    return " · ".join(filter(None, (file_name(citation.path), place, headings)))


def _turn(name: str, icon: str, opened: Opened, step: int, document: Document, key: str) -> None:
    page = opened.page + step
    st.button(
        name,
        icon=icon,
        key=f"{key} {name}",
        type="tertiary",
        disabled=not 1 <= page <= document.pages,
        on_click=_turn_to,
        args=(opened, page),
    )


def _turn_to(opened: Opened, page: int) -> None:
    session().opened = replace(opened, page=page, by_itself=False)


def _words(citation: Citation) -> None:
    """Draw the words for copying: alone, and with their reference for a letter or a note."""
    words = " ".join(citation.quote.split())
    st.html(copy_html(words, "Copy words") + copy_html(quoted(citation), "Copy with reference"), width="content")
