"""State of one browser tab: small, typed, and lost when the tab is closed. It contains no documents and no models."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st
from page_links import Place

from ragnano.types import Citation

if TYPE_CHECKING:
    from document_removal import Removal

ALL = ""
"""Collection or document without a filter."""

DEFAULT_COLLECTION = "default"


@dataclass(frozen=True, slots=True)
class Opened:
    """The citation open beside the conversation, and the displayed page of its document.

    `number` identifies the opening. `by_itself` is true if an answer opened it, not the user.
    """

    citation: Citation
    page: int
    number: int
    by_itself: bool = False


@dataclass(slots=True)
class Session:
    """Scope and model of the next question, and the state of the pages.

    `watched` is the number of the run whose outcome is shown, `finished` of the last one seen to end.

    `talk` is the id of the conversation on the page. `opened` is the citation in the panel, `openings` how often one
    was opened, `shown_for` the answer that last opened one by itself. `editing` is the number of the turn whose
    question is being corrected. `whole` is true once all turns of a long conversation are requested, `all_talks` once
    all conversations of a long history are.

    `picks_ended` is how often an action on selected documents has ended their selection.

    `search`, `library_find` and `history_find` are the words in the boxes of these pages. `document` is an id;
    `dated_from` and `dated_to` are dates as typed, `kind` is a media type. `reading` is what the viewer shows, `zoom`
    its size in per cent of the available width.
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
    picks_ended: int = 0
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
    """Return the state of this tab."""
    if "ragnano" not in st.session_state:
        st.session_state["ragnano"] = Session()
    found: Session = st.session_state["ragnano"]
    return found
