"""Each page of the app, run without a browser and with fake models."""

import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ragnano.errors import EngineError, StoreError
from tests.ui.fakes import AGREEMENT, UI, write_pdf
from tests.ui.pages import ASK_NOTICE, button, html, settle, shared_assistant, take_in

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.ui.fixtures"]

ASK_OF_PARTY = "How many days written notice does Alderbrook Systems Inc. give?"


def test_an_empty_library_leads_to_the_samples(app: AppTest) -> None:
    app.run()
    assert [found.label for found in app.button] == ["Add the sample documents", "Add your own"]
    assert not app.chat_input
    button(app, "Add the sample documents").click().run()
    settle()
    app.run()
    assert not app.exception
    assert app.chat_input
    message = next(found.value for found in (*app.warning, *app.success))
    assert "documents added" in message
    assert len(shared_assistant().documents()) >= 8


def test_adding_ones_own_leads_to_the_library(app: AppTest) -> None:
    app.run()
    button(app, "Add your own").click().run()
    assert app.title[0].value == "Library"
    assert "Nothing in this collection yet" in app.info[0].value


def test_an_answer_has_its_verdict_words_and_citation(app: AppTest, contracts: Path) -> None:
    app.run().chat_input[0].set_value(ASK_NOTICE).run()
    assert not app.exception
    assert any("Answered" in found.value for found in app.markdown)
    assert 'data-cite="1:1" aria-label="Open citation 1">1</button></sup>' in html(app)
    assert "sixty days written notice" in html(app)
    assert app.button(key="open turn 1 citation 0").label.startswith(r"1 · services\.pdf · page 1")
    assert app.get("image")


def test_a_question_can_be_limited_by_date_and_kind_of_file(app: AppTest, contracts: Path) -> None:
    app.run().text_input(key="ask from").set_value("2050").run()
    assert any("within the limits chosen" in found.value for found in app.caption)
    app.chat_input[0].set_value(ASK_NOTICE).run()
    assert not app.exception
    assert any("Not in the documents" in found.value for found in app.markdown)
    app.text_input(key="ask from").set_value("").run().selectbox(key="ask kind").set_value("text/plain").run()
    app.chat_input[0].set_value(ASK_NOTICE).run()
    assert "services.pdf" not in html(app)


def test_what_is_no_date_is_said_on_the_page(app: AppTest, contracts: Path) -> None:
    app.run().text_input(key="ask to").set_value("soon").run()
    assert not app.exception
    assert any("is not a date" in found.value for found in app.error)


def test_a_question_that_fits_several_documents_says_so(app: AppTest, tmp_path: Path) -> None:
    for year in (2019, 2020):
        write_pdf(tmp_path / f"services-{year}.pdf", [*AGREEMENT[:-1], AGREEMENT[-1] + f" Year {year}."])
    take_in(tmp_path)
    app.run().chat_input[0].set_value(ASK_OF_PARTY).run()
    assert any("2 documents fit the question about as well" in found.value for found in app.caption)


def test_a_conflict_shows_both_sides_and_marks_the_later_document(app: AppTest, tmp_path: Path) -> None:
    for year, notice in ((2019, "sixty"), (2021, "ninety")):
        dated = f"{AGREEMENT[1][:-1]} on March 1, {year}."
        paragraphs = [AGREEMENT[0], dated, *(text.replace("sixty", notice) for text in AGREEMENT[2:])]
        write_pdf(tmp_path / f"services-{year}.pdf", paragraphs)
    take_in(tmp_path)
    app.run().chat_input[0].set_value(ASK_NOTICE).run()
    assert not app.exception
    assert "These passages differ" in html(app)
    for side in ("sixty days", "ninety days"):
        assert f'<blockquote class="rn-quote">{side}</blockquote>' in html(app)
    assert "dated 2021-03-01" in html(app)
    assert sum("Later document" in found.value for found in app.markdown) == 1


def test_a_question_without_answer_shows_the_nearest_clauses(app: AppTest, contracts: Path) -> None:
    app.run().chat_input[0].set_value("What colour is the elephant in Antarctica?").run()
    assert any("Not in the documents" in found.value for found in app.markdown)
    assert any("nearest" in found.value for found in app.caption)
    assert "rn-quote" in html(app)


def test_quotes_only_asks_no_model(app: AppTest, contracts: Path) -> None:
    app.run()
    next(box for box in app.selectbox if box.label == "Model").set_value("none").run()
    app.chat_input[0].set_value(ASK_NOTICE).run()
    assert any("Quoted from the document" in found.value for found in app.markdown)


def test_a_question_can_be_asked_of_one_document(app: AppTest, contracts: Path) -> None:
    app.run()
    box = next(box for box in app.selectbox if box.label == "Document")
    notices = next(found for found in shared_assistant().documents() if found.path.endswith("notice.txt"))
    box.set_value(notices.id).run()
    app.chat_input[0].set_value(ASK_NOTICE).run()
    assert "services.pdf" not in html(app)


def test_hostile_text_is_literal(app: AppTest, contracts: Path) -> None:
    app.run().chat_input[0].set_value("What does the literal notice say about bold, link and tag?").run()
    assert not app.exception
    assert "&lt;b&gt;tag&lt;/b&gt;" in html(app)
    assert "<b>" not in html(app)
    assert not any("literal notice: $x^2$" in found.value.lower() for found in app.markdown)


def test_an_engine_that_dies_is_one_message_and_the_app_goes_on(
    app: AppTest, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise EngineError("the engine stopped: run `ragnano doctor`")

    with monkeypatch.context() as broken:
        broken.setattr(shared_assistant(), "ask", die)
        app.run().chat_input[0].set_value(ASK_NOTICE).run()
        assert [found.value for found in app.error] == [r"the engine stopped\: run \`ragnano doctor\`"]
    app.chat_input[0].set_value(ASK_NOTICE).run()
    assert not app.error
    assert any("Answered" in found.value for found in app.markdown)


def test_an_unforeseen_error_is_told_without_its_words(
    app: AppTest, contracts: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("the contract's secret words")

    monkeypatch.setattr(shared_assistant(), "ask", fail)
    app.run().chat_input[0].set_value(ASK_NOTICE).run()
    assert not app.exception
    assert "Something went wrong" in app.error[0].value
    assert "KeyError" in caplog.text
    assert "secret" not in app.error[0].value + caplog.text


def test_a_library_that_cannot_be_opened_is_told(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed() -> None:
        raise StoreError("the folder is read-only: choose another")

    import shared

    with monkeypatch.context() as broken:
        broken.setattr(shared, "make_assistant", closed)
        app.run()
        assert "the folder is read\\-only" in app.error[0].value
    app.run()
    assert not app.error


def test_the_apps_configuration_keeps_to_this_machine() -> None:
    settings = tomllib.loads((UI / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["server"]["enableXsrfProtection"]
    assert settings["browser"] == {"gatherUsageStats": False, "serverAddress": "localhost"}
    assert settings["client"]["showErrorDetails"] == "none"
    assert not any("http" in file.read_text(encoding="utf-8") for file in UI.glob("*.css"))


def test_a_question_that_is_too_long_is_told(app: AppTest, contracts: Path) -> None:
    app.run().chat_input[0].set_value("long " * 500).run()
    assert "ask in at most" in app.error[0].value
