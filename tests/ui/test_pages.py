"""Each page of the app, run without a browser and with fake models."""

import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ragnano.errors import EngineError, StoreError
from tests.ui.fakes import AGREEMENT, UI, write_pdf
from tests.ui.pages import ASK_NOTICE, assistant, button, html, settle, take_in

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.ui.fixtures"]

ASK_OF_PARTY = "How many days written notice does Alderbrook Systems Inc. give?"


def test_an_empty_library_leads_to_the_samples(desk: AppTest) -> None:
    desk.run()
    assert [found.label for found in desk.button] == ["Add the sample documents", "Add your own"]
    assert not desk.chat_input
    button(desk, "Add the sample documents").click().run()
    settle()
    desk.run()
    assert not desk.exception
    assert desk.chat_input
    message = next(found.value for found in (*desk.warning, *desk.success))
    assert "documents added" in message
    assert len(assistant().documents()) >= 8


def test_adding_ones_own_leads_to_the_library(desk: AppTest) -> None:
    desk.run()
    button(desk, "Add your own").click().run()
    assert desk.title[0].value == "Library"
    assert "Nothing in this collection yet" in desk.info[0].value


def test_an_answer_has_its_verdict_words_and_citation(desk: AppTest, contracts: Path) -> None:
    desk.run().chat_input[0].set_value(ASK_NOTICE).run()
    assert not desk.exception
    assert any("Answered" in found.value for found in desk.markdown)
    assert 'data-cite="1:1" aria-label="Open citation 1">1</button></sup>' in html(desk)
    assert "sixty days written notice" in html(desk)
    assert desk.button(key="open turn 1 citation 0").label.startswith(r"1 · services\.pdf · page 1")
    assert desk.get("image")


def test_a_question_can_be_limited_by_date_and_kind_of_file(desk: AppTest, contracts: Path) -> None:
    desk.run().text_input(key="ask from").set_value("2050").run()
    assert any("within the limits chosen" in found.value for found in desk.caption)
    desk.chat_input[0].set_value(ASK_NOTICE).run()
    assert not desk.exception
    assert any("Not in the documents" in found.value for found in desk.markdown)
    desk.text_input(key="ask from").set_value("").run().selectbox(key="ask kind").set_value("text/plain").run()
    desk.chat_input[0].set_value(ASK_NOTICE).run()
    assert "services.pdf" not in html(desk)


def test_what_is_no_date_is_said_on_the_page(desk: AppTest, contracts: Path) -> None:
    desk.run().text_input(key="ask to").set_value("soon").run()
    assert not desk.exception
    assert any("is not a date" in found.value for found in desk.error)


def test_a_question_that_fits_several_documents_says_so(desk: AppTest, tmp_path: Path) -> None:
    for year in (2019, 2020):
        write_pdf(tmp_path / f"services-{year}.pdf", [*AGREEMENT[:-1], AGREEMENT[-1] + f" Year {year}."])
    take_in(tmp_path)
    desk.run().chat_input[0].set_value(ASK_OF_PARTY).run()
    assert any("2 documents fit the question about as well" in found.value for found in desk.caption)


def test_a_conflict_shows_both_sides_and_marks_the_later_document(desk: AppTest, tmp_path: Path) -> None:
    for year, notice in ((2019, "sixty"), (2021, "ninety")):
        dated = f"{AGREEMENT[1][:-1]} on March 1, {year}."
        paragraphs = [AGREEMENT[0], dated, *(text.replace("sixty", notice) for text in AGREEMENT[2:])]
        write_pdf(tmp_path / f"services-{year}.pdf", paragraphs)
    take_in(tmp_path)
    desk.run().chat_input[0].set_value(ASK_NOTICE).run()
    assert not desk.exception
    assert "These passages differ" in html(desk)
    for side in ("sixty days", "ninety days"):
        assert f'<blockquote class="rn-quote">{side}</blockquote>' in html(desk)
    assert "dated 2021-03-01" in html(desk)
    assert sum("Later document" in found.value for found in desk.markdown) == 1


def test_a_question_without_answer_shows_the_nearest_clauses(desk: AppTest, contracts: Path) -> None:
    desk.run().chat_input[0].set_value("What colour is the elephant in Antarctica?").run()
    assert any("Not in the documents" in found.value for found in desk.markdown)
    assert any("nearest" in found.value for found in desk.caption)
    assert "rn-quote" in html(desk)


def test_quotes_only_asks_no_model(desk: AppTest, contracts: Path) -> None:
    desk.run()
    next(box for box in desk.selectbox if box.label == "Model").set_value("none").run()
    desk.chat_input[0].set_value(ASK_NOTICE).run()
    assert any("Quoted from the document" in found.value for found in desk.markdown)


def test_a_question_can_be_asked_of_one_document(desk: AppTest, contracts: Path) -> None:
    desk.run()
    box = next(box for box in desk.selectbox if box.label == "Document")
    notices = next(found for found in assistant().documents() if found.path.endswith("notice.txt"))
    box.set_value(notices.id).run()
    desk.chat_input[0].set_value(ASK_NOTICE).run()
    assert "services.pdf" not in html(desk)


def test_hostile_text_is_literal(desk: AppTest, contracts: Path) -> None:
    desk.run().chat_input[0].set_value("What does the literal notice say about bold, link and tag?").run()
    assert not desk.exception
    assert "&lt;b&gt;tag&lt;/b&gt;" in html(desk)
    assert "<b>" not in html(desk)
    assert not any("literal notice: $x^2$" in found.value.lower() for found in desk.markdown)


def test_an_engine_that_dies_is_one_message_and_the_app_goes_on(
    desk: AppTest, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise EngineError("the engine stopped: run `ragnano doctor`")

    with monkeypatch.context() as broken:
        broken.setattr(assistant(), "ask", die)
        desk.run().chat_input[0].set_value(ASK_NOTICE).run()
        assert [found.value for found in desk.error] == [r"the engine stopped\: run \`ragnano doctor\`"]
    desk.chat_input[0].set_value(ASK_NOTICE).run()
    assert not desk.error
    assert any("Answered" in found.value for found in desk.markdown)


def test_an_unforeseen_error_is_told_without_its_words(
    desk: AppTest, contracts: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("the contract's secret words")

    monkeypatch.setattr(assistant(), "ask", fail)
    desk.run().chat_input[0].set_value(ASK_NOTICE).run()
    assert not desk.exception
    assert "Something went wrong" in desk.error[0].value
    assert "KeyError" in caplog.text
    assert "secret" not in desk.error[0].value + caplog.text


def test_a_library_that_cannot_be_opened_is_told(desk: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed() -> None:
        raise StoreError("the folder is read-only: choose another")

    import shared

    with monkeypatch.context() as broken:
        broken.setattr(shared, "make_assistant", closed)
        desk.run()
        assert "the folder is read\\-only" in desk.error[0].value
    desk.run()
    assert not desk.error


def test_the_apps_configuration_keeps_to_this_machine() -> None:
    settings = tomllib.loads((UI / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["server"]["enableXsrfProtection"]
    assert settings["browser"] == {"gatherUsageStats": False, "serverAddress": "localhost"}
    assert settings["client"]["showErrorDetails"] == "none"
    assert not any("http" in file.read_text(encoding="utf-8") for file in UI.glob("*.css"))


def test_a_question_that_is_too_long_is_told(desk: AppTest, contracts: Path) -> None:
    desk.run().chat_input[0].set_value("long " * 500).run()
    assert "ask in at most" in desk.error[0].value
