"""Shared by all pages: the assistant of this server, select boxes, and the error boundary that shows error messages."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from preferences import chosen_model
from safe_text import escape

from ragnano.assistant import Assistant
from ragnano.errors import RagnanoError
from ragnano.settings import Settings

LIBRARY_PAGE = Path(__file__).resolve().parent / "library_page.py"
DOCUMENT_PAGE = LIBRARY_PAGE.with_name("document_page.py")
SEARCH_PAGE = LIBRARY_PAGE.with_name("search_page.py")
MACHINE_PAGE = LIBRARY_PAGE.with_name("machine_page.py")
SAMPLES = Path(__file__).resolve().parents[1] / "sample_docs" / "documents"

log = logging.getLogger("ragnano.ui")


def make_assistant() -> Assistant:
    """Create the assistant for this user's data directory. Raises ConfigError, StoreError."""
    settings = Settings.load()
    return Assistant(Settings.load(chat_model=chosen_model(settings.data_dir)))


@st.cache_resource(show_spinner=False)
def shared_assistant() -> Assistant:
    """Return the assistant that all tabs share: searches run in parallel, the chat model answers one question at a
    time.
    """
    return make_assistant()


class Questions:
    """Questions being answered in all tabs, in order, so that a waiting tab can show how many are before it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: list[object] = []

    @contextmanager
    def one_more(self) -> Iterator[Callable[[], int]]:
        """Add a question for the duration of the block; yields a function that returns how many are before it."""
        ticket = object()
        with self._lock:
            self._open.append(ticket)
        try:
            yield lambda: self._before(ticket)
        finally:
            with self._lock:
                self._open.remove(ticket)

    def _before(self, ticket: object) -> int:
        with self._lock:
            return self._open.index(ticket) if ticket in self._open else 0


@st.cache_resource(show_spinner=False)
def questions() -> Questions:
    """The questions of this server."""
    return Questions()


@contextmanager
def showing_errors() -> Iterator[None]:
    """Show an error raised in the block as one message on the page; the app continues."""
    try:
        yield
    except RagnanoError as error:
        st.error(escape(str(error)), icon=":material/error:")
    # Error boundary: the screen never shows a traceback, the terminal does. Streamlit's own signals (rerun, stop) are
    # not derived from Exception and pass.
    except Exception as error:  # noqa: BLE001
        st.error(escape(unexpected(error)), icon=":material/error:")


def unexpected(error: Exception) -> str:
    """Log an unforeseen error; returns the message for the user."""
    # Type and location only, because a message may quote a document.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    log.error("unexpected %s at %s", type(error).__name__, place)
    return f"Something went wrong ({type(error).__name__}). Try again; if it happens again, run `ragnano doctor`."


def choose(label: str, options: Sequence[str], current: str, key: str, **more: Any) -> str:
    """Draw a select box that keeps its value after a visit to another page, which Streamlit forgets."""
    stored = st.session_state.get(key)
    if stored is None or (stored not in options and not more.get("accept_new_options")):
        st.session_state[key] = current if current in options else options[0]
    return str(st.selectbox(label, options, key=key, **more) or options[0])


def file_name(path: str) -> str:
    """Return the last part of a path for display."""
    return Path(path).name or path


def document_link(identifier: str, title: str) -> None:
    """Draw a link to a document's own page."""
    st.page_link(DOCUMENT_PAGE, label=escape(title), query_params={"document": identifier})


def human_size(size: float) -> str:
    """ "340 kB", "1.2 MB", "4.1 GB"."""
    for unit, least in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= least:
            return f"{size / least:.1f} {unit}" if size < 10 * least else f"{size / least:,.0f} {unit}"
    return f"{size:.0f} bytes"


def counted(number: int, noun: str) -> str:
    """ "1 page", "2 pages"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
