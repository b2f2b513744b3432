"""Parses table rows in a page's text, "| a | b |", and writes them as sentences with the names of their columns."""

from collections.abc import Sequence

from ragnano.text.words import fold


def is_row(line: str) -> bool:
    """Whether a line is a table's row."""
    line = line.strip()
    return len(line) > 1 and line.startswith("|") and line.endswith("|")


def cells_of(row: str) -> list[str]:
    """Returns the cells of a row, empty ones included."""
    return [fold(cell) for cell in row.strip().removeprefix("|").removesuffix("|").split("|")]


def names_columns(row: str) -> bool:
    """Whether a row can complete a table's head: several cells are filled, and it contains letters."""
    return sum(map(bool, cells_of(row))) > 1 and any(char.isalpha() for char in row)


def spoken(columns: Sequence[str], row: str) -> str:
    """Writes a row with the names of its columns ("Stage: 1, Fee: $5."); "" if their numbers differ.

    The reader was trained on sentences.
    """
    cells = cells_of(row)
    if len(columns) != len(cells):
        return ""
    pairs = zip(columns, cells, strict=True)
    return ", ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell) + "."
