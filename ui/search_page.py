"""The search page: matching clauses, updated while typing, without a language model; by document, to open or quote."""

from collections.abc import Sequence
from itertools import islice

import streamlit as st
from filter_controls import choose_limits, scope_now
from page_links import Place, viewer_link
from safe_text import escape, highlighted_html, line_html
from session import session
from shared import LIBRARY_PAGE, counted, file_name, shared_assistant, showing_errors

from ragnano.assistant import Assistant
from ragnano.documents.locations import headings_in
from ragnano.library.search_results import (
    DocumentPassages,
    Passage,
    as_csv,
    as_markdown,
    by_document,
    quoted,
    reference,
)
from ragnano.types import Scope

# Passages of one search: as many as a user reads before trying other words.
FOUND = 30
# Passages of a document that are shown at once; the others open with a click.
FEW = 3
# Pause in typing before the search runs, which takes 0.1 s, and drawing its results as much again.
PAUSE = "300ms"
_EXAMPLES = ("termination for convenience", '"sixty days"', "limitation of liability", "governing law")


@st.fragment
def search(assistant: Assistant, scope: Scope) -> None:
    """Draw the search box and its results. A fragment: typing redraws nothing else, so the box keeps its text."""
    state = session()
    state.search = st.text_input(
        "Search",
        state.search,
        type="search",
        live=PAUSE,
        key="search words",
        placeholder="Words of a clause, a section number, or an exact phrase in quotation marks",
        icon=":material/search:",
        label_visibility="collapsed",
    ).strip()
    if not any(character.isalnum() for character in state.search):
        _examples()
        return
    with showing_errors():
        groups = by_document(assistant.find(state.search, scope, FOUND), assistant.catalogue)
        if not groups:
            st.info("Nothing found within the limits chosen.", icon=":material/search_off:")
            return
        _head(state.search, groups)
        for group in groups:
            _group(group)


def _examples() -> None:
    st.caption("For example:")
    with st.container(horizontal=True):
        for words in _EXAMPLES:
            st.button(words, key=f"example {words}", on_click=_try, args=(words,))


def _try(words: str) -> None:
    session().search = words
    st.session_state["search words"] = words


def _head(question: str, groups: Sequence[DocumentPassages]) -> None:
    """Draw the number of results and the export buttons."""
    passages = sum(len(group.passages) for group in groups)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{counted(passages, 'passage')}** in {counted(len(groups), 'document')}", width="content")
        with st.popover("Export", icon=":material/download:"):
            for label, name, text, kind in (
                ("Markdown", "passages.md", as_markdown(question, groups), "text/markdown"),
                ("Spreadsheet (CSV)", "passages.csv", as_csv(groups), "text/csv"),
            ):
                st.download_button(label, text, name, kind, on_click="ignore", key=f"export {name}", type="tertiary")


def _group(group: DocumentPassages) -> None:
    document = group.document
    st.html(
        line_html(document.title, "group")
        + line_html(" · ".join(filter(None, (file_name(document.path), document.date, *document.parties))), "place")
    )
    shown, rest = group.passages[:FEW], group.passages[FEW:]
    for at, passage in enumerate(shown):
        _passage(passage, f"{document.id[:12]} {at}")
    if rest:
        more = st.expander(f"{len(rest)} more in this document", key=f"more {document.id[:12]}", on_change="rerun")
        if more.open:
            with more:
                for at, passage in enumerate(islice(group.passages, FEW, None), FEW):
                    _passage(passage, f"{document.id[:12]} {at}")


def _passage(passage: Passage, key: str) -> None:
    citation = passage.citation
    with st.container(border=True, key=f"passage {key}", gap="xsmall"):
        place = citation.place or f"Page {citation.page}"
        section = " › ".join(headings_in(citation.section))
        st.html(
            line_html(" · ".join(filter(None, (place, section))), "place")
            + highlighted_html(citation.quote, passage.marks)
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            viewer_link(Place(citation.document, citation.page, citation.start, citation.end), "Open here")
            with st.popover("Copy quote", icon=":material/content_copy:", type="tertiary", key=f"copy {key}"):
                st.code(quoted(citation), language=None, wrap_lines=True)
                st.caption(escape(f"Quoted as {reference(citation)}. The button at the corner copies it."))
            if not passage.marks:
                st.caption("Found by its meaning: none of your words stand here.", width="content")


def page() -> None:
    """Draw the page."""
    st.title("Search", anchor=False)
    with showing_errors():
        assistant = shared_assistant()
        if not assistant.catalogue.collections():
            st.info("There is nothing to search in yet. Add documents first.", icon=":material/library_books:")
            st.page_link(LIBRARY_PAGE, label="Go to the library", icon=":material/library_books:")
            return
        with st.sidebar:
            choose_limits(assistant, session(), "search")
        search(assistant, scope_now(assistant, session()))


page()
