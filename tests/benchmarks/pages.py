"""Measures how long the app's pages take to become usable in a browser with a full library: `make pages`.

The contracts of --data are ingested (or are already in --index), and 50 conversations are started in a copy of that.
Two times are taken for each page, in seconds from requesting its address until its main control is there: on a new
server in a browser with nothing cached (the first page only), and in a fresh tab of a browser that has Streamlit's
scripts cached.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from ragnano.cli.evaluation_index import index_of
from ragnano.models.offline import go_offline
from ragnano.settings import Settings
from ragnano.types import Scope
from tests.ui.browser import FLAGS, running
from tests.ui.fakes import UI

DATA = Path(__file__).parents[3] / "shared" / "data" / "cuad" / "pdf"
CONVERSATIONS = 50
USABLE = {
    "ask": "[data-testid=stChatInput] textarea",
    "search": "input[placeholder^='Words of a clause']",
    "library": "[data-testid=stCheckbox]",
    "document": "text=SHA-256",
    "reader": "img[alt^='Page 1']",
    "history": "text=Question 49?",
    "machine": "text=What answers",
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the app's pages in a browser.")
    parser.add_argument("--data", type=Path, default=DATA, help="documents to fill the library with")
    parser.add_argument("--index", type=Path, help="a data directory that has them already")
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    go_offline()
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        if options.index:
            shutil.copytree(options.index, home)
        document = filled(home, options.data)
        first = [first_page(home) for _ in range(options.times)]
        tell("first page of a new server", first)
        with the_app(home) as address, sync_playwright() as driver:
            tab = browser(driver).new_context().new_page()
            opened(tab, address, "ask")
            for page in USABLE:
                path = f"{page}?document={document}" if page in ("document", "reader") else page
                tell(page, [opened(tab.context.new_page(), address, page, path) for _ in range(options.times)])


def filled(home: Path, data: Path) -> str:
    """Ingests the missing documents and starts the conversations; returns one document's id."""
    home.mkdir(exist_ok=True)
    with index_of(data, home) as assistant:
        for number in range(CONVERSATIONS):
            assistant.catalogue.begin_conversation(f"Question {number}?", Scope())
        print(len(assistant.documents()), "documents,", CONVERSATIONS, "conversations", flush=True)
        return assistant.documents()[0].id


def first_page(home: Path) -> float:
    with the_app(home) as address, sync_playwright() as driver:
        return opened(browser(driver).new_page(), address, "ask", "")


def the_app(home: Path) -> AbstractContextManager[str]:
    """The app with the real models over this data directory; yields its address."""
    return running(home, {"RAGNANO_MODELS_DIR": str(Settings.load().models_dir)}, UI / "app.py")


def browser(driver: Any) -> Any:
    return driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)


def opened(tab: Any, address: str, page: str, path: str | None = None) -> float:
    """Returns the seconds until the page is usable."""
    tab.set_default_timeout(30_000)
    begun = time.monotonic()
    tab.goto(f"{address}/{page if path is None else path}", wait_until="commit")
    tab.locator(USABLE[page]).first.wait_for()
    return time.monotonic() - begun


def tell(name: str, seconds: Sequence[float]) -> None:
    print(f"{name}: median {statistics.median(seconds):.2f} s, most {max(seconds):.2f}", flush=True)


if __name__ == "__main__":
    main()
