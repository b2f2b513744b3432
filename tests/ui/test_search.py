"""The search page, run without a browser and with fake models."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.ui.pages import html

pytest_plugins = ["tests.ui.fixtures"]


def search(app: AppTest, words: str) -> AppTest:
    app.run().switch_page("search_page.py").run()
    return app.text_input(key="search words").set_value(words).run()


def test_an_empty_library_leads_to_the_library(app: AppTest) -> None:
    app.run().switch_page("search_page.py").run()
    assert "nothing to search" in app.info[0].value


def test_words_are_found_by_document_and_marked(app: AppTest, contracts: Path) -> None:
    search(app, "written notice to terminate")
    assert not app.exception
    assert "Services Agreement" in html(app)
    assert "<mark>notice</mark>" in html(app)
    assert any("passage" in found.value and "document" in found.value for found in app.markdown)
    assert "“2. Termination Either party may terminate this Agreement" in app.code[0].value
    assert app.code[0].value.endswith("(Services Agreement, 2, p. 1)")


def test_a_search_keeps_to_its_limits(app: AppTest, contracts: Path) -> None:
    search(app, "notice")
    app.selectbox(key="search kind").set_value("text/plain").run()
    assert "Services Agreement" not in html(app)
    next(found for found in app.button if found.label == "Clear the limits").click().run()
    assert "Services Agreement" in html(app)


def test_document_text_is_literal(app: AppTest, contracts: Path) -> None:
    search(app, "literal notice bold link tag")
    assert "<b>" not in html(app)
    assert "&lt;b&gt;" in html(app)


def test_a_date_that_is_none_is_told(app: AppTest, contracts: Path) -> None:
    search(app, "notice")
    app.text_input(key="search to").set_value("soon").run()
    assert any("is not a date" in found.value for found in app.error)


def test_a_search_that_fits_nothing_says_so(app: AppTest, contracts: Path) -> None:
    search(app, "notice")
    app.text_input(key="search from").set_value("2050").run()
    assert any("Nothing found" in found.value for found in app.info)
