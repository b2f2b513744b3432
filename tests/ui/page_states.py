"""States of the app's pages, each a function that brings a tab to it, and the library that they show."""

import re
from pathlib import Path
from typing import Any

from ragnano.assistant import Assistant
from ragnano.settings import Settings
from tests.conftest import FakeEmbedder
from tests.ui.browser import ask
from tests.ui.fakes import AGREEMENT, NASTY, ParserInProcess, write_pdf
from tests.ui.pages import ASK_FEE, ASK_NOTICE

DONE = re.compile(r"^\d+\.\d s · ")
"""The line below a finished answer."""
SAID = ".rn-answer, .rn-quote"
"""An answer's words; those that are a quote are only in its card."""
PASSWORD = "a long enough password"
LONG = "A very long name of a file that somebody gave a contract about the weaving machines of the mill, final"


def fill(home: Path, folder: Path) -> None:
    """Fills a library: two differing agreements, a long name, a text, and a document page with warnings."""
    folder.mkdir()
    for year, notice in ((2019, "sixty"), (2021, "ninety")):
        dated = f"{AGREEMENT[1][:-1]} on March 1, {year}."
        paragraphs = [AGREEMENT[0], dated, *(text.replace("sixty", notice) for text in AGREEMENT[2:])]
        write_pdf(folder / f"services-{year}.pdf", paragraphs, ("Schedule", "Nothing else is agreed."))
    write_pdf(folder / f"{LONG}.pdf", ("Deed of Gift", "1. Gift", "The Donor gives the looms to the Museum."))
    (folder / "notice.txt").write_text(f"Notices\n\n1. Notices\n\n{NASTY}\n", encoding="utf-8")
    put_in(home, folder)


def put_in(home: Path, path: Path) -> None:
    """Ingests a file or folder into a library whose app does not run yet: quicker than by way of its pages."""
    settings = Settings.load(data_dir=home, models_dir=home.parent / "models")
    with Assistant(settings, embedder=FakeEmbedder()) as helper:  # type: ignore[arg-type]
        from ingest.pipeline import ingest

        ingest(
            [path],
            settings=settings,
            catalogue=helper.catalogue,
            vectors=helper.vectors,
            embedder=helper.embedder,
            parser_pool=lambda: ParserInProcess(settings),  # type: ignore[arg-type, return-value]
        )


def answered(page: Any, question: str) -> None:
    ask(page, question)
    page.get_by_text(DONE).first.wait_for()


def first_run(tab: Any) -> Any:
    page = tab()
    page.get_by_role("button", name="Add the sample documents").wait_for()
    return page


def door(tab: Any) -> Any:
    page = tab()
    page.get_by_label("Password", exact=True).wait_for()
    return page


def wrong_password(tab: Any) -> Any:
    page = door(tab)
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Come in").click()
    page.get_by_text("That is not the password").wait_for()
    return page


def let_in(tab: Any) -> Any:
    page = door(tab)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Come in").click()
    page.get_by_role("button", name="Add your own").wait_for()
    return page


def nothing_asked(tab: Any) -> Any:
    page = tab()
    page.get_by_text("Ask in your own words").wait_for()
    return page


def answer_beside_its_page(tab: Any) -> Any:
    page = tab()
    answered(page, ASK_FEE)
    page.locator('[class*="-sheet-"] img').wait_for()
    return page


def answer_alone(tab: Any) -> Any:
    page = answer_beside_its_page(tab)
    page.get_by_role("button", name="Close").click()
    page.get_by_text("opens here").wait_for()
    return page


def follow_up_put_right(tab: Any) -> Any:
    page = tab()
    answered(page, ASK_FEE)
    ask(page, "And the notice?")
    page.get_by_text(DONE).nth(1).wait_for()
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Ask instead").wait_for()
    return page


def refusal(tab: Any) -> Any:
    page = tab()
    answered(page, "What colour is the elephant in Antarctica?")
    page.get_by_text("Not in the documents").wait_for()
    return page


def conflict(tab: Any) -> Any:
    page = tab()
    answered(page, ASK_NOTICE)
    page.get_by_text("These passages differ").wait_for()
    return page


def nothing_searched(tab: Any) -> Any:
    page = tab("search")
    page.get_by_text("For example").wait_for()
    return page


def searched(tab: Any) -> Any:
    page = tab("search")
    page.get_by_placeholder("Words of a clause").press_sequentially("sixty days notice")
    page.locator(".rn-passage").first.wait_for()
    return page


def library(tab: Any) -> Any:
    page = tab("library")
    page.get_by_role("link", name="Services Agreement").first.wait_for()
    page.get_by_test_id("stCheckbox").locator("label").first.click()
    page.get_by_text("1 picked").wait_for()
    return page


def empty_library(tab: Any) -> Any:
    page = tab("library")
    page.get_by_text("Nothing in this collection yet").wait_for()
    return page


def document(tab: Any) -> Any:
    page = tab("library")
    page.get_by_role("link", name="Services Agreement").first.click()
    page.get_by_role("heading", name="Outline").wait_for()
    return page


def reader(tab: Any) -> Any:
    page = document(tab)
    page.get_by_role("link", name="Read", exact=True).first.click()
    page.locator("[class*=reader-sheet] img").wait_for()
    return page


def history(tab: Any) -> Any:
    page = answer_beside_its_page(tab)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="History").click()
    page.locator("summary").filter(has_text="1 question").first.click()
    page.get_by_role("link", name="Open").wait_for()
    return page


def empty_history(tab: Any) -> Any:
    page = tab("history")
    page.get_by_text("No conversations yet").wait_for()
    return page


def machine(tab: Any) -> Any:
    page = tab("machine")
    page.get_by_role("heading", name="This machine").wait_for()
    return page


LOOKS = (
    *(("empty", look) for look in (first_run, empty_library, empty_history)),
    *(("closed", look) for look in (door, let_in, wrong_password)),
    *(("full", look) for look in (nothing_asked, answer_beside_its_page, answer_alone, follow_up_put_right)),
    *(("full", look) for look in (refusal, conflict, nothing_searched, searched, library, document, reader)),
    *(("full", look) for look in (history, machine)),
)
"""The server of each state ("empty", "closed" by a password, or "full", with the library above), and the state."""
