"""The app in a real browser with fake models: what a user sees, and that nothing leaves the machine."""

import re
from pathlib import Path
from typing import Any

from tests.ui.browser import NEEDS_BROWSER, WORK_MS, ask, fits_in, go, hold_answers, hold_file, pick_first, seen, upload
from tests.ui.fakes import AGREEMENT, NASTY, write_pdf
from tests.ui.highlight_checks import assert_marks_cover, last_citations, picture
from tests.ui.page_states import ANSWER_TEXT, DONE
from tests.ui.pages import ASK_FEE, ASK_NOTICE

pytest_plugins = ["tests.ui.browser"]

TITLE = "**Deed** :smile: $a$ -> :red[x] <i>y</i> www.example.com"
ANSWERED = re.compile("Answered$")  # preceded by the name of its icon

pytestmark = NEEDS_BROWSER


def test_from_an_empty_library_to_a_proved_answer_and_back(open_tab: Any, home: Path, tmp_path: Path) -> None:
    page = open_tab()
    page.get_by_role("button", name="Add your own").click()
    box = page.get_by_role("combobox")
    box.fill("Mill matter")
    box.press("Enter")
    seen(box).to_have_value("Mill matter")
    upload(page, write_pdf(tmp_path / "services.pdf", AGREEMENT))

    seen(box).to_have_value("Mill matter")

    go(page, "Ask")
    ask(page, ASK_NOTICE)
    page.get_by_text(ANSWERED).wait_for()
    page.get_by_text(DONE).wait_for()
    seen(page.locator(ANSWER_TEXT).first).to_contain_text("sixty days written notice")
    source = page.get_by_role("button", name="1 · services.pdf · page 1 · 2 Termination")
    source.wait_for()
    sheet = page.locator('[class*="-sheet-"] img')
    [citation] = last_citations(home)
    assert " ".join(citation.quote.split()) == AGREEMENT[5]
    assert_marks_cover(picture(page, sheet), home, citation)  # opened by the answer itself

    ask(page, "What colour is the elephant in Antarctica?")
    page.get_by_text("Not in the documents").wait_for()
    page.locator(".rn-quote").first.wait_for()
    seen(page.get_by_text(ASK_NOTICE).first).to_be_visible()  # further up in the conversation

    go(page, "Library")
    pick_first(page)
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("Nothing in this collection yet").wait_for()
    assert not list((home / "uploads").rglob("*.pdf"))


def test_hostile_text_is_shown_as_it_stands(open_tab: Any, tmp_path: Path) -> None:
    page = open_tab("library")
    deed = tmp_path / "deed.md"
    deed.write_text(f"# {TITLE}\n\n1. Notices\n\n{NASTY}\n", encoding="utf-8")
    upload(page, deed)
    go(page, "Ask")
    ask(page, "What does the literal notice say about bold, link and tag?")
    page.get_by_text(DONE).wait_for()
    literal = "$x^2$ :smile: :red[red] **bold** <b>tag</b>"
    seen(page.locator(ANSWER_TEXT).first).to_contain_text(literal, use_inner_text=True)
    seen(page.locator(".rn-text")).to_contain_text(TITLE, use_inner_text=True)
    seen(page.locator('[class*="desk-panel"] .rn-source')).to_have_text(TITLE, use_inner_text=True)

    page.get_by_role("button", name="New conversation").click()
    page.locator(".rn-question").wait_for(state="detached")
    ask(page, TITLE)
    page.get_by_text(DONE).wait_for()
    _assert_literal(page.locator(".rn-question"), TITLE)
    _assert_literal(page.locator(".st-key-recent button").first, TITLE)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="History").click()
    _assert_literal(page.locator("summary").filter(has_text="1 question").first, TITLE)
    go(page, "Library")
    _assert_literal(page.get_by_role("link", name="Deed"), TITLE)


def _assert_literal(place: Any, text: str) -> None:
    place.wait_for()
    seen(place).to_contain_text(text, use_inner_text=True)
    seen(place.locator("a, i, em, .katex, strong strong")).to_have_count(0)


def test_a_click_on_another_page_is_followed_at_whatever_moment_of_an_answer_it_comes(
    open_tab: Any, tmp_path: Path
) -> None:
    page = open_tab()
    go(page, "Library")
    upload(page, write_pdf(tmp_path / "services.pdf", AGREEMENT))
    for milliseconds in range(0, 500, 50):
        go(page, "Ask")
        ask(page, "And now?")
        page.wait_for_timeout(milliseconds)
        go(page, "Library")


def test_two_tabs_that_ask_at_once_both_get_their_answer(open_tab: Any, home: Path, tmp_path: Path) -> None:
    first = open_tab("library")
    upload(first, write_pdf(tmp_path / "services.pdf", AGREEMENT))
    go(first, "Ask")
    second = open_tab()
    second.get_by_test_id("stChatInputTextArea").wait_for()
    with hold_answers(home):
        ask(first, ASK_NOTICE)
        first.get_by_role("button", name="Stop").wait_for()
        ask(second, ASK_FEE)
        second.get_by_text("1 question ahead of yours").wait_for()
    for page in (first, second):
        page.get_by_text(ANSWERED).wait_for()
        page.get_by_text(DONE).wait_for()
    seen(first.locator(ANSWER_TEXT).first).to_contain_text("sixty days")
    seen(second.locator(ANSWER_TEXT).first).to_contain_text("$4,250 plus $75")


def test_samples_in_two_clicks_on_a_phone_in_the_dark(open_tab: Any, home: Path) -> None:
    page = open_tab(color_scheme="dark", viewport={"width": 390, "height": 844})
    with hold_file(home, ".md"):
        page.get_by_role("button", name="Add the sample documents").click()
        page.get_by_role("button", name="Stop").wait_for()
        adding = page.get_by_role("button", name=re.compile("^Add "))
        adding.first.wait_for(state="hidden")  # replaced by the progress
        seen(page.get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_text("documents added").wait_for(timeout=WORK_MS)
    page.get_by_role("button", name=re.compile("Software License Agreement")).click()
    page.get_by_text(DONE).wait_for()
    page.locator(".rn-quote, .rn-answer").first.wait_for()
    fits_in(page, 390)
    page.wait_for_function(
        """() => getComputedStyle(document.querySelector(".stApp")).backgroundColor
                   .match(/[0-9]+/g).slice(0, 3).every(part => part < 80)"""
    )
