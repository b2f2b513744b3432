"""The document viewer: a document page by page, without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ragnano.types import Chunk, Document, Page, ParsedDocument, Span
from tests.conftest import FakeEmbedder
from tests.ui.fakes import AGREEMENT, write_pdf
from tests.ui.pages import ASK_NOTICE, assistant, html, take_in

from page_links import Place, address_of  # isort: skip - tests.ui.pages knows where

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.ui.fixtures"]

SECOND = ("Schedule", "4. Travel", "The Supplier shall travel by train where the journey takes less than five hours.")


@pytest.fixture
def agreement(desk: AppTest, tmp_path: Path) -> Document:
    """A document of two pages, in the library."""
    take_in(write_pdf(tmp_path / "services.pdf", AGREEMENT, SECOND))
    return assistant().documents()[0]


def opened(desk: AppTest, place: Place) -> AppTest:
    desk.run().switch_page("viewer_page.py")
    desk.query_params.update(address_of(place))
    return desk.run()


def address(desk: AppTest, name: str) -> str:
    value = desk.query_params[name]
    return value if isinstance(value, str) else value[0]


def fact(desk: AppTest) -> str:
    return next(part for part in html(desk).splitlines() if "of 2</div>" in part)


def test_without_a_document_one_is_chosen(desk: AppTest, agreement: Document) -> None:
    desk.run().switch_page("viewer_page.py").run()
    desk.selectbox(key="reader document").set_value(agreement.id).run()
    assert not desk.exception
    assert "Page 1 of 2" in fact(desk)
    assert address(desk, "document") == agreement.id


def test_pages_are_turned_and_the_address_follows(desk: AppTest, agreement: Document) -> None:
    opened(desk, Place(agreement.id))
    assert desk.button(key="reader previous").disabled
    desk.button(key="reader next").click().run()
    assert "Page 2 of 2" in fact(desk)
    assert address(desk, "page") == "2"
    assert desk.button(key="reader next").disabled
    assert desk.get("image")


def test_words_are_found_and_opened(desk: AppTest, agreement: Document) -> None:
    opened(desk, Place(agreement.id))
    desk.text_input(key="reader find").set_value("LESS than five").run()
    assert any(caption.value == "1 place" for caption in desk.caption)
    desk.button(key="reader found 0").click().run()
    assert not desk.exception
    assert "Page 2 of 2" in fact(desk)
    start, end = int(address(desk, "from")), int(address(desk, "to"))
    assert assistant().page(agreement.id, 2).text[start:end] == "less than five"
    desk.text_input(key="reader find").set_value("elephant").run()
    assert any("do not stand" in caption.value for caption in desk.caption)


def test_the_outline_leads_to_its_pages(desk: AppTest, agreement: Document) -> None:
    opened(desk, Place(agreement.id, 2))
    next(button for button in desk.button if "Fees" in button.label).click().run()
    assert "Page 1 of 2" in fact(desk)


def test_past_answers_that_quote_the_document_are_listed(desk: AppTest, agreement: Document) -> None:
    assistant().converse().ask(ASK_NOTICE)
    opened(desk, Place(agreement.id, 2))
    desk.button(key="reader cited 0").click().run()
    assert "Page 1 of 2" in fact(desk)
    start, end = int(address(desk, "from")), int(address(desk, "to"))
    assert "sixty days" in " ".join(assistant().page(agreement.id, 1).text[start:end].split())


def test_an_address_that_makes_no_sense_is_no_error(desk: AppTest, agreement: Document) -> None:
    for document, page in (
        ("../../etc", "1"),
        (agreement.id, "999999"),
        (agreement.id, "-1"),
        (agreement.id, "x" * 50),
    ):
        desk.run().switch_page("viewer_page.py")
        desk.query_params.update({"document": document, "page": page, "from": "9" * 30, "to": "<b>"})
        desk.run()
        assert not desk.exception
        assert not desk.error


def test_what_has_no_paper_is_read_as_text(desk: AppTest, tmp_path: Path) -> None:
    (tmp_path / "notice.txt").write_text("Notices\n\n1. Form\n\nA notice must be <b>written</b>.\n", encoding="utf-8")
    take_in(tmp_path / "notice.txt")
    document = assistant().documents()[0]
    text = assistant().page(document.id, 1).text
    start = text.index("written") - 3
    opened(desk, Place(document.id, 1, start, start + 7))
    assert "<mark>&lt;b&gt;writ</mark>" in html(desk)


@pytest.mark.parametrize(
    ("text", "label"), [("", "This page gave no text: "), ("Fee: $5", "Not all of this page was read: ")]
)
def test_a_page_that_was_not_read_in_full_says_so_above_what_it_gave(desk: AppTest, text: str, label: str) -> None:
    pages = (Page(1, 0, 0, "Cover"), Page(2, 0, 0, text, unreadable="a picture, needs OCR"))
    document = Document("c" * 64, "Form", "text/plain", 2, 9, status="partial")
    chunk = Chunk(document.id, 0, "Cover", (Span(1, 0, 5),))
    vectors = FakeEmbedder().embed_passages([chunk.text])
    assistant().catalogue.add(
        ParsedDocument(document, pages, (chunk,)), vectors, collection="default", path="/form.txt", size=9, mtime_ns=1
    )
    opened(desk, Place(document.id, 2))
    assert f"{label}a picture, needs OCR" in html(desk)
    assert not text or text in html(desk)
