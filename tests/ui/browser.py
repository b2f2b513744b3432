"""The app in a real browser with fake models: a server, tabs, and actions in them.

A plugin: `pytest_plugins = ["tests.ui.browser"]`.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.ui.fakes import ROOT, UI

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
FAKE_APP = ROOT / "tests" / "ui" / "fake_app.py"
# Generous: with eight programs per core the app starts in a minute and ingests the sample documents in two.
START_S = 240
SEEN_MS = 150_000
WORK_MS = 400_000
NEEDS_BROWSER = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium"),
]


@pytest.fixture
def environment() -> dict[str, str]:
    """Additional environment variables of the server; a module may override them."""
    return {}


@pytest.fixture
def address(home: Path, environment: dict[str, str]) -> Iterator[str]:
    """The app's own server, with fake models."""
    with running(home, environment) as found:
        yield found


@contextmanager
def running(home: Path, environment: Mapping[str, str], app: Path = FAKE_APP) -> Iterator[str]:
    """Runs a server on a free port and yields its address; the app's configuration, models in a folder beside `home`.

    Variables in `environment` take precedence.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("RAGNANO_", "STREAMLIT_"))}
    own = {"RAGNANO_HOME": str(home), "RAGNANO_MODELS_DIR": str(home.parent / "models"), "SECONDS_A_WORD": "0.02"}
    own |= {"HOLD": str(_hold(home)), "HOLD_ANSWERS": str(_hold_answers(home))}
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
            except subprocess.TimeoutExpired:  # it waits for a connection that its browser has left open
                server.kill()
                server.wait()


def _hold(home: Path) -> Path:
    return home.parent / "hold"


def _hold_answers(home: Path) -> Path:
    return home.parent / "hold answers"


@contextmanager
def hold_file(home: Path, ending: str) -> Iterator[None]:
    """Within the block, a server on `home` reads no file whose path ends so, so that its progress can be observed."""
    _hold(home).write_text(ending, encoding="utf-8")
    yield
    _hold(home).unlink()


@contextmanager
def hold_answers(home: Path) -> Iterator[None]:
    """Within the block, a server on `home` writes only the first word of any answer."""
    _hold_answers(home).touch()
    yield
    _hold_answers(home).unlink()


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
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=START_S * 1000)
        yield browser
        browser.close()


_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remembers that a test failed, so that its pages are reported before they are closed."""
    report = yield
    item.stash[_FAILED] = report.failed or item.stash.get(_FAILED, False)
    return report


@pytest.fixture
def open_tab(chromium: Any, address: str, home: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Opens tabs of the server, each with a session of its own. Of a failed test it prints what they showed."""
    with tabs(chromium, address) as tab:
        yield tab
        if request.node.stash.get(_FAILED, False):
            for page in (page for context in chromium.contexts for page in context.pages):
                print(f"--- {page.url}", page.locator("body").inner_text(), sep="\n")
            print("--- server", (home.parent / "server.log").read_text(encoding="utf-8")[-4000:], sep="\n")


@contextmanager
def tabs(chromium: Any, address: str) -> Iterator[Any]:
    """Yields a function that opens tabs; afterwards every address that any of them requested must be the app's."""
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


def seen(what: Any) -> Any:
    """Expects a state of a place or a page within `SEEN_MS`, because the page is drawn in the background."""
    from playwright.sync_api import expect

    expect.set_options(timeout=SEEN_MS)
    return expect(what)


def at_rest(page: Any) -> None:
    """Waits until the server has drawn the whole page: before that, the absence of something proves nothing."""
    page.locator('.stApp[data-test-script-state="notRunning"]').wait_for()


def fits_in(page: Any, width: int) -> None:
    """Waits until nothing is wider than so many pixels."""
    page.wait_for_function("(width) => document.documentElement.scrollWidth <= width", arg=width)


def upload(page: Any, *files: Path) -> None:
    """Adds files on the library page of an empty library and waits until they are ingested."""
    page.get_by_role("button", name="Add these files").wait_for()
    page.locator('[data-testid="stFileUploaderDropzoneInput"]').set_input_files(list(files))
    page.get_by_test_id("stFileChipName").nth(len(files) - 1).wait_for()  # long names are shortened
    page.get_by_role("button", name="Add these files").click()
    page.get_by_text("added (").wait_for(timeout=WORK_MS)


def pick_first(page: Any) -> None:
    """Ticks the first document of the library. Nothing may move meanwhile: a click would reach another place."""
    at_rest(page)
    page.get_by_test_id("stCheckbox").locator("label").first.click()
    page.get_by_text("1 picked").wait_for()
    at_rest(page)


def ask(page: Any, question: str) -> None:
    """Asks on the ask page."""
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")


def go(page: Any, name: str) -> None:
    """Opens a page by its name in the sidebar."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click()
    page.get_by_role("heading", name=name, exact=True).wait_for()
