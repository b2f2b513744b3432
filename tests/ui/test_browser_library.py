"""Search and library in a real browser with fake models."""

import re
from pathlib import Path
from typing import Any

import pytest

from ragnano.assistant import Assistant
from ragnano.settings import Settings
from ragnano.store import Catalogue
from tests.ui.browser import NEEDS_BROWSER, at_rest, pick_first, seen, upload
from tests.ui.fakes import AGREEMENT, write_pdf
from tests.ui.page_states import put_in

pytest_plugins = ["tests.ui.browser"]
pytestmark = NEEDS_BROWSER

WORDS = "sixty days written notice"


@pytest.fixture
def filled(home: Path, tmp_path: Path) -> None:
    """Puts one agreement into the library."""
    put_in(home, write_pdf(tmp_path / "services.pdf", AGREEMENT))


def test_typing_finds_clauses_that_open_where_they_stand(filled: None, open_tab: Any) -> None:
    page = open_tab("search")
    box = page.get_by_placeholder("Words of a clause")
    box.press_sequentially(WORDS)  # no Enter
    found = page.locator(".rn-passage").filter(has_text="sixty days").first
    found.wait_for()
    for word in WORDS.split():  # the search follows the typing
        found.locator("mark").filter(has_text=re.compile(f"^{word}$")).first.wait_for()
    seen(box).to_have_value(WORDS)
    page.get_by_role("button", name="Copy quote").first.click()
    seen(page.get_by_test_id("stCode").first).to_have_text(re.compile(r"\(Services Agreement, 2, p\. 1\)\s*$"))
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Open here").first.click()
    seen(page).to_have_url(re.compile(r"/reader\?.*document="))


def test_what_is_removed_comes_back_and_stays_over_a_refresh(open_tab: Any, home: Path, tmp_path: Path) -> None:
    page = open_tab("library")
    upload(page, write_pdf(tmp_path / "services.pdf", AGREEMENT))
    pick_first(page)
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("Nothing in this collection yet").wait_for()
    assert not list((home / "uploads").rglob("*.pdf"))
    page.get_by_role("button", name="Undo").click()
    row = page.get_by_role("link", name="Services Agreement")
    row.wait_for()
    at_rest(page)
    seen(page.get_by_role("checkbox")).not_to_be_checked()
    page.reload()
    row.wait_for()
    row.click()
    page.get_by_role("heading", name="Services Agreement", exact=True).wait_for()
    seen(page.locator(".rn-facts")).to_contain_text("Alderbrook Systems Inc")
    with Catalogue(home) as catalogue:
        assert len(catalogue.documents()) == 1


def test_a_list_that_another_program_changed_is_drawn_anew_at_the_next_click(
    filled: None, open_tab: Any, home: Path
) -> None:
    page = open_tab("library")
    page.get_by_role("link", name="Services Agreement").wait_for()
    at_rest(page)
    with Assistant(Settings.load(data_dir=home, models_dir=home.parent / "models")) as assistant:
        assistant.collections.take_out([document.id for document in assistant.documents()])
    page.get_by_test_id("stCheckbox").locator("label").first.click()
    page.get_by_text("Nothing in this collection yet").wait_for()
