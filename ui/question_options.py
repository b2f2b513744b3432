"""Sidebar options for the next question (scope and model), and scopes as text."""

from pathlib import Path

import streamlit as st
from filter_controls import choose_limits
from safe_text import escape
from session import ALL, Session
from shared import choose

from ragnano.assistant import QUOTES_ONLY, Assistant
from ragnano.types import Scope

_KEYS = ("ask collection", "ask document", "ask from", "ask to", "ask kind")


def model_label(name: str | None) -> str:
    """Return a model's name for display."""
    return "quotes only, no model" if name in (None, QUOTES_ONLY) else Path(str(name)).name


def choose_scope(assistant: Assistant, state: Session) -> None:
    """Draw the options and store the choice."""
    choose_limits(assistant, state, "ask")
    models = assistant.chat_models()
    state.model = choose(
        "Model",
        models,
        state.model or models[0],
        "ask model",
        format_func=model_label,
        help="A model puts the answer in words. Quotes only shows the best sentence as it stands.",
    )
    if models == (QUOTES_ONLY,):
        st.caption(escape("No model is here yet: `ragnano models fetch` brings one. Until then answers are quotes."))


def take_over(state: Session, scope: Scope) -> None:
    """Set the options to a stored conversation's scope; call before they are drawn."""
    state.collection = scope.collection or ALL
    state.document = scope.documents[0] if scope.documents and len(scope.documents) == 1 else ALL
    state.dated_from, state.dated_to = scope.dated_from or "", scope.dated_to or ""
    state.kind = scope.media_types[0] if scope.media_types else ALL
    for key in _KEYS:
        st.session_state.pop(key, None)


def in_words(assistant: Assistant, scope: Scope) -> str:
    """Return a scope as text: "Services Agreement", "the collection Mill matter, within the limits chosen"."""
    if scope.documents is not None:
        titles = [document.title for document in assistant.documents(Scope(documents=scope.documents))]
        place = titles[0] if len(titles) == 1 else f"{len(titles)} documents"
    else:
        place = f"the collection {scope.collection}" if scope.collection else "all documents"
    limited = scope.dated_from or scope.dated_to or scope.media_types
    return f"{place}, within the limits chosen" if limited else place
