"""What one browser tab remembers: small, typed, and gone when the tab is. Documents and models are not in it."""

from dataclasses import dataclass, field

import streamlit as st
from opening import Place

from ragnano.types import Answer, IngestReport, Scope

ALL = ""
"""As a collection or document: no limit."""

DEFAULT_COLLECTION = "default"


@dataclass(slots=True)
class Turn:
    """A question of this tab. Without answer and trouble it was stopped (or is being answered now)."""

    question: str
    scope: Scope = field(default_factory=Scope)
    model: str | None = None
    answer: Answer | None = None
    trouble: str | None = None


@dataclass(slots=True)
class Session:
    """What the next question is asked of and by which model; `report` is of the last ingestion.

    `document` is an id; `dated_from` and `dated_to` are dates as typed, `kind` is a media type. `reading` is
    what the reader shows, `zoom` how large, in per cent of the width there is.
    """

    turns: list[Turn] = field(default_factory=list)
    collection: str = ALL
    document: str = ALL
    dated_from: str = ""
    dated_to: str = ""
    kind: str = ALL
    model: str | None = None
    library: str = DEFAULT_COLLECTION
    report: IngestReport | None = None
    uploads_made: int = 0
    reading: Place | None = None
    zoom: int = 100


def session() -> Session:
    """This tab's."""
    if "ragnano" not in st.session_state:
        st.session_state["ragnano"] = Session()
    found: Session = st.session_state["ragnano"]
    return found
