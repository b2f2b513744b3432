"""The page of one document: metadata, outline, unreadable pages, hidden text, versions, related documents."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st
from document_removal import remove, show_removed
from file_types import kind_name
from page_links import ASK_PAGE, Place, addressed, viewer_link
from safe_text import escape, facts_html, line_html
from session import ALL, session
from shared import (
    LIBRARY_PAGE,
    SEARCH_PAGE,
    counted,
    document_link,
    human_size,
    shared_assistant,
    showing_errors,
)

from ragnano.assistant import Assistant
from ragnano.documents.locations import HIDDEN
from ragnano.types import Document, Page, ReadBy

# Entries of an outline or a list of pages; more is no overview.
MOST_ENTRIES = 200
# Outline levels that are indented further than the one above.
DEEPEST = 4

_READ_BY: dict[ReadBy, str] = {
    "text-layer": "from their text",
    "second-reader": "by the fallback parser",
    "ocr": "from their pictures (OCR)",
    "plain": "as plain text",
}


def head(assistant: Assistant, document: Document) -> None:
    """Draw the title and the available actions."""
    st.title(escape(document.title), anchor=False)
    st.html(line_html(" · ".join(filter(None, (*document.parties, document.date))), "place"))
    with st.container(horizontal=True, vertical_alignment="center"):
        viewer_link(Place(document.id), "Read")
        for label, icon, page in (
            ("Ask about it", ":material/forum:", ASK_PAGE),
            ("Search in it", ":material/search:", SEARCH_PAGE),
        ):
            if st.button(label, icon=icon, key=f"go {label}"):
                state = session()
                state.document, state.collection = document.id, ALL
                st.switch_page(page)
        with st.popover("Move", icon=":material/drive_file_move:"), showing_errors():
            _move(assistant, document)
        if st.button("Remove", icon=":material/delete:", key="remove", help="From all collections; can be undone"):
            remove(assistant, [document], None)
            st.switch_page(LIBRARY_PAGE)


def _move(assistant: Assistant, document: Document) -> None:
    come_from = (
        document.collections[0]
        if len(document.collections) == 1
        else str(st.selectbox("From", document.collections, key="move from"))
    )
    others = [name for name, _ in assistant.catalogue.collections() if name != come_from]
    to = st.selectbox("To", others, index=None, accept_new_options=True, placeholder="One there is, or a new name")
    if st.button("Move it", type="primary", disabled=not to):
        assistant.collections.move([document.id], come_from, str(to))
        st.rerun()


def facts(document: Document, pages: Sequence[Page]) -> None:
    """Draw the document's metadata."""
    read_by = Counter(page.read_by for page in pages if not page.unreadable)
    how = ", ".join(f"{count} {_READ_BY[name]}" for name, count in read_by.most_common())
    st.html(
        facts_html(
            (
                ("Collections", ", ".join(document.collections)),
                ("Kind", f"{kind_name(document.media_type)}, {human_size(document.size)}"),
                ("Pages", f"{document.pages}" + (f", read {how}" if how else "")),
                ("Parties", "\n".join(document.parties)),
                ("Date", document.date or "none found"),
                ("Author", document.author),
                ("Added", document.added.replace("T", " ")[:16]),
                ("File" if len(document.paths) == 1 else "Files", "\n".join(document.paths)),
                ("SHA-256", document.id),
            )
        )
    )
    if len(document.paths) > 1:
        st.caption(f"The same bytes stand at {len(document.paths)} places: they are searched once.")


def warnings(document: Document, pages: Sequence[Page]) -> None:
    """Warn of what affects the reliability of the text: unreadable pages and hidden text."""
    unreadable = [page for page in pages if page.misses_text]
    if unreadable:
        st.warning(
            f"{counted(len(unreadable), 'page')} not read in full: answers cannot rest on what is missing there.",
            icon=":material/visibility_off:",
        )
        with st.expander("Unreadable pages", key="unreadable"):
            for page in unreadable[:MOST_ENTRIES]:
                viewer_link(Place(document.id, page.number), f"{_name(page)}: {page.unreadable}", icon="")
    for page in [page for page in pages if page.unreadable and not page.misses_text][:MOST_ENTRIES]:
        st.caption(escape(str(page.unreadable)))
    hidden = [(page, item) for page in pages for item in page.hidden]
    if hidden:
        st.warning(
            f"{counted(len(hidden), 'passage')} of hidden text: the file holds words that are not visible on its "
            "pages. They are left out of search and answers.",
            icon=":material/warning:",
        )
        with st.expander("Hidden text", key="hidden"):
            for page, item in hidden[:MOST_ENTRIES]:
                st.html(
                    line_html(f"{_name(page)}, {HIDDEN[item.kind]}", "place") + line_html(item.text, "fact"),
                )


def _name(page: Page) -> str:
    return page.place or f"Page {page.number}"


def outline(assistant: Assistant, document: Document) -> None:
    """Draw the headings, each a link to its position in the viewer."""
    entries = assistant.collections.outline(document)
    if not entries:
        st.caption("This document has no headings.")
        return
    with st.container(key="outline", gap=None):
        for at, entry in enumerate(entries[:MOST_ENTRIES]):
            with st.container(key=f"level{min(entry.level, DEEPEST)} {at}"):
                if entry.page is None:
                    st.html(line_html(entry.title, "fact"))
                else:
                    viewer_link(Place(document.id, entry.page), f"{entry.title} · {entry.page}", icon="")
        if len(entries) > MOST_ENTRIES:
            st.caption(f"and {len(entries) - MOST_ENTRIES} more")


def related_documents(assistant: Assistant, document: Document) -> None:
    """Draw the other documents that matter for relying on this one."""
    found = assistant.collections.related_documents(document)
    for label, others in (
        ("Amended by", found.amended_by),
        ("Other versions", found.versions),
        ("The same text in another file", found.same_text),
        ("Of the same parties", found.related),
    ):
        if others:
            st.markdown(f"**{label}**")
            for other in others:
                with st.container(gap=None):
                    document_link(other.id, f"{other.title}" + (f", {other.date}" if other.date else ""))
    if found.amended_by:
        st.info("Read it with what amends it: a clause may have been changed.", icon=":material/edit_document:")


def page() -> None:
    """Draw the page."""
    with showing_errors():
        st.page_link(LIBRARY_PAGE, label="Library", icon=":material/arrow_back:")
        assistant, place = shared_assistant(), addressed()
        if place is None:
            st.info("No document was named. Choose one in the library.")
            return
        show_removed()
        document = assistant.catalogue.document(place.document)
        pages = assistant.catalogue.pages(document.id)
        head(assistant, document)
        warnings(document, pages)
        left, right = st.columns([3, 2], gap="large")
        with left:
            facts(document, pages)
            related_documents(assistant, document)
        with right:
            st.subheader("Outline", anchor=False)
            outline(assistant, document)


page()
