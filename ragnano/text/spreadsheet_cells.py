"""Makes text safe as a spreadsheet's cell."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless_cell(cell: str) -> str:
    """Returns the text of a cell; text that would be taken for a formula begins with '."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
