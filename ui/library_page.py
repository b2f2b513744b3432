"""The library page: lists, adds and organizes the documents of a collection."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from document_removal import remove, show_removed
from file_adding import intake, show_left_over, show_report, take_in, take_in_uploads
from file_types import ENDINGS, NAMES, kind_name
from safe_text import escape, line_html
from session import DEFAULT_COLLECTION, session
from shared import SAMPLES, choose, counted, document_link, file_name, shared_assistant, showing_errors

from ragnano.assistant import Assistant
from ragnano.errors import NotFoundError
from ragnano.library.collections import LONGEST_NAME
from ragnano.types import Document, Scope

# Rows drawn at once. A hundred take the browser half a second; Find and the page numbers reach the others.
MOST_LISTED = 50

_ORDERS: dict[str, tuple[Callable[[Document], Any], bool]] = {
    "Title": (lambda document: document.title.casefold(), False),
    "Newest date": (lambda document: document.date or "", True),
    "Last added": (lambda document: document.added, True),
    "Most pages": (lambda document: document.pages, True),
}


def choose_collection(assistant: Assistant) -> str:
    """Choose the collection on the page: an existing one, or a new name typed into the box."""
    current = session().library
    # The current collection is offered even while it is empty: a new one, or one whose last document was removed.
    names = sorted({name for name, _ in assistant.catalogue.collections()} | {current})
    chosen = choose(
        "Collection",
        names,
        current,
        "library collection",
        accept_new_options=True,
        help="Documents that belong together, such as one matter. Type a new name to begin another.",
    )
    session().library = " ".join(chosen.split())[:LONGEST_NAME] or DEFAULT_COLLECTION
    return session().library


def manage(assistant: Assistant, collection: str, documents: Sequence[Document]) -> None:
    """Rename the collection, or remove all its documents."""
    with st.popover("Manage", icon=":material/tune:", help="Rename or delete this collection"):
        with st.form("rename", border=False):
            name = st.text_input("New name of this collection", collection, max_chars=LONGEST_NAME)
            if st.form_submit_button("Rename") and name.strip() != collection:
                with showing_errors():
                    assistant.collections.rename(collection, name)
                    _show(" ".join(name.split()))
        st.divider()
        st.markdown(
            f"Delete **{escape(collection)}** with its {counted(len(documents), 'document')}. Your own files stay."
        )
        if st.button("Delete this collection", icon=":material/delete:", key="delete collection"):
            with showing_errors():
                remove(assistant, documents, collection)
                rest = assistant.catalogue.collections()
                _show(rest[0][0] if rest else DEFAULT_COLLECTION)


def _show(collection: str) -> None:
    """Redraw the page with this collection."""
    session().library = collection
    del st.session_state["library collection"]
    st.rerun()


def add_documents(assistant: Assistant, collection: str, *, first: bool) -> None:
    """Draw the ways to add documents: upload, folder, samples. They are added in the background."""
    with st.expander("Add documents", icon=":material/add:", expanded=first, key=f"add {first}"):
        upload, folder = st.tabs(["From your computer", "A folder on this machine"])
        with upload, st.form("upload", border=False, clear_on_submit=False):
            files = st.file_uploader(
                f"Files of these kinds, up to {assistant.settings.file_megabytes} MB each: {NAMES}",
                type=list(ENDINGS),
                accept_multiple_files=True,
                key=f"files {session().uploads_made}",
                max_upload_size=assistant.settings.file_megabytes,
            )
            upload_password = st.text_input(
                "Password of encrypted PDFs", type="password", help="Used now and not kept.", autocomplete="off"
            )
            upload_now = st.form_submit_button("Add these files", type="primary", icon=":material/upload_file:")
        with folder, st.form("folder", border=False):
            named = st.text_input("Folder or file", placeholder=str(Path.home() / "contracts"))
            folder_password = st.text_input(
                "Password of encrypted PDFs",
                type="password",
                help="Used now and not kept.",
                key="folder password",
                autocomplete="off",
            )
            folder_now = st.form_submit_button("Add this folder", icon=":material/create_new_folder:")
        samples_now = (
            first
            and SAMPLES.is_dir()
            and st.button("Add the sample documents", icon=":material/auto_stories:", key="samples")
        )
        if upload_now:
            if not files:
                st.warning("Choose at least one file first.")
                return
            take_in_uploads(assistant, files, collection, _passwords(upload_password))
            session().uploads_made += 1  # a new key empties the box
        elif folder_now:
            path = Path(named.strip()).expanduser()
            if not named.strip():
                raise NotFoundError("no folder was named: type the path of a folder or file on this machine")
            if not path.exists():
                raise NotFoundError(f"no such file or folder: {named.strip()}; check the path")
            take_in(assistant, [path], collection, _passwords(folder_password))
        elif samples_now:
            take_in(assistant, [SAMPLES], collection)
        else:
            return
        st.rerun()


@st.fragment
def list_documents(assistant: Assistant, collection: str, documents: list[Document]) -> None:
    """Draw a row for each document, and actions for the selected ones. A fragment, so that typing redraws only the
    list.

    Redraws the whole page where the collection's documents are no longer those it was given: an action on the list has
    changed them, or another tab or program has.
    """
    if [document.id for document in assistant.documents(Scope(collection))] != [document.id for document in documents]:
        st.rerun()
    pages = sum(document.pages for document in documents)
    st.subheader(f"{counted(len(documents), 'document')}, {counted(pages, 'page')}", anchor=False)
    search_text = ""
    if len(documents) > 8:
        find, order = st.columns([3, 1])
        search_text = session().library_find = find.text_input(
            "Find",
            session().library_find,
            type="search",
            live=True,
            key="library find",
            placeholder="Title, party or file name",
            icon=":material/search:",
        )
        with order:
            session().sorted_by = choose("Order", list(_ORDERS), session().sorted_by, "library order")
    found = [document for document in documents if search_text.casefold().strip() in _searchable(document)]
    key, backwards = _ORDERS[session().sorted_by or "Title"]
    found.sort(key=key, reverse=backwards)
    _picked(assistant, collection, [document for document in found if st.session_state.get(_pick(document))])
    shown = _page_of(found)
    with st.container(key="rows", gap=None, border=bool(shown)):
        for document in shown:
            _row(document)
    if not found:
        st.caption("No document goes by that.")


def _page_of(found: list[Document]) -> list[Document]:
    """Return the documents on the chosen page of the list."""
    last = max((len(found) - 1) // MOST_LISTED, 0)
    if not last:
        return found
    names = [f"{at * MOST_LISTED + 1}–{min((at + 1) * MOST_LISTED, len(found))}" for at in range(last + 1)]
    chosen = st.segmented_control("Shown", names, default=names[0], key="library page", label_visibility="collapsed")
    first = names.index(chosen) * MOST_LISTED if chosen in names else 0
    return found[first : first + MOST_LISTED]


def _row(document: Document) -> None:
    facts = [
        kind_name(document.media_type),
        counted(document.pages, "page"),
        document.date or "",
        " · ".join(document.parties),
        "some pages unreadable" if document.status == "partial" else "",
    ]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"row {document.id[:12]}"):
        st.checkbox(
            escape(f"Pick {document.title}"), key=_pick(document), label_visibility="collapsed", width="content"
        )
        with st.container(gap=None):
            document_link(document.id, document.title)
            st.html(line_html(" · ".join(filter(None, (file_name(document.path), *facts))), "place"))


def _picked(assistant: Assistant, collection: str, picked: Sequence[Document]) -> None:
    """Draw the actions for selected documents: move and remove."""
    if not picked:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="picked"), showing_errors():
        st.markdown(f"**{len(picked)} picked**", width="content")
        with st.popover("Move to …", icon=":material/drive_file_move:"):
            others = [name for name, _ in assistant.catalogue.collections() if name != collection]
            to = st.selectbox(
                "Collection",
                others,
                index=None,
                accept_new_options=True,
                placeholder="One there is, or a new name",
                key="move to",
            )
            st.button(
                "Move", type="primary", disabled=not to, on_click=_move, args=(assistant, picked, collection, str(to))
            )
        st.button(
            "Remove",
            icon=":material/delete:",
            key="remove picked",
            on_click=_remove,
            args=(assistant, picked, collection),
        )


# Both run as callbacks: before the list is drawn, which another change to the page may interrupt.
def _move(assistant: Assistant, picked: Sequence[Document], collection: str, to: str) -> None:
    with showing_errors():
        assistant.collections.move([document.id for document in picked], collection, to)
        session().picks_ended += 1


def _remove(assistant: Assistant, picked: Sequence[Document], collection: str) -> None:
    with showing_errors():
        remove(assistant, picked, collection)
        session().picks_ended += 1


def _pick(document: Document) -> str:
    """Return the key of a document's checkbox. A new one after every action: the browser keeps a checkbox's state by
    its key, so that a document which comes back would be ticked.
    """
    return f"pick {session().picks_ended} {document.id}"


def _passwords(typed: str) -> tuple[str, ...]:
    return (typed,) if typed else ()


def _searchable(document: Document) -> str:
    return " ".join((document.title, *document.parties, *map(file_name, document.paths))).casefold()


def page() -> None:
    """Draw the page."""
    st.title("Library", anchor=False)
    with showing_errors():
        assistant = shared_assistant()
        with st.container(horizontal=True, vertical_alignment="bottom"):
            collection = choose_collection(assistant)
            documents = assistant.documents(Scope(collection))
            if documents:
                manage(assistant, collection, documents)
        show_report(always=True)
        show_left_over(assistant, collection)
        show_removed()
        if not documents and not intake().busy:
            st.info("Nothing in this collection yet. Add a few documents, then ask about them.")
        with showing_errors():  # an error about a missing folder must not hide the list
            add_documents(assistant, collection, first=not documents)
        if documents:
            list_documents(assistant, collection, documents)


page()
