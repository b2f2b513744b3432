"""What one browser tab remembers: small, typed, and gone when the tab is. Documents and models are not in it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from ragnano.types import Answer, Scope

if TYPE_CHECKING:
    from removing import Removal

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
    """What the next question is asked of and by which model; `watched` is the number of the run whose outcome is shown,
    `finished` of the last one that was seen to end.

    `document` is an id; `dated_from` and `dated_to` are dates as typed, `kind` is a media type.
    """

    turns: list[Turn] = field(default_factory=list)
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
    sorted_by: str = ""


def session() -> Session:
    """This tab's."""
    if "ragnano" not in st.session_state:
        st.session_state["ragnano"] = Session()
    found: Session = st.session_state["ragnano"]
    return found
