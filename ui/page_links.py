"""Opening things by their address: a document at a place in the reader, a conversation on the ask page.

An address can be typed by anybody: what it says is checked here and is never more than ids and numbers.
"""

from pathlib import Path
from typing import NamedTuple

import streamlit as st
from safe_text import escape

ASK_PAGE = Path(__file__).resolve().parent / "ask_page.py"
TALK = "talk"
"""In the ask page's address: the conversation's id."""

READER_PAGE = Path(__file__).resolve().parent / "viewer_page.py"

_LONGEST_NUMBER = 9  # digits


class Place(NamedTuple):
    """Characters [start, end) of a document's page (from 1) to be marked; start = end marks nothing."""

    document: str
    page: int = 1
    start: int = 0
    end: int = 0


def reader_link(place: Place, label: str = "Open in the reader", *, icon: str = ":material/menu_book:") -> None:
    """A link that opens the reader at the place. The label may be document text."""
    st.page_link(READER_PAGE, label=escape(label), icon=icon, query_params=address_of(place))


def address_of(place: Place) -> dict[str, str]:
    """The place as the reader's address has it."""
    found = {"document": place.document, "page": str(place.page)}
    return found | ({"from": str(place.start), "to": str(place.end)} if place.end > place.start else {})


def addressed() -> Place | None:
    """The place that the address names; None when it names no document."""
    asked = st.query_params
    if not (document := asked.get("document", "")):
        return None
    start = _number(asked.get("from", ""), 0)
    return Place(
        document, max(_number(asked.get("page", ""), 1), 1), start, max(_number(asked.get("to", ""), 0), start)
    )


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else otherwise
