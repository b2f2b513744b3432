"""An app that other machines can reach, in a real browser: nothing is seen before the password."""

from typing import Any

import pytest

from tests.ui_browser import NEEDS_BROWSER

pytest_plugins = ["tests.ui_browser"]
pytestmark = NEEDS_BROWSER

PASSWORD = "a long enough password"


@pytest.fixture
def environment() -> dict[str, str]:
    return {"RAGNANO_PUBLISHED": "192.0.2.7", "RAGNANO_PASSWORD": PASSWORD}


def test_no_page_is_seen_before_the_password_and_it_is_in_no_address(open_tab: Any) -> None:
    page = open_tab("library", color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    box = page.get_by_label("Password", exact=True)
    box.wait_for()
    assert page.get_by_text("Add documents").count() == 0
    assert page.get_by_test_id("stSidebarNavLink").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box.fill(PASSWORD)
    box.press("Enter")
    page.get_by_text("Add documents").wait_for()
    assert PASSWORD not in page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.reload()  # a tab that begins anew is asked anew
    page.get_by_label("Password", exact=True).wait_for()
