"""How a document's lines lie to each other: next to each other or apart, on pages of which layout. Knows no text."""

from collections.abc import Sequence
from itertools import pairwise

from ingest.structure.lines import Layout, Line, layout_of

_LEAST_LINES = 8  # a page with fewer is measured with the whole document's layout
_WIDE = 1.4  # line distances, in the usual distance, that part paragraphs


class Ground:
    """Made from the lines of all pages, as `printed` and as `body` without furniture and footnotes."""

    def __init__(self, printed: Sequence[Sequence[Line]], body: Sequence[Sequence[Line]]) -> None:
        everywhere = layout_of([line for lines in body for line in lines])
        self._layouts: dict[int, Layout] = {}
        for lines in body:
            if lines:
                enough = len(lines) >= _LEAST_LINES
                self._layouts[lines[0].page] = layout_of(lines) if enough else everywhere
        # Lines directly below furniture: the distance to the body line above says nothing.
        self._cut = {id(b) for lines in printed for a, b in pairwise(lines) if a.furniture and not b.furniture}

    def layout(self, line: Line) -> Layout:
        """The layout of the line's page."""
        return self._layouts[line.page]

    def near(self, previous: Line | None, line: Line) -> bool:
        """Whether both stand on one page with nothing but text between them."""
        return previous is not None and previous.page == line.page and id(line) not in self._cut

    def wide(self, previous: Line, line: Line) -> bool:
        """Whether the gap between both parts paragraphs."""
        pitch = self._layouts[line.page].pitch
        return line.blank_before or (pitch > 0 and line.top - previous.top > _WIDE * pitch)
