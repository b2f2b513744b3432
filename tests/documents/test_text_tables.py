"""Tables drawn with spaces, tabs or semicolons are read row by row, each cell with its column's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragnano.documents.text_tables import text_rows

BERTHS = """Harbour dues from 1 May

Berth   Length   Summer     Winter
A-1        8 m   410.00     180.00
A-2       12 m   655.00
B-7       15 m                260.00

Dues are paid on arrival."""


def row_texts(text: str) -> list[str]:
    return [row.spelled_out for row in text_rows(text) if row.spelled_out]


def test_a_row_is_told_with_the_names_of_its_columns() -> None:
    assert row_texts(BERTHS)[0] == "Berth: A-1, Length: 8 m, Summer: 410.00, Winter: 180.00."


def test_a_cell_that_is_empty_moves_no_other() -> None:
    assert row_texts(BERTHS)[1:] == [
        "Berth: A-2, Length: 12 m, Summer: 655.00.",
        "Berth: B-7, Length: 15 m, Winter: 260.00.",
    ]


def test_a_row_stands_where_its_line_stands() -> None:
    rows = text_rows(BERTHS)
    assert [BERTHS[row.start : row.end].split()[0] for row in rows] == ["Berth", "A-1", "A-2", "B-7"]
    assert rows[0].spelled_out == "", "the line of the columns' names is no row"


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_tabs_and_semicolons_part_cells_as_well(separator: str) -> None:
    lines = [["Item", "Price", "Stock"], ["Rope", "12.50", "4"], ["Anchor", "88.00", ""]]
    text = "\n".join(separator.join(line) for line in lines)
    assert row_texts(text) == ["Item: Rope, Price: 12.50, Stock: 4.", "Item: Anchor, Price: 88.00."]


def test_rows_whose_columns_nothing_names_are_told_as_they_stand() -> None:
    text = "7   30.09.2031   300.00\n8   31.12.2031   200.00\n9   31.03.2032   100.00"
    assert row_texts(text)[0] == "7 30.09.2031 300.00"


def test_prose_with_double_spaces_is_no_table() -> None:
    text = (
        "The Grower  shall deliver the  crates on time.  If it does\n"
        "not,  the Buyer may  refuse them.  A refusal  is sent in writing\n"
        "and names  the crates that  were refused.  Nothing else  follows."
    )
    assert text_rows(text) == ()


def test_a_list_of_numbered_clauses_is_no_table() -> None:
    assert text_rows("1.   Name of the skipper;\n2.   Length of the boat;\n3.   Day of arrival.") == ()


@given(st.text(alphabet="ab1.; \t\n|", max_size=200))
def test_rows_never_overlap_and_lie_in_the_text(text: str) -> None:
    end = 0
    for row in text_rows(text):
        assert end <= row.start <= row.end <= len(text)
        end = row.end
