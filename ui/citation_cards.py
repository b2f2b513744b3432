"""Draws the citations under an answer (quoted words, location, a button to their page), and conflicts side by side."""

from collections.abc import Callable, Sequence

import streamlit as st
from safe_text import escape, line_html, quote_html
from shared import file_name

from ragnano.assistant import Assistant
from ragnano.documents.locations import innermost
from ragnano.errors import RagnanoError
from ragnano.types import Citation, Conflict

Open = Callable[[Citation], None]


def card(
    citation: Citation,
    key: str,
    open_page: Open,
    *,
    now: bool = False,
    words: bool = True,
    marked: tuple[int, int] | None = None,
) -> None:
    """Draw one citation: a button that opens its page, and the quoted words unless they were shown just before (`words`
    is false), with the direct answer at `marked`. `now` is true while its page is open.
    """
    with st.container(key=f"rn-card-{'now-' if now else ''}{key}", gap=None):
        st.button(
            escape(source_of(citation)),
            key=f"open {key}",
            icon=":material/visibility:" if now else ":material/article:",
            type="tertiary",
            help="Show the page with these words marked",
            on_click=open_page,
            args=(citation,),
        )
        if words:
            st.html(quote_html(citation.quote, marked))


def source_of(citation: Citation) -> str:
    """Return number, file, place and heading in one line: "1 · lease.pdf · page 4 · 8.2 Renewal"."""
    parts = [
        str(citation.number) if citation.number else "",
        file_name(citation.path),
        place_of(citation),
        heading_text(innermost(citation.section)),
    ]
    return " · ".join(filter(None, parts))


def place_of(citation: Citation) -> str:
    """Return the citation's place if it has one, else its page: "page 4", "Sheet Costs, B7"."""
    return citation.place or f"page {citation.page}"


def heading_text(section: str) -> str:
    """Return a heading for display, with a word before a bare number."""
    return section if not section or any(char.isalpha() for char in section) else f"Section {section}"


def conflict(
    assistant: Assistant, contradiction: Conflict, citations: Sequence[Citation], key: str, open_page: Open
) -> None:
    """Draw the sides of a conflict next to each other; the one in force, or else the later one, is marked."""
    settled = contradiction.in_force is not None
    with st.container(border=True, key=key):
        note = (
            "An amendment changes this." if settled else "These passages differ. Neither is preferred here: read both."
        )
        st.html(line_html(note, "source"))
        for at, (column, side) in enumerate(
            zip(st.columns(len(contradiction.sides)), contradiction.sides, strict=True)
        ):
            parts = [citation for citation in citations if citation.number == side.citation]
            with column:
                label = "In force" if contradiction.in_force == at else ""
                if not settled and contradiction.later == at:
                    label = "Later document"
                _side(assistant, parts, side.fact, f"{key} side {at}", open_page, label=label)


def _side(assistant: Assistant, parts: Sequence[Citation], fact: str, key: str, open_page: Open, *, label: str) -> None:
    """Draw one side: number, file, document date, and the words that differ (the whole passage if all of them do)."""
    first = parts[0]
    try:
        date = assistant.catalogue.document(first.document).date
    except RagnanoError:  # removed since; its page reports it when opened
        date = None
    st.html(
        line_html(f"{first.number} · {file_name(first.path)}" + (f" · dated {date}" if date else ""), "place")
        + quote_html(fact or " ".join(part.quote for part in parts))
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Open", key=f"open {key}", icon=":material/article:", on_click=open_page, args=(first,))
        if label:
            st.badge(label, icon=":material/update:", color="orange")
