"""What tests of single pages share. Fixtures are in ui_fixtures.py."""

import sys
import time
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.ui.fakes import UI

if str(UI) not in sys.path:
    sys.path.append(str(UI))

SECONDS = 60
"""That a run of a page may take on a machine that does other work besides."""

ASK_NOTICE = "How many days written notice to terminate this Agreement?"
ASK_FEE = "What is the monthly fee of the Customer?"
"""Both are answered by `ui_fakes.AGREEMENT`."""


def take_in(*paths: Path, collection: str = "default") -> None:
    import shared

    from ingest.pipeline import ingest

    helper = shared.assistant()
    ingest(
        paths,
        settings=helper.settings,
        catalogue=helper.catalogue,
        vectors=helper.vectors,
        embedder=helper.embedder,
        collection=collection,
    )


def assistant() -> Any:
    """The app's own."""
    import shared

    return shared.assistant()


def settle() -> None:
    """Wait until nothing is being taken in: the samples' scan takes a busy machine half a minute."""
    from file_adding import intake

    end = time.monotonic() + 6 * SECONDS
    while intake().busy:
        assert time.monotonic() < end, "it is still being taken in"
        time.sleep(0.01)


def html(app: AppTest) -> str:
    """All that the page drew with st.html."""
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def button(app: AppTest, label: str) -> Any:
    """The first button with this label."""
    return next(found for found in app.button if found.label == label)
