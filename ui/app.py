"""Server of the app: `streamlit run ui/app.py`. navigation.py defines the pages.

A browser takes about half a second to fetch and start Streamlit's scripts. Meanwhile, a thread imports what the first
page needs and opens the models that every question needs, so that the first page and the first answer do not wait.
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
# The checkout (for ragnano and ingest if they are not installed), and this folder if another script runs this one.
for folder in (str(HERE.parent), str(HERE)):
    if folder not in sys.path:
        sys.path.append(folder)


# Imported by navigation.py and ask_page.py.
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
    """Import the first page's modules and open what every question needs, without the chat model, which takes a
    gigabyte.
    """
    for name in FIRST_PAGE:
        import_module(name)
    from shared import shared_assistant

    from ragnano.errors import RagnanoError

    with suppress(RagnanoError):  # the page that needs it shows the error
        assistant = shared_assistant()
        assistant.embedder.embed_query("warm")
        assistant.reader.read("warm", ["warm"])


def show() -> None:
    """Open the app in the browser, if there is one; Streamlit itself does so only for scripts."""
    if not st.get_option("server.headless"):
        webbrowser.open(f"http://localhost:{st.get_option('server.port')}")


@asynccontextmanager
async def started(_app: st.App) -> AsyncIterator[None]:
    """Run at server start, for the lifetime of the server."""
    for work in (warm, show):
        threading.Thread(target=work, name=work.__name__, daemon=True).start()
    yield


app = st.App(HERE / "navigation.py", lifespan=started)
