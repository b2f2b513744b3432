"""Shared helpers for the tests of single pages. The fixtures are in fixtures.py."""

import sys
import time
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.ui.fakes import UI

if str(UI) not in sys.path:
    sys.path.append(str(UI))

SECONDS = 60
"""Time limit for one run of a page, on a machine that has other work."""

ASK_NOTICE = "How many days written notice to terminate this Agreement?"
ASK_FEE = "What is the monthly fee of the Customer?"
"""`tests.ui.fakes.AGREEMENT` answers both."""


def take_in(*paths: Path, collection: str = "default") -> None:
    import shared

    from ingest.options import IngestOptions
    from ingest.pipeline import ingest

    assistant = shared.shared_assistant()
    ingest(
        paths,
        settings=assistant.settings,
        catalogue=assistant.catalogue,
        vectors=assistant.vectors,
        embedder=assistant.embedder,
        options=IngestOptions(collection=collection),
    )


def shared_assistant() -> Any:
    """Returns the app's own assistant."""
    import shared

    return shared.shared_assistant()


def settle() -> None:
    """Waits until no ingest is running: the samples' scan takes half a minute on a busy machine."""
    from file_adding import intake

    end = time.monotonic() + 6 * SECONDS
    while intake().busy:
        assert time.monotonic() < end, "it is still being taken in"
        time.sleep(0.01)


def html(app: AppTest) -> str:
    """Returns everything that the page drew with st.html."""
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def button(app: AppTest, label: str) -> Any:
    """Returns the first button with this label."""
    return next(found for found in app.button if found.label == label)
