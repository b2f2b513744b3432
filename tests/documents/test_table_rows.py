"""Table rows as pages store them, and their wording for a reader that was trained on sentences."""

from ragnano.documents.table_rows import cells_of, is_row, named_cells, names_columns, spoken


def test_a_row_is_told_with_its_columns_names() -> None:
    columns = cells_of("| Stage | Result | Fee |")
    assert spoken(named_cells(columns, "| 1 | | $5 |")) == "Stage: 1, Fee: $5."


def test_a_row_of_other_columns_is_not_told_with_these_names() -> None:
    assert named_cells(cells_of("| Stage | Result | Fee |"), "| merged | $5 |") == ()
    assert spoken(()) == ""


def test_columns_are_named_by_words_in_several_cells() -> None:
    assert names_columns("| Stage | Fee |")
    assert not names_columns("| Fees of the year | |")
    assert not names_columns("| 1 | 2 |")


def test_a_line_is_a_row_between_two_strokes() -> None:
    assert is_row(" | a | b | ")
    assert not is_row("|")
    assert not is_row("a | b")
