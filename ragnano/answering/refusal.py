"""Words and contents of a refusal: that the documents do not answer, which were searched, and what comes closest."""

import re
from collections.abc import Sequence
from itertools import pairwise

from ragnano.text.entities import AMOUNT, DURATION, SHARE
from ragnano.text.words import STOPWORDS, sentences, words
from ragnano.types import Chunk, Document, Hit

NAMED = 3
"""Most documents that a refusal names; more are counted."""
NEAREST = 3
"""Most clauses displayed with a refusal."""

_LEADER = re.compile(r"(?:\.\s?){5,}")
_ENDS_IN_PAGE = re.compile(r"^\S.*\D\s(\d{1,3})$")
_LEAST_CONTENTS = 5  # consecutive lines that end in rising numbers
_SIGNATURE = re.compile(r"_{4,}|^IN WITNESS", re.IGNORECASE)
_LEAST_WORDS = 6  # in a sentence; a text with fewer may be a heading
# A sentence cut off by a chunk's end is recognised by its length and its share of function words; headings have .25.
_LEAST_WORDS_CUT_OFF = 12
_PROSE = 0.35


def refusal(searched: Sequence[Document], reason: str = "") -> str:
    """Returns the refusal: that the documents do not say, the reason if known, and what was searched."""
    message = f"The documents don't say. {reason}".rstrip()
    if not searched:
        return f"{message} There was nothing to search."
    if len(searched) > NAMED:
        return f"{message} Searched {len(searched)} documents."
    names = ", ".join(sorted(document.path.replace("\\", "/").rsplit("/", 1)[-1] for document in searched))
    return f"{message} Searched {names}."


def nearest(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Returns the closest hits, at most NEAREST: clauses, or any hits if no clause was found."""
    clauses = [hit for hit in hits if is_substantive(hit.chunk)]
    return tuple((clauses or hits)[:NEAREST])


def is_substantive(chunk: Chunk) -> bool:
    """Whether a chunk is more than a table of contents, a title or a signature block."""
    if chunk.columns:
        return True
    # The text before leader dots is a heading; only the text after the last of them may be a clause.
    lines = [line for line in _LEADER.split(chunk.text)[-1].split("\n") if not _SIGNATURE.search(line)]
    if _lists_pages(lines):
        return False
    text = "\n".join(lines)
    if any(fact.search(text) for fact in (AMOUNT, SHARE, DURATION)):
        return True
    return any(_is_sentence(text[start:end]) for start, end in sentences(text))


def _is_sentence(text: str) -> bool:
    tokens = words(text)
    if text[-1] in '.;:!?”"。':
        return len(tokens) >= _LEAST_WORDS
    return len(tokens) >= _LEAST_WORDS_CUT_OFF and sum(word in STOPWORDS for word in tokens) >= _PROSE * len(tokens)


def _lists_pages(lines: Sequence[str]) -> bool:
    numbers = [int(found[1]) for line in lines if (found := _ENDS_IN_PAGE.match(line.strip()))]
    rising = all(first <= second for first, second in pairwise(numbers))
    return len(numbers) >= max(_LEAST_CONTENTS, len(lines) / 2) and rising
