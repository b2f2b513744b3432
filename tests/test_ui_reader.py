"""The reader: a document page by page, without a browser."""

import sys
from pathlib import Path

import pytest

from ragnano.types import Document
from tests import test_ui_pages as kit
from tests.ui_fakes import AGREEMENT, UI, write_pdf

if str(UI) not in sys.path:
    sys.path.append(str(UI))

import shared
from opening import Place, address_of
from streamlit.testing.v1 import AppTest

app = kit.app
own_library = kit._own_library

SECOND = ("Schedule", "4. Travel", "The Supplier shall travel by train where the journey takes less than five hours.")


@pytest.fixture
def agreement(tmp_path: Path) -> Document:
    """A document of two pages, in the library."""
    kit.take_in(write_pdf(tmp_path / "services.pdf", AGREEMENT, SECOND))
    return shared.assistant().documents()[0]


def opened(app: AppTest, place: Place) -> AppTest:
    app.run().switch_page("reader_page.py")
    app.query_params.update(address_of(place))
    return app.run()


def address(app: AppTest, name: str) -> str:
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def fact(app: AppTest) -> str:
    return next(part for part in kit.html(app).splitlines() if "of 2</div>" in part)


def test_without_a_document_one_is_chosen(app: AppTest, agreement: Document) -> None:
    app.run().switch_page("reader_page.py").run()
    app.selectbox(key="reader document").set_value(agreement.id).run()
    assert not app.exception
    assert "Page 1 of 2" in fact(app)
    assert address(app, "document") == agreement.id


def test_pages_are_turned_and_the_address_follows(app: AppTest, agreement: Document) -> None:
    opened(app, Place(agreement.id))
    assert app.button(key="reader previous").disabled
    app.button(key="reader next").click().run()
    assert "Page 2 of 2" in fact(app)
    assert address(app, "page") == "2"
    assert app.button(key="reader next").disabled
    assert app.get("image")


def test_words_are_found_and_opened(app: AppTest, agreement: Document) -> None:
    opened(app, Place(agreement.id))
    app.text_input(key="reader find").set_value("LESS than five").run()
    assert any(caption.value == "1 place" for caption in app.caption)
    app.button(key="reader found 0").click().run()
    assert not app.exception
    assert "Page 2 of 2" in fact(app)
    start, end = int(address(app, "from")), int(address(app, "to"))
    assert shared.assistant().page(agreement.id, 2).text[start:end] == "less than five"
    app.text_input(key="reader find").set_value("elephant").run()
    assert any("do not stand" in caption.value for caption in app.caption)


def test_the_outline_leads_to_its_pages(app: AppTest, agreement: Document) -> None:
    opened(app, Place(agreement.id, 2))
    next(button for button in app.button if "Fees" in button.label).click().run()
    assert "Page 1 of 2" in fact(app)


def test_past_answers_that_quote_the_document_are_listed(app: AppTest, agreement: Document) -> None:
    shared.assistant().converse().ask(kit.ASK_NOTICE)
    opened(app, Place(agreement.id, 2))
    app.button(key="reader cited 0").click().run()
    assert "Page 1 of 2" in fact(app)
    start, end = int(address(app, "from")), int(address(app, "to"))
    assert "sixty days" in " ".join(shared.assistant().page(agreement.id, 1).text[start:end].split())


def test_an_address_that_makes_no_sense_is_no_error(app: AppTest, agreement: Document) -> None:
    for document, page in (
        ("../../etc", "1"),
        (agreement.id, "999999"),
        (agreement.id, "-1"),
        (agreement.id, "x" * 50),
    ):
        app.run().switch_page("reader_page.py")
        app.query_params.update({"document": document, "page": page, "from": "9" * 30, "to": "<b>"})
        app.run()
        assert not app.exception
        assert not app.error


def test_what_has_no_paper_is_read_as_text(app: AppTest, tmp_path: Path) -> None:
    (tmp_path / "notice.txt").write_text("Notices\n\n1. Form\n\nA notice must be <b>written</b>.\n", encoding="utf-8")
    kit.take_in(tmp_path / "notice.txt")
    document = shared.assistant().documents()[0]
    text = shared.assistant().page(document.id, 1).text
    start = text.index("written") - 3
    opened(app, Place(document.id, 1, start, start + 7))
    assert "<mark>&lt;b&gt;writ</mark>" in kit.html(app)
