"""An app that other machines can reach, in a real browser: nothing is shown before the password."""

from typing import Any

import pytest

from tests.ui.browser import NEEDS_BROWSER, at_rest, fits_in, seen

pytest_plugins = ["tests.ui.browser"]
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
    at_rest(page)
    assert page.get_by_text("Add documents").count() == 0
    assert page.get_by_test_id("stSidebarNavLink").count() == 0
    fits_in(page, 390)
    box.fill(PASSWORD)
    box.press("Enter")
    page.get_by_text("Add documents").wait_for()
    at_rest(page)
    assert PASSWORD not in page.url
    fits_in(page, 390)


def come_in(page: Any) -> None:
    box = page.get_by_label("Password", exact=True)
    box.fill(PASSWORD)
    box.press("Enter")
    page.get_by_text("Add documents").wait_for()


def test_a_refresh_asks_no_second_time_but_another_tab_and_a_sign_out_do(open_tab: Any) -> None:
    page = open_tab("library")
    come_in(page)
    kept = str(page.wait_for_function("sessionStorage.getItem('ragnano pass')").json_value())
    assert len(kept) >= 43
    assert PASSWORD not in kept
    page.reload()
    page.get_by_text("Add documents").wait_for()
    at_rest(page)
    assert kept not in page.url
    assert not page.context.cookies() or kept not in str(page.context.cookies())
    open_tab("library").get_by_label("Password", exact=True).wait_for()

    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Password", exact=True).wait_for()
    page.wait_for_function("sessionStorage.getItem('ragnano pass') === null")
    page.evaluate("(kept) => sessionStorage.setItem('ragnano pass', kept)", kept)  # a copy no longer opens anything
    page.reload()
    page.wait_for_function("sessionStorage.getItem('ragnano pass') === null")
    seen(page.get_by_label("Password", exact=True)).to_be_visible()
    come_in(page)
