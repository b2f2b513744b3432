"""The document viewer: a document page by page, with outline, word search, and the places that past answers quoted.

The address contains what is open (document, page, marked words), so that refresh, links and the browser's back button
work.
"""

from typing import Literal

import streamlit as st
from js_bridge import bring_into_view
from page_links import Place, address_of, addressed
from page_view import place_on_page, sheet, zoom_buttons
from safe_text import escape, line_html
from session import session
from shared import counted, file_name, shared_assistant, showing_errors

from ragnano.assistant import Assistant
from ragnano.documents.outline import find_words, outline_of
from ragnano.errors import NotFoundError
from ragnano.types import Document, Span

MOST_LISTED = 200
"""Outline entries drawn at once, and search results."""

_AROUND = 30  # characters shown on each side of a match


def turn_to(place: Place) -> None:
    """Open the place. A button callback, called before the page is drawn again."""
    session().reading = place
    st.query_params.from_dict(address_of(place))


def choose_document(assistant: Assistant) -> None:
    """Draw the choice of a document while none is open."""
    documents = {document.id: document.title for document in assistant.documents()}
    if not documents:
        st.info("There is nothing to read yet. Add documents in the library.", icon=":material/library_books:")
        return
    chosen = st.selectbox(
        "Document", list(documents), index=None, format_func=lambda found: documents[found], key="reader document"
    )
    if chosen:
        turn_to(Place(chosen))
        st.rerun()


def heading(document: Document) -> None:
    """Draw the name of the open document."""
    st.title(escape(document.title), anchor=False)
    facts = [file_name(document.path), counted(document.pages, "page"), document.date or "", *document.parties]
    st.html(line_html(" · ".join(filter(None, facts)), "place"))


def turning(document: Document, place: Place) -> None:
    """Draw the row above the page: page navigation and zoom."""
    with st.container(horizontal=True, vertical_alignment="center", key="reader-bar"):
        st.button(
            "Previous",
            icon=":material/chevron_left:",
            key="reader previous",
            type="tertiary",
            disabled=place.page <= 1,
            on_click=turn_to,
            args=(Place(document.id, place.page - 1),),
            shortcut="Alt+Left",
        )
        st.html(line_html(f"Page {place.page} of {document.pages}", "fact"), width="content")
        st.button(
            "Next",
            icon=":material/chevron_right:",
            icon_position="right",
            key="reader next",
            type="tertiary",
            disabled=place.page >= document.pages,
            on_click=turn_to,
            args=(Place(document.id, place.page + 1),),
            shortcut="Alt+Right",
        )
        zoom_buttons("reader")


def found_words(assistant: Assistant, document: Document) -> None:
    """Draw the word search and its results."""
    search_text = st.text_input(
        "Find in this document", key="reader find", icon=":material/search:", placeholder="Words as they stand"
    )
    if not search_text.strip():
        return
    pages = assistant.catalogue.pages(document.id)
    found, texts = find_words(pages, search_text), {page.number: page.text for page in pages}
    st.caption(counted(len(found), "place") if found else "These words do not stand in it.")
    with st.container(height=260 if len(found) > 6 else "content", gap=None, border=bool(found), key="reader-found"):
        for at, span in enumerate(found[:MOST_LISTED]):
            _entry(f"p. {span.page}  {_around(texts[span.page], span)}", Place(document.id, *span), f"found {at}")
    if len(found) > MOST_LISTED:
        st.caption(f"The first {MOST_LISTED} of {len(found)}.")


def outline(assistant: Assistant, document: Document, place: Place) -> None:
    """Draw the document's headings, each a link to its page."""
    entries = [item for item in outline_of(document, assistant.catalogue.chunks_of(document.id)) if item.page]
    if not entries:
        return
    box = st.expander(f"Outline ({len(entries)})", icon=":material/toc:", expanded=True)
    height: int | Literal["content"] = 360 if len(entries) > 9 else "content"
    with box, st.container(height=height, border=False, gap=None, key="reader-outline"):
        for at, entry in enumerate(entries[:MOST_LISTED]):
            label = "\u2003" * (entry.level - 1) + entry.title
            _entry(label, Place(document.id, entry.page or 1), f"outline {at}", now=entry.page == place.page)


def cited(assistant: Assistant, document: Document) -> None:
    """List the places of this document that past answers quoted."""
    quotes = [
        (found, citation)
        for found in assistant.catalogue.turns_about(document.id)
        if found.turn.answer
        for citation in found.turn.answer.citations
        if citation.document == document.id
    ]
    box = st.expander(f"Cited in past answers ({len(quotes)})", icon=":material/format_quote:")
    with box, st.container(border=False, gap=None, key="reader-cited"):
        if not quotes:
            st.caption("No answer that was kept quotes this document.")
        for at, (found, citation) in enumerate(quotes[:MOST_LISTED]):
            place = Place(document.id, citation.page, citation.start, citation.end)
            _entry(f"p. {citation.page}  {found.turn.asked}", place, f"cited {at}")


def _entry(label: str, place: Place, key: str, *, now: bool = False) -> None:
    words = escape(label) if label.strip() else "—"
    st.button(
        f"**{words}**" if now else words,
        key=f"reader {key}",
        type="tertiary",
        on_click=turn_to,
        args=(place,),
        width="stretch",
    )


def _around(text: str, span: Span) -> str:
    before, behind = text[max(span.start - _AROUND, 0) : span.start], text[span.end : span.end + _AROUND]
    return f"…{before}{text[span.start : span.end]}{behind}…"


def page() -> None:
    """Draw the page."""
    st.set_page_config(layout="wide")
    with showing_errors():
        assistant = shared_assistant()
        state = session()
        place = addressed() or state.reading
        if place is None:
            st.title("Reader", anchor=False)
            choose_document(assistant)
            return
        _read(assistant, place)


def _read(assistant: Assistant, place: Place) -> None:
    state = session()
    try:
        document = assistant.catalogue.document(place.document)
    except NotFoundError:
        state.reading = None
        st.query_params.clear()
        st.title("Reader", anchor=False)
        st.info("This document is not in the library any more.", icon=":material/menu_book:")
        choose_document(assistant)
        return
    place = place._replace(page=min(place.page, document.pages))
    turn_to(place)
    heading(document)
    # The page comes first because on a phone the columns stand below each other in this order.
    main, aside = st.columns([2, 1], gap="medium")
    with main:
        turning(document, place)
        sheet(assistant, document, place, state.zoom, "reader")
        bring_into_view(" ".join(map(str, (*place, state.zoom))), place_on_page(assistant, place))
    with aside:
        found_words(assistant, document)
        outline(assistant, document, place)
        cited(assistant, document)


page()
