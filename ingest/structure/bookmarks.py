"""A PDF's bookmarks as what they are: the document's own list of its headings. Knows titles and pages, no geometry."""

from collections.abc import Iterable, Sequence

from ingest.structure.headings import ARTICLE, SECTION, SUBHEAD, label_of
from ragnano.types import OutlineEntry

_RANKS = (ARTICLE, SECTION, SUBHEAD)
"""Of headings without a number, by level; deeper ones are as deep as the last."""
_LEAST_LETTERS = 3


class Bookmarks:
    """Which lines are headings because a bookmark says so."""

    def __init__(self, entries: Iterable[OutlineEntry]) -> None:
        self._levels: dict[tuple[int | None, str], int] = {}
        for entry in entries:
            for title in {_key(entry.title), _key(_bare(entry.title))}:
                if len(title) >= _LEAST_LETTERS:
                    self._levels.setdefault((entry.page, title), entry.level)

    def __bool__(self) -> bool:
        return bool(self._levels)

    def rank(self, page: int, texts: Sequence[str]) -> int | None:
        """The rank of a heading that these lines of a page make together, None when no bookmark names it."""
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
    """Letters and digits alone: bookmarks are spaced, dotted and capitalised in their own way."""
    return "".join(filter(str.isalnum, title.casefold()))
