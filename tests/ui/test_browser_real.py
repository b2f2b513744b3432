"""The app in a real browser with the default models and a sample contract: from upload to citation and refusal."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ragnano.models import find, installed
from ragnano.settings import Settings
from tests.conftest import SAMPLES
from tests.ui.browser import NEEDS_BROWSER, WORK_MS, ask, go, running, seen, upload
from tests.ui.fakes import UI
from tests.ui.highlight_checks import assert_marks_cover, last_citations, picture
from tests.ui.page_states import ANSWER_TEXT, DONE

pytest_plugins = ["tests.ui.browser"]
pytestmark = [*NEEDS_BROWSER, pytest.mark.models]

CONTRACT = SAMPLES / "documents" / "marrowstone-employment-agreement.pdf"
BONUS = "How much is the signing bonus in the Employment Agreement?"
VERDICT = re.compile("(Answered|Quoted from the document)$")


@pytest.fixture
def address(home: Path) -> Iterator[str]:
    """The app unchanged, with the models of this machine."""
    settings = Settings.load()
    for name in (settings.embedder, settings.chat_model):
        if installed(find(name), settings.models_dir) is None:
            pytest.skip(f"{name} is not in the model cache: `ragnano models fetch`")
    with running(home, {"RAGNANO_MODELS_DIR": str(settings.models_dir)}, UI / "app.py") as found:
        yield found


def test_an_uploaded_contract_answers_with_proof_or_not_at_all(open_tab: Any, home: Path) -> None:
    page = open_tab("library")
    page.set_default_timeout(WORK_MS)  # ingest loads torch, and the engine's self-test runs once
    upload(page, CONTRACT)
    go(page, "Ask")
    ask(page, BONUS)
    page.get_by_text(DONE).wait_for()
    seen(page.get_by_text(VERDICT)).to_have_count(1)
    seen(page.locator(ANSWER_TEXT).first).to_contain_text("$25,000")
    seen(page.get_by_role("button", name="Stop")).to_have_count(0)  # a finished answer cannot be stopped
    citation = last_citations(home)[0]
    assert "$25,000" in citation.quote
    sheet = page.locator('[class*="-sheet-"] img')
    sheet.wait_for()
    page.get_by_role("button", name="Close").click()
    sheet.wait_for(state="detached")
    page.get_by_role("button", name="Open citation 1").first.click()
    assert_marks_cover(picture(page, sheet), home, citation)

    ask(page, "Which hotel chain hosts the annual conference?")
    page.get_by_text("Not in the documents").wait_for()
    page.get_by_text(DONE).nth(1).wait_for()
    assert not last_citations(home)
    page.locator(".rn-quote").first.wait_for()
