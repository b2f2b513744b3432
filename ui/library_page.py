"""The library: what is in a collection, adding to it, removing from it."""

from pathlib import Path

import streamlit as st
from adding import show_report, take_in, take_in_uploads, take_out
from safe_text import escape, line_html
from session import DEFAULT_COLLECTION, session
from shared import SAMPLES, assistant, choose, counted, file_name, told
from uploads import TYPES

from ragnano.assistant import Assistant
from ragnano.errors import NotFoundError
from ragnano.types import Document, Scope

MOST_LISTED = 100  # rows drawn at once; a filter finds the others


def choose_collection(helper: Assistant) -> str:
    """The collection on the page: one there is, or a new name typed into the box."""
    current = session().library
    # The collection on the page is offered even while it is empty: a new one, or one whose last document is gone.
    names = sorted({name for name, _ in helper.catalogue.collections()} | {current})
    chosen = choose(
        "Collection",
        names,
        current,
        "library collection",
        accept_new_options=True,
        help="Documents that belong together, such as one matter. Type a new name to begin another.",
    )
    session().library = " ".join(chosen.split()) or DEFAULT_COLLECTION
    return session().library


def add_documents(helper: Assistant, collection: str, *, first: bool) -> None:
    """Upload, folder, samples; each runs at once and shows its progress here."""
    with st.container(border=True):
        st.markdown("**Add documents**")
        upload, folder = st.tabs(["From your computer", "A folder on this machine"])
        with upload, st.form("upload", border=False, clear_on_submit=False):
            files = st.file_uploader(
                "PDF, text or Markdown files",
                type=list(TYPES),
                accept_multiple_files=True,
                key=f"files {session().uploads_made}",
                max_upload_size=helper.settings.file_megabytes,
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
            take_in_uploads(helper, files, collection, _passwords(upload_password))
            session().uploads_made += 1  # a new key empties the box
        elif folder_now:
            if not named.strip():
                raise NotFoundError("no folder was named: type the path of a folder or file on this machine")
            take_in(helper, [Path(named.strip()).expanduser()], collection, _passwords(folder_password))
        elif samples_now:
            take_in(helper, [SAMPLES], collection)
        else:
            return
        st.rerun()


def list_documents(helper: Assistant, collection: str, documents: list[Document]) -> None:
    """A row for each document; opening one shows what is known of it."""
    pages = sum(document.pages for document in documents)
    st.subheader(f"{counted(len(documents), 'document')}, {counted(pages, 'page')}", anchor=False)
    wanted = ""
    if len(documents) > 8:
        wanted = st.text_input("Find", placeholder="Title, party or file name", icon=":material/search:").casefold()
    found = [document for document in documents if wanted in _searchable(document)]
    for document in found[:MOST_LISTED]:
        _row(helper, collection, document)
    if len(found) > MOST_LISTED:
        st.caption(f"The first {MOST_LISTED} of {len(found):,}. Find narrows the list.")
    if not found:
        st.caption("No document goes by that.")


def _row(helper: Assistant, collection: str, document: Document) -> None:
    partial = document.status == "partial"
    icon = ":material/warning:" if partial else ":material/description:"
    facts_told = [counted(document.pages, "page"), document.date or "", " · ".join(document.parties)]
    facts_told += ["some pages unreadable"] if partial else []
    label = f"**{escape(document.title)}** · {escape(' · '.join(filter(None, facts_told)))}"
    row = st.expander(label, icon=icon, key=f"row {document.id}", on_change="rerun")
    if not row.open:
        return
    with row, told():
        facts = [
            ("File", ", ".join(document.paths)),
            ("Parties", "; ".join(document.parties)),
            ("Date", document.date or ""),
            ("Author", document.author),
            ("Also in", ", ".join(name for name in document.collections if name != collection)),
            ("Added", document.added.replace("T", " ")[:16]),
        ]
        for name, value in facts:
            if value:
                st.html(line_html(f"{name}: {value}", "fact"))
        for page in helper.catalogue.pages(document.id) if partial else []:
            if page.unreadable:
                st.html(line_html(f"Page {page.number}: {page.unreadable}", "fact"))
        with st.popover("Remove", icon=":material/delete:"):
            st.markdown(
                f"Remove **{escape(document.title)}** from this collection? Its text and index are deleted here; "
                "your own file stays where it is."
            )
            if st.button("Remove for good", type="primary", key=f"remove {document.id}"):
                take_out(helper, document, collection)
                st.rerun()


def _passwords(typed: str) -> tuple[str, ...]:
    return (typed,) if typed else ()


def _searchable(document: Document) -> str:
    return " ".join((document.title, *document.parties, *map(file_name, document.paths))).casefold()


def page() -> None:
    """Draw the page."""
    st.title("Library", anchor=False)
    with told():
        helper = assistant()
        collection = choose_collection(helper)
        show_report()
        documents = helper.documents(Scope(collection))
        if not documents:
            st.info("Nothing in this collection yet. Add a few documents below, then ask about them.")
            add_documents(helper, collection, first=True)
            return
        list_documents(helper, collection, documents)
        add_documents(helper, collection, first=False)


page()
