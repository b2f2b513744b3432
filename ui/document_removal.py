"""Removes documents from a page, with undo until the tab is closed.

A removed document is deleted from the data directory at once. What is needed to restore it exists only in the tab's
memory and is lost with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from safe_text import escape
from session import ALL, session
from shared import counted, shared_assistant, showing_errors
from uploads import forget, put_again, uploads_folder

from ragnano.assistant import Assistant
from ragnano.library.collections import Removed
from ragnano.types import Document

MOST_BYTES = 256_000_000
"""Bytes of uploaded files kept in memory for undo; older removals beyond that can no longer be undone."""
_NAMED = 3  # older removals that can be undone without opening the list


@dataclass(frozen=True, slots=True)
class Removal:
    """One click on Remove: the removed documents, and the uploaded files (path and bytes) deleted with them."""

    label: str
    documents: tuple[Removed, ...]
    files: tuple[tuple[Path, bytes], ...]

    @property
    def size(self) -> int:
        """Total size of its files in bytes."""
        return sum(len(data) for _, data in self.files)


def remove(assistant: Assistant, documents: Sequence[Document], collection: str | None) -> None:
    """Remove documents from a collection, or from all. Raises NotFoundError, StoreError."""
    data_dir = assistant.settings.data_dir
    home = uploads_folder(data_dir).absolute()
    copies = [Path(path) for document in documents for path in document.paths if Path(path).is_relative_to(home)]
    files = [(path, path.read_bytes()) for path in copies if path.is_file()]
    taken = assistant.collections.take_out([document.id for document in documents], collection)
    placed = {place.path for place in assistant.catalogue.placements()}
    gone = [path for path in copies if str(path) not in placed]
    forget(data_dir, gone)
    state = session()
    if state.document in {document.id for document in documents}:
        state.document = ALL
    label = documents[0].title if len(documents) == 1 else counted(len(documents), "document")
    state.removed.append(Removal(label, taken, tuple((path, data) for path, data in files if path in gone)))
    while sum(removal.size for removal in state.removed) > MOST_BYTES:
        state.removed.pop(0)


def undo(assistant: Assistant, removal: Removal) -> None:
    """Undo a removal. Raises IndexMismatch, StoreError; the removal then stays in the list."""
    for path, data in removal.files:
        put_again(assistant.settings.data_dir, path, data)
    assistant.collections.put_back(removal.documents)
    session().removed.remove(removal)


def show_removed() -> None:
    """List what was removed in this tab, latest first, each with an undo button."""
    removed = session().removed
    if not removed:
        return
    with st.container(border=True, key="removed"):
        for removal in removed[: -_NAMED - 1 : -1]:
            _line(removal)
        if len(removed) > _NAMED:
            with st.expander(f"{len(removed) - _NAMED} removed before"):
                for removal in removed[:-_NAMED][::-1]:
                    _line(removal)
        st.caption("Nothing of it is in the data directory any more. It can be brought back until this tab is closed.")


def _line(removal: Removal) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Removed **{escape(removal.label)}**", width="content")
        st.button(
            "Undo",
            key=f"undo {id(removal)}",
            icon=":material/undo:",
            type="tertiary",
            on_click=_undo,
            args=(removal,),
        )


def _undo(removal: Removal) -> None:
    with showing_errors():
        undo(shared_assistant(), removal)
