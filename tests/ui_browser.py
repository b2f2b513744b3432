"""The app in a real browser, with stand-ins for the models: a server, tabs, and what is done in them.

A plugin: `pytest_plugins = ["tests.ui_browser"]`.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.ui_fakes import ROOT, UI

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FAKE_APP = ROOT / "tests" / "ui_fake_app.py"
START_S = 90
SEEN_MS = 30_000
# Both generous: a machine that does other work besides starts the app in half a minute.
NEEDS_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium"),
]


@pytest.fixture
def environment() -> dict[str, str]:
    """More variables for the server; a module may give its own."""
    return {}


@pytest.fixture
def address(home: Path, environment: dict[str, str]) -> Iterator[str]:
    """The app's own server, with stand-ins for the models."""
    with running(home, environment) as found:
        yield found


@contextmanager
def running(home: Path, environment: Mapping[str, str], app: Path = FAKE_APP) -> Iterator[str]:
    """A server on a free port, its address; its configuration is the app's, its models are in a folder beside `home`.

    Variables of `environment` go before these.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("RAGNANO_", "STREAMLIT_"))}
    own = {"RAGNANO_HOME": str(home), "RAGNANO_MODELS_DIR": str(home.parent / "models"), "SECONDS_A_WORD": "0.06"}
    log = home.parent / "server.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(app), f"--server.port={port}", "--server.headless=true"],
            cwd=UI,
            env=clean | own | dict(environment),
            stdout=out,
            stderr=out,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health", log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:  # it waits for a channel that its browser has left open
                server.kill()
                server.wait(10)


def _wait_for(url: str, log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the app did not start: {log.read_text()}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: make setup-dev")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_tab(chromium: Any, address: str) -> Iterator[Any]:
    """Opens tabs of the server, each a reader of its own."""
    with tabs(chromium, address) as tab:
        yield tab


@contextmanager
def tabs(chromium: Any, address: str) -> Iterator[Any]:
    """A function that opens tabs; afterwards every address that any of them asked for must be the app's."""
    asked: list[str] = []
    contexts = []

    def tab(path: str = "", **look: Any) -> Any:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}} | look)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(SEEN_MS)
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda channel: asked.append(channel.url))
        page.goto(f"{address}/{path}")
        return page

    yield tab
    for context in contexts:
        context.close()
    parts = [urlsplit(url) for url in asked]
    strange = {part.netloc for part in parts if part.scheme not in ("data", "blob")} - {urlsplit(address).netloc}
    assert asked
    assert not strange


def upload(page: Any, *files: Path) -> None:
    """On the library page: add files and wait until they are taken in."""
    adding = page.get_by_test_id("stExpander").filter(has_text="Add documents")
    adding.wait_for()
    if adding.locator("details").get_attribute("open") is None:
        adding.locator("summary").click()
    page.get_by_role("button", name="Add these files").wait_for()
    page.locator('[data-testid="stFileUploaderDropzoneInput"]').set_input_files(list(files))
    page.get_by_test_id("stFileChipName").nth(len(files) - 1).wait_for()  # long names are shortened
    page.get_by_role("button", name="Add these files").click()
    page.get_by_text("added (").wait_for()


def ask(page: Any, question: str) -> None:
    """On the ask page."""
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")


def go(page: Any, name: str) -> None:
    """To a page by its name in the sidebar."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click()
    page.get_by_role("heading", name=name, exact=True).wait_for()
