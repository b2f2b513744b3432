"""How much of what a question asks for occurs in a text."""

import math
from collections import Counter

from ragnano.retrieval.retriever import Found
from ragnano.text.query import synonym_stems
from ragnano.text.words import content_stems
from ragnano.types import Hit


class QuestionTerms:
    """The terms a question asks for, as weighted stems; measures how much of them a text covers, synonyms included.

    Stems in the best document's title or parties identify the document and do not count. A stem that is rare among the
    retrieved chunks weighs more (inverse chunk frequency); one that occurs in none of them weighs most.
    """

    def __init__(self, found: Found) -> None:
        counts = Counter(stem for hit in found.hits for stem in _chunk_stems(hit))
        self.seen = frozenset(counts)
        known = set(content_stems(found.hits[0].chunk.context.partition("\n")[0])) if found.hits else set()
        stems = [stem for stem in found.question.stems if stem not in known] or list(found.question.stems)
        total = len(found.hits)
        self._weights = {stem: math.log(1 + total / (1 + counts[stem])) for stem in stems}
        self._alternatives = {stem: frozenset((stem, *synonym_stems(stem))) for stem in stems}

    def coverage(self, stems: frozenset[str]) -> float:
        """Share, 0 to 1, of the question's weight that the stems cover; 0 for a question without content words."""
        total = sum(self._weights.values())
        covered = sum(weight for stem, weight in self._weights.items() if self._alternatives[stem] & stems)
        return covered / total if total else 0.0


def _chunk_stems(hit: Hit) -> frozenset[str]:
    return frozenset(content_stems(f"{hit.chunk.section} {hit.chunk.columns} {hit.chunk.text}"))
