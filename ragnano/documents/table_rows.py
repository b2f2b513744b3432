"""Rows of tables as pages carry them, "| a | b |": their cells, their columns' names, and how they are said. Pure."""

from collections.abc import Sequence

from ragnano.text.words import fold


def is_row(line: str) -> bool:
    """Whether a line is a row."""
    line = line.strip()
    return len(line) > 1 and line.startswith("|") and line.endswith("|")


def cells_of(row: str) -> list[str]:
    """The cells, empty ones included."""
    return [fold(cell) for cell in row.strip().removeprefix("|").removesuffix("|").split("|")]


def names_columns(row: str) -> bool:
    """Whether a table's first rows may end here: several cells are filled, and there are words in them."""
    return sum(map(bool, cells_of(row))) > 1 and any(char.isalpha() for char in row)


def spoken(columns: Sequence[str], row: str) -> str:
    """A row as words with its columns' names ("Stage: 1, Fee: $5."), "" where they do not belong together.

    The reader has learnt from sentences.
    """
    cells = cells_of(row)
    if len(columns) != len(cells):
        return ""
    pairs = zip(columns, cells, strict=True)
    return ", ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell) + "."
