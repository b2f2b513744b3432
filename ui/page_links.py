"""Links to a position in the viewer and to a conversation on the ask page.

Anybody can type an address, so its content is validated here and never contains more than ids and numbers.
"""

from pathlib import Path
from typing import NamedTuple

import streamlit as st
from safe_text import escape

ASK_PAGE = Path(__file__).resolve().parent / "ask_page.py"
TALK = "talk"
"""Parameter of the ask page's address: the conversation's id."""

VIEWER_PAGE = Path(__file__).resolve().parent / "viewer_page.py"

_LONGEST_NUMBER = 9  # digits


class Place(NamedTuple):
    """Characters [start, end) to mark on a document's page (from 1); start = end marks nothing."""

    document: str
    page: int = 1
    start: int = 0
    end: int = 0


def viewer_link(place: Place, label: str = "Open in the reader", *, icon: str = ":material/menu_book:") -> None:
    """Draw a link that opens the viewer at the place. The label may be document text."""
    st.page_link(VIEWER_PAGE, label=escape(label), icon=icon, query_params=address_of(place))


def address_of(place: Place) -> dict[str, str]:
    """Return the parameters of the viewer's address for the place."""
    found = {"document": place.document, "page": str(place.page)}
    return found | ({"from": str(place.start), "to": str(place.end)} if place.end > place.start else {})


def addressed() -> Place | None:
    """Return the place in the address, or None if it names no document."""
    asked = st.query_params
    if not (document := asked.get("document", "")):
        return None
    start = _number(asked.get("from", ""), 0)
    return Place(
        document, max(_number(asked.get("page", ""), 1), 1), start, max(_number(asked.get("to", ""), 0), start)
    )


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else otherwise
