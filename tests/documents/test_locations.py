"""Words of a sheet, a slide or a message are found again by the name of their place."""

import pytest

from ragnano.documents.locations import headings_in, innermost, place_of, row_of, section_path
from ragnano.types import Mark, Page

SHEET = Page(1, 0, 0, "Rent 4,000 monthly", place="Sheet Costs", marks=(Mark(0, 4, "A1"), Mark(5, 10, "B1")))


@pytest.mark.parametrize(
    ("start", "end", "place"),
    [
        (0, 4, "Sheet Costs, A1"),
        (2, 7, "Sheet Costs, A1:B1"),
        (4, 5, "Sheet Costs"),
        (11, 18, "Sheet Costs"),
    ],
)
def test_the_cells_that_the_words_touch_are_named(start: int, end: int, place: str) -> None:
    assert place_of(SHEET, start, end) == place


def test_marks_on_a_page_without_a_name_go_by_its_number_and_a_plain_page_has_no_place() -> None:
    rows = Page(2, 0, 0, "Rent Deposit", marks=(Mark(0, 4, "table 1, row 2"), Mark(5, 12, "table 1, row 3")))
    assert place_of(rows, 0, 4) == "page 2, table 1, row 2"
    assert place_of(rows, 0, 12) == "page 2, table 1, row 2–3"
    assert place_of(Page(1, 612, 792, "Rent"), 0, 4) == ""


def test_a_printed_page_is_named_by_its_number_and_cells_by_what_they_share() -> None:
    marks = (
        Mark(0, 4, "Table 2, row 1, Item"),
        Mark(5, 10, "Table 2, row 1, Price"),
        Mark(11, 18, "Table 2, row 3, Item"),
    )
    page = Page(4, 612, 792, SHEET.text, marks=marks)
    assert place_of(page, 0, 2) == "page 4, Table 2, row 1, Item"
    assert place_of(page, 0, 10) == "page 4, Table 2, row 1, Item:Price"
    assert place_of(page, 0, 18) == "page 4, Table 2, row 1–3"


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("Table 1, row 3, Price", "Table 1, row 3"),
        ("Table 1, head, Price", "Table 1, head"),
        ("B7", "7"),
        ("Subject", ""),
    ],
)
def test_a_cell_knows_its_row(name: str, row: str) -> None:
    assert row_of(name) == row


def test_a_section_path_is_its_headings_and_back() -> None:
    path = section_path(["8 Term", "8.2 Renewal"])
    assert path == "8 Term > 8.2 Renewal"
    assert (headings_in(path), innermost(path)) == (("8 Term", "8.2 Renewal"), "8.2 Renewal")
    assert (headings_in(""), innermost(""), innermost("8 Term")) == ((), "", "8 Term")
