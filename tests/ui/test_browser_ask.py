"""Conversations, the page beside them and the document viewer, in a real browser with fake models."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.ui.browser import NEEDS_BROWSER, answers_held, ask, at_rest, fits_in, go, seen
from tests.ui.fakes import AGREEMENT, write_pdf
from tests.ui.page_states import DONE, SAID, put_in
from tests.ui.pages import ASK_FEE, ASK_NOTICE
from tests.ui.test_browser import ANSWERED

pytest_plugins = ["tests.ui.browser"]
pytestmark = NEEDS_BROWSER

NOTE_WORDS = """
(button) => new MutationObserver(() => { button.parentElement.dataset.noted ||= button.innerText; })
  .observe(button, { childList: true, characterData: true, subtree: true })
"""
"""Records the first words that appear on a button, in an attribute of its parent element."""


@pytest.fixture
def filled(home: Path, tmp_path: Path) -> None:
    """Puts one agreement of two pages into the library."""
    put_in(home, write_pdf(tmp_path / "services.pdf", AGREEMENT, ("Schedule", "Nothing else is agreed.")))


@pytest.fixture
def desk(filled: None, open_tab: Any) -> Any:
    """A tab on the ask page of a library with that agreement."""
    page = open_tab()
    page.get_by_test_id("stChatInputTextArea").wait_for()
    return page


def test_a_refresh_finds_the_conversation_even_in_mid_answer(desk: Any, home: Path) -> None:
    ask(desk, ASK_NOTICE)
    desk.get_by_text(DONE).wait_for()
    with answers_held(home):
        ask(desk, ASK_FEE)
        desk.locator(".rn-question").nth(1).wait_for()
        desk.get_by_role("button", name="Stop").wait_for()
        desk.reload()  # while the second answer is being written
        desk.get_by_role("button", name="Stop").wait_for()
    desk.get_by_text(DONE).nth(1).wait_for()
    seen(desk.locator(".rn-question")).to_have_text([ASK_NOTICE, ASK_FEE])
    seen(desk.locator(SAID).filter(has_text="$4,250").first).to_be_visible()
    go(desk, "History")
    desk.locator("summary").filter(has_text="2 questions").click()
    desk.get_by_role("link", name="Open").click()
    desk.locator(".rn-question").nth(1).wait_for()


def test_an_answer_goes_on_while_its_reader_looks_elsewhere(desk: Any, home: Path) -> None:
    with answers_held(home):
        ask(desk, ASK_NOTICE)
        desk.get_by_role("button", name="Stop").wait_for()
        go(desk, "Library")
    go(desk, "Ask")
    desk.get_by_text(ANSWERED).wait_for()
    at_rest(desk)
    seen(desk.locator(".rn-question")).to_have_count(1)


def test_stop_ends_an_answer_and_keeps_nothing_of_it(desk: Any, home: Path) -> None:
    with answers_held(home):
        ask(desk, ASK_NOTICE)
        desk.get_by_role("button", name="Stop").click()
        desk.get_by_text("Stopped before the answer was complete.").wait_for()
    desk.get_by_role("button", name="Ask again").click()
    desk.get_by_text(ANSWERED).wait_for()
    at_rest(desk)
    seen(desk.locator(".rn-question")).to_have_count(1)


def test_a_mark_in_the_answer_opens_its_page_with_the_words_in_sight(desk: Any) -> None:
    ask(desk, ASK_NOTICE)
    desk.get_by_text(DONE).wait_for()
    desk.get_by_role("button", name="Close").click()
    sheet = desk.locator('[class*="-sheet-"] img')
    sheet.wait_for(state="detached")
    desk.get_by_role("button", name="Open citation 1").first.click()
    sheet.wait_for()
    desk.get_by_role("button", name="Larger").click()
    desk.locator('[class*="-sheet-130"] img').wait_for()
    desk.wait_for_function(
        """() => { const frame = document.querySelector('[class*="-sheet-130"]');
                   return frame.querySelector("img").clientWidth > 1.2 * frame.clientWidth; }"""
    )
    desk.get_by_role("button", name="Next").click()
    desk.get_by_text("2 / 2").wait_for()


def test_words_are_copied_with_their_reference(desk: Any) -> None:
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(desk, ASK_NOTICE)
    desk.get_by_text(DONE).wait_for()
    button = desk.get_by_role("button", name="Copy with reference")
    button.evaluate(NOTE_WORDS)  # the words appear for a moment only
    button.click()
    seen(desk.locator('[data-noted="Copied"]')).to_be_visible()
    copied = desk.evaluate("navigator.clipboard.readText()")
    assert copied == f"“{AGREEMENT[5]}” (Services Agreement, 2, p. 1)"


def test_what_is_typed_during_an_answer_is_not_lost(desk: Any, home: Path) -> None:
    box = desk.get_by_test_id("stChatInputTextArea")
    with answers_held(home):
        ask(desk, ASK_NOTICE)
        desk.get_by_role("button", name="Stop").wait_for()
        box.fill(ASK_FEE)
    desk.get_by_text(DONE).wait_for()
    at_rest(desk)
    seen(box).to_have_value(ASK_FEE)
    box.press("Enter")
    desk.get_by_text(DONE).nth(1).wait_for()


def test_two_questions_in_a_row_are_answered_in_order(desk: Any, home: Path) -> None:
    with answers_held(home):
        ask(desk, ASK_NOTICE)
        desk.get_by_role("button", name="Stop").wait_for()
        ask(desk, ASK_FEE)
        seen(desk.get_by_test_id("stChatInputTextArea")).to_have_value("")  # it has been sent
    desk.get_by_text(DONE).nth(1).wait_for()
    seen(desk.locator(".rn-question")).to_have_text([ASK_NOTICE, ASK_FEE])


def test_the_reader_opens_at_the_place_and_finds_words(desk: Any) -> None:
    ask(desk, ASK_NOTICE)
    desk.get_by_text(DONE).wait_for()
    desk.get_by_role("link", name="Open in the reader").click()
    desk.get_by_role("heading", name="Services Agreement").wait_for()
    seen(desk).to_have_url(re.compile(r"reader\?document=[0-9a-f]{64}&page=1&from=\d+&to=\d+"))
    desk.get_by_label("Find in this document").fill("nothing ELSE")
    desk.get_by_label("Find in this document").press("Enter")
    desk.get_by_role("button", name=re.compile("Nothing else")).click()
    desk.get_by_text("Page 2 of 2").wait_for()
    desk.reload()
    desk.get_by_text("Page 2 of 2").wait_for()


def test_on_a_phone_the_reader_shows_the_page_before_its_outline(desk: Any) -> None:
    ask(desk, ASK_NOTICE)
    desk.get_by_text(DONE).wait_for()
    desk.get_by_role("link", name="Open in the reader").click()
    desk.locator("[class*=reader-sheet] img").wait_for()
    desk.get_by_text("Outline (").wait_for()
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.wait_for_function(
        """() => { const top = (at) => document.querySelector(at).getBoundingClientRect().top;
                   const page = top("[class*=reader-sheet] img");
                   return page < 844 / 2 && page < top('[class*="st-key-reader-outline"]'); }"""
    )
    fits_in(desk, 390)


def test_on_a_phone_a_page_lies_over_the_conversation_only_when_it_is_opened(desk: Any) -> None:
    desk.set_viewport_size({"width": 390, "height": 844})
    ask(desk, ASK_NOTICE)
    desk.get_by_text(DONE).wait_for()
    sheet = desk.locator('[class*="-sheet-"] img')
    sheet.wait_for(state="attached")  # the answer has opened it, but at this width it stays out of view
    seen(sheet).to_be_hidden()
    desk.get_by_role("button", name="Open citation 1").first.click()
    sheet.wait_for()
    desk.wait_for_function(
        """() => { const box = document.querySelector('[class*="st-key-desk-panel-"]').getBoundingClientRect();
                   return box.x === 0 && box.y === 0 && box.width === 390; }"""
    )
    fits_in(desk, 390)
    desk.get_by_role("button", name="Close").click()
    sheet.wait_for(state="detached")
    desk.get_by_text(DONE).wait_for()
