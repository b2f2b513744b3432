"""The search page, run without a browser and with fake models."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.ui.pages import html

pytest_plugins = ["tests.ui.fixtures"]


def search(desk: AppTest, words: str) -> AppTest:
    desk.run().switch_page("search_page.py").run()
    return desk.text_input(key="search words").set_value(words).run()


def test_an_empty_library_leads_to_the_library(desk: AppTest) -> None:
    desk.run().switch_page("search_page.py").run()
    assert "nothing to search" in desk.info[0].value


def test_words_are_found_by_document_and_marked(desk: AppTest, contracts: Path) -> None:
    search(desk, "written notice to terminate")
    assert not desk.exception
    assert "Services Agreement" in html(desk)
    assert "<mark>notice</mark>" in html(desk)
    assert any("passage" in found.value and "document" in found.value for found in desk.markdown)
    assert "“2. Termination Either party may terminate this Agreement" in desk.code[0].value
    assert desk.code[0].value.endswith("(Services Agreement, 2, p. 1)")


def test_a_search_keeps_to_its_limits(desk: AppTest, contracts: Path) -> None:
    search(desk, "notice")
    desk.selectbox(key="search kind").set_value("text/plain").run()
    assert "Services Agreement" not in html(desk)
    next(found for found in desk.button if found.label == "Clear the limits").click().run()
    assert "Services Agreement" in html(desk)


def test_document_text_is_literal(desk: AppTest, contracts: Path) -> None:
    search(desk, "literal notice bold link tag")
    assert "<b>" not in html(desk)
    assert "&lt;b&gt;" in html(desk)


def test_a_date_that_is_none_is_told(desk: AppTest, contracts: Path) -> None:
    search(desk, "notice")
    desk.text_input(key="search to").set_value("soon").run()
    assert any("is not a date" in found.value for found in desk.error)


def test_a_search_that_fits_nothing_says_so(desk: AppTest, contracts: Path) -> None:
    search(desk, "notice")
    desk.text_input(key="search from").set_value("2050").run()
    assert any("Nothing found" in found.value for found in desk.info)
