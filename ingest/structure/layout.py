"""The geometry of a document's lines: which are adjacent, which are apart, and the layout of each page."""

from collections.abc import Sequence
from itertools import pairwise

from ingest.structure.lines import Layout, Line, layout_of

_LEAST_LINES = 8  # a page with fewer lines gets the whole document's layout
_WIDE = 1.4  # multiples of the usual line distance that separate paragraphs


class PageLayouts:
    """The layouts of all pages, made from their lines: `printed` is all, `body` without furniture and footnotes."""

    def __init__(self, printed: Sequence[Sequence[Line]], body: Sequence[Sequence[Line]]) -> None:
        everywhere = layout_of([line for lines in body for line in lines])
        self._layouts: dict[int, Layout] = {}
        for lines in body:
            if lines:
                enough = len(lines) >= _LEAST_LINES
                self._layouts[lines[0].page] = layout_of(lines) if enough else everywhere
        # Lines directly below furniture: their distance to the body line above means nothing.
        self._cut = {id(b) for lines in printed for a, b in pairwise(lines) if a.furniture and not b.furniture}

    def layout(self, line: Line) -> Layout:
        """Returns the layout of the line's page."""
        return self._layouts[line.page]

    def near(self, previous: Line | None, line: Line) -> bool:
        """Returns whether both lines are on one page with nothing but text between them."""
        return previous is not None and previous.page == line.page and id(line) not in self._cut

    def wide(self, previous: Line, line: Line) -> bool:
        """Returns whether the gap between the lines separates paragraphs."""
        pitch = self._layouts[line.page].pitch
        return line.blank_before or (pitch > 0 and line.top - previous.top > _WIDE * pitch)
