"""The app's server: `streamlit run ui/app.py`. Its pages begin in navigation.py.

A browser takes about half a second to fetch and start Streamlit's own scripts; meanwhile a thread imports here what the
first page needs, and opens the models that read a question, so that neither page nor first answer waits for them.
"""

import sys
import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from pathlib import Path

import streamlit as st

HERE = Path(__file__).resolve().parent
# The checkout (for ragnano and ingest when they are not installed), and this folder when another script runs this one.
for folder in (str(HERE.parent), str(HERE)):
    if folder not in sys.path:
        sys.path.append(folder)


# What navigation.py and ask_page.py import.
FIRST_PAGE = (
    "login",
    "privacy",
    "file_adding",
    "question_options",
    "first_run",
    "citation_panel",
    "conversation_view",
    "ragnano.documents.suggested_questions",
)


def warm() -> None:
    """Import the first page's modules, open what every question needs. The chat model waits: it takes a gigabyte."""
    for name in FIRST_PAGE:
        import_module(name)
    from shared import assistant

    from ragnano.errors import RagnanoError

    with suppress(RagnanoError):  # the page that needs it says what is wrong
        helper = assistant()
        helper.embedder.embed_query("warm")
        helper.reader.read("warm", ["warm"])


def show() -> None:
    """Open the app in the browser, where there is one: Streamlit does so for scripts alone."""
    if not st.get_option("server.headless"):
        webbrowser.open(f"http://localhost:{st.get_option('server.port')}")


@asynccontextmanager
async def started(_app: st.App) -> AsyncIterator[None]:
    """For as long as the server runs."""
    for work in (warm, show):
        threading.Thread(target=work, name=work.__name__, daemon=True).start()
    yield


app = st.App(HERE / "navigation.py", lifespan=started)
