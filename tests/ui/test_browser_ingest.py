"""Ingesting files, in a real browser with fake models: progress, stopping, resuming, a second tab."""

from pathlib import Path
from typing import Any

import pytest

from ragnano.store import Catalogue
from tests.ui.browser import NEEDS_BROWSER, ask, go
from tests.ui.fakes import AGREEMENT
from tests.ui.page_states import DONE
from tests.ui.pages import ASK_NOTICE

pytest_plugins = ["tests.ui.browser"]
pytestmark = NEEDS_BROWSER

FILES = 8
HELD_FILE = 5
"""This file is read only when the test allows it."""


@pytest.fixture
def hold(tmp_path: Path) -> Path:
    path = tmp_path / "hold"
    path.write_text(f"agreement-{HELD_FILE}.txt", encoding="utf-8")
    return path


@pytest.fixture
def environment(hold: Path) -> dict[str, str]:
    return {"HOLD": str(hold), "SECONDS_A_WORD": "0.01"}


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    folder = tmp_path / "contracts"
    folder.mkdir()
    for at in range(FILES):
        text = "\n\n".join((*AGREEMENT[:-1], f"The Customer shall pay a monthly fee of ${at}."))
        (folder / f"agreement-{at}.txt").write_text(text, encoding="utf-8")
    return folder


def add_folder(page: Any, folder: Path) -> None:
    page.get_by_role("tab", name="A folder on this machine").click()
    page.get_by_label("Folder or file").fill(str(folder))
    page.get_by_role("button", name="Add this folder").click()


def stored(home: Path) -> int:
    with Catalogue(home) as catalogue:
        return len(catalogue.documents())


def test_a_run_is_stopped_and_goes_on_and_survives_a_refresh(
    open_tab: Any, home: Path, contracts: Path, hold: Path
) -> None:
    page = open_tab("library")
    add_folder(page, contracts)
    page.get_by_text(f"{HELD_FILE} of {FILES} files").wait_for()
    page.reload()  # the run belongs to the server, not to the tab
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Stopping after this file").wait_for()
    hold.unlink()
    page.get_by_text("Stopped").wait_for()
    before = stored(home)
    assert HELD_FILE <= before < FILES

    page.get_by_role("button", name="Go on").click()
    page.get_by_text(f"{before} there already").wait_for()
    assert stored(home) == FILES


def test_what_is_in_can_be_asked_about_while_a_run_goes_on(
    open_tab: Any, home: Path, contracts: Path, hold: Path
) -> None:
    page = open_tab("library")
    add_folder(page, contracts)
    page.get_by_text(f"{HELD_FILE} of {FILES} files").wait_for()
    other = open_tab("library")
    other.get_by_role("button", name="Stop").wait_for()  # shows the same run
    go(other, "Ask")
    ask(other, ASK_NOTICE)
    other.get_by_text(DONE).wait_for()
    hold.unlink()
    page.get_by_text(f"{FILES} documents added").wait_for()
