"""What one browser tab remembers: small, typed, and gone when the tab is. Documents and models are not in it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st
from page_links import Place

from ragnano.types import Citation

if TYPE_CHECKING:
    from document_removal import Removal

ALL = ""
"""As a collection or document: no limit."""

DEFAULT_COLLECTION = "default"


@dataclass(frozen=True, slots=True)
class Opened:
    """The citation whose page lies beside the conversation, and the page that is shown of its document.

    `number` tells one opening from the next. `by_itself` is true when an answer opened it, not the reader.
    """

    citation: Citation
    page: int
    number: int
    by_itself: bool = False


@dataclass(slots=True)
class Session:
    """What the next question is asked of and by which model; `watched` is the number of the run whose outcome is shown,
    `finished` of the last one that was seen to end.

    `talk` is the id of the conversation on the page. `opened` is what lies beside it, `openings` how often anything was
    laid there, `shown_for` the answer that last did so by itself. `editing` is the number of the turn whose question is
    being put right. `whole` is true once all turns of a long conversation are asked for, `all_talks` once all
    conversations of a long history are.
    `search`, `library_find` and `history_find` are the words in the boxes of these pages.
    `document` is an id; `dated_from` and `dated_to` are dates as typed, `kind` is a media type. `reading` is
    what the reader shows, `zoom` how large, in per cent of the width there is.
    """

    talk: str = ""
    opened: Opened | None = None
    openings: int = 0
    shown_for: tuple[str, int] = ("", 0)
    editing: int = 0
    whole: bool = False
    all_talks: bool = False
    collection: str = ALL
    document: str = ALL
    dated_from: str = ""
    dated_to: str = ""
    kind: str = ALL
    model: str | None = None
    library: str = DEFAULT_COLLECTION
    uploads_made: int = 0
    watched: int = 0
    finished: int = 0
    removed: "list[Removal]" = field(default_factory=list)
    search: str = ""
    library_find: str = ""
    history_find: str = ""
    sorted_by: str = ""
    reading: Place | None = None
    zoom: int = 100


def session() -> Session:
    """This tab's."""
    if "ragnano" not in st.session_state:
        st.session_state["ragnano"] = Session()
    found: Session = st.session_state["ragnano"]
    return found
