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


def goes_on(columns: Sequence[str], row: str) -> bool:
    """Whether a row, behind other lines, goes on with a table of these columns: it has as many cells, most of them with
    figures, and the names have none.
    """
    cells = cells_of(row)
    filled = [cell for cell in cells if cell]
    figures = sum(any(map(str.isdigit, cell)) for cell in filled)
    named = bool(columns) and not any(map(str.isdigit, columns[0]))
    return named and len(cells) == len(columns) > 1 and 2 * figures > len(filled)


def named_cells(columns: Sequence[str], row: str) -> tuple[tuple[str, str], ...]:
    """Returns (column, cell) for each cell, empty ones included; () if the numbers of columns and cells differ."""
    cells = cells_of(row)
    return tuple(zip(columns, cells, strict=True)) if len(columns) == len(cells) else ()


def spoken(cells: Sequence[tuple[str, str]]) -> str:
    """Writes a row with the names of its columns ("Stage: 1, Fee: $5."); "" for no cells.

    The reader was trained on sentences.
    """
    return ", ".join(f"{name}: {cell}" if name else cell for name, cell in cells if cell) + "." if cells else ""
