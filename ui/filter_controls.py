"""Filters of a search or a question: collection, document, dates, file type. All pages share one choice."""

import streamlit as st
from file_types import kind_name
from session import ALL, Session
from shared import choose

from ragnano.assistant import Assistant
from ragnano.types import Scope


def choose_limits(assistant: Assistant, state: Session, page: str) -> None:
    """Draw the filter boxes; `page` keeps the widget keys of pages apart."""
    collections = [ALL, *(name for name, _ in assistant.catalogue.collections())]
    state.collection = choose(
        "Collection",
        collections,
        state.collection,
        f"{page} collection",
        format_func=lambda name: name or "All collections",
    )
    every = assistant.documents()
    offered = assistant.documents(Scope(state.collection)) if state.collection else every
    documents = {document.id: document.title for document in offered}
    state.document = choose(
        "Document",
        [ALL, *documents],
        state.document,
        f"{page} document",
        format_func=lambda identifier: documents.get(identifier, "All documents"),
    )
    kinds = sorted({document.media_type for document in every})
    state.kind = choose(
        "Kind of file",
        [ALL, *kinds],
        state.kind,
        f"{page} kind",
        format_func=lambda kind: kind_name(kind) if kind else "All kinds",
    )
    example = "2019-05-01"
    first, last = st.columns(2)
    state.dated_from = first.text_input("Dated from", state.dated_from, placeholder=example, key=f"{page} from").strip()
    state.dated_to = last.text_input("Dated to", state.dated_to, placeholder=example, key=f"{page} to").strip()
    if limited(state):
        st.button(
            "Clear the limits", icon=":material/filter_alt_off:", on_click=_clear, args=(state, page), type="tertiary"
        )


def limited(state: Session) -> bool:
    """Return whether any filter is set."""
    return bool(state.collection or state.document or state.kind or state.dated_from or state.dated_to)


def _clear(state: Session, page: str) -> None:
    state.collection = state.document = state.kind = ALL
    state.dated_from = state.dated_to = ""
    for box in ("collection", "document", "kind", "from", "to"):
        st.session_state[f"{page} {box}"] = ""


def scope_now(assistant: Assistant, state: Session) -> Scope:
    """Return the filters as a scope. Raises QuestionError for an invalid date."""
    return assistant.scope(
        state.collection or None,
        state.document or None,
        dated_from=state.dated_from or None,
        dated_to=state.dated_to or None,
        kind=state.kind or None,
    )
