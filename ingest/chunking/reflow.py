"""Joins a page's lines for search: words hyphenated at line ends become whole, and Chinese lines join without spaces.

It uses the document's own words and no dictionary. What is stored and cited keeps its hyphens; only chunks are folded.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ragnano.documents.word_boxes import unpack_arrays
from ragnano.text.words import WIDE, fold
from ragnano.types import Page, Span

# Prefixes whose hyphen is part of the spelling: "non-exclusive" keeps it wherever its line ends.
_PREFIXES = frozenset("non self co pre post anti ex semi quasi multi cross well half all vice sub inter mid".split())
_AT_BREAK = re.compile(r"-[ \t]*\n\s*(?=[a-z\u00df-\u00f6\u00f8-\u00ff]{2,})")
_BEFORE = re.compile(r"([^\W\d_]{2,})-$")
_AFTER = re.compile(r"[a-z\u00df-\u00f6\u00f8-\u00ff]{2,}")
_LONGEST = 40  # letters
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_WIDE_LINE = re.compile(rf"\n(?<=[{WIDE}]\n)[ \t]*(?=[{WIDE}])")
# A document counts as hyphenated when enough of its hyphens at line ends split a word that it writes whole elsewhere:
# in 1,553 pages of unhyphenated contracts, 1 of 9 hyphens at line ends is in a term also written as one word.
_FEWEST_PROVEN, _LEAST_PROVEN = 2, 0.3


class Folding:
    """Converts spans of a document's pages to text with white space folded."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._texts = {page.number: page.text for page in pages}
        found = {page.number: list(_breaks(page)) for page in pages}
        self._words: Counter[str] = Counter()
        if any(found.values()):
            self._words.update(word.lower() for page in pages for word in _WORD.findall(page.text))
            for left, right, glued, _, _ in (one for breaks in found.values() for one in breaks):
                parts = (f"{left}-{right}",) if glued else (left, right)
                self._words.subtract(part.lower() for part in parts)
        every = [(left.lower(), right) for breaks in found.values() for left, right, *_ in breaks]
        proven = sum(self._words[left + right] > 0 for left, right in every)
        self._hyphenates = proven >= max(_FEWEST_PROVEN, _LEAST_PROVEN * len(every))
        # By page: the hyphens to remove, with the line ends behind them.
        self._cuts = {
            number: [(start, end) for left, right, _, start, end in breaks if self._is_one(left.lower(), right)]
            for number, breaks in found.items()
        }

    def is_plain(self, page: int) -> bool:
        """Returns True when folding white space is the only change on this page."""
        return not self._cuts[page] and not _WIDE_LINE.search(self._texts[page])

    def text_of(self, span: Span) -> str:
        """Returns the span's words on one line."""
        text = self._texts[span.page]
        parts: list[str] = []
        at = span.start
        for start, end in self._cuts[span.page]:
            if at <= start and end < span.end:
                parts.append(text[at:start])
                at = end
        parts.append(text[at : span.end])
        whole = "".join(parts)
        return fold(_WIDE_LINE.sub("", whole))

    def _is_one(self, left: str, right: str) -> bool:
        """Returns whether the parts make one word, judged by the rest of the document or by their form."""
        if self._words[left + right] > 0:
            return True
        if self._words[f"{left}-{right}"] > 0 or left in _PREFIXES:
            return False
        # "broad-based" and "royalty-free" consist of words. "for-feit" begins with one, too, so it needs a hyphenated
        # document.
        return not self._words[right] > 0 and (self._hyphenates or not self._words[left] > 0)


def _breaks(page: Page) -> Iterator[tuple[str, str, bool, int, int]]:
    """Yields the words that line ends split, in order.

    Each is (letters before, letters after, whether nothing is between, start and end of hyphen and line end). Where
    pdfium drops the line end behind a hyphen, the boxes show it: two words with nothing between them.
    """
    text = page.text
    if "-" not in text:
        return
    ends = [match.span() for match in _AT_BREAK.finditer(text)]
    spans, _ = unpack_arrays(page.words)
    ends += [(at - 1, at) for at in spans[1:, 0][spans[1:, 0] == spans[:-1, 1]].tolist()]
    for start, end in sorted(ends):
        before, after = _BEFORE.search(text[max(0, start - _LONGEST) : start + 1]), _AFTER.match(text, end)
        if before and after:
            yield before[1], after[0], end == start + 1, start, end
