"""Uses a PDF's bookmarks as the document's own list of its headings, by title and page."""

from collections.abc import Iterable, Sequence

from ingest.structure.headings import ARTICLE, SECTION, SUBHEAD, label_of
from ragnano.types import OutlineEntry

_RANKS = (ARTICLE, SECTION, SUBHEAD)
"""Ranks of headings without a number, by level; deeper levels get the last rank."""
_LEAST_LETTERS = 3


class Bookmarks:
    """Finds the lines that are headings because a bookmark names them."""

    def __init__(self, entries: Iterable[OutlineEntry]) -> None:
        self._levels: dict[tuple[int | None, str], int] = {}
        for entry in entries:
            for title in {_key(entry.title), _key(_bare(entry.title))}:
                if len(title) >= _LEAST_LETTERS:
                    self._levels.setdefault((entry.page, title), entry.level)

    def __bool__(self) -> bool:
        return bool(self._levels)

    def rank(self, page: int, texts: Sequence[str]) -> int | None:
        """Returns the rank of a heading that these lines of a page form together, None when no bookmark names it."""
        whole = " ".join(texts)
        for title in (_key(whole), _key(_bare(whole))):
            level = self._levels.get((page, title), self._levels.get((None, title)))
            if level is not None:
                return _RANKS[min(level, len(_RANKS)) - 1]
        return None


def _bare(title: str) -> str:
    label = label_of(title)
    return title[label.rest :] if label else title


def _key(title: str) -> str:
    """Returns letters and digits alone: bookmarks differ from the text in spacing, dots and capitals."""
    return "".join(filter(str.isalnum, title.casefold()))
