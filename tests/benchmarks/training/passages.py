"""Cuts documents into the reader's passages with the product's own code, and computes lexical nearness among them.

Training data must look like what is read later, so files are parsed, chunked and cut into sentences and rows as in
ragnano. Nearness is TF-IDF: it needs no vectors, which would take longer than the training itself.
"""

import hashlib
import math
import pickle
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.document_builder import Job, read
from ragnano.evidence import Passage
from ragnano.evidence.sentences import extracts_of
from ragnano.models.embedder import Embedder
from ragnano.text.query import synonym_stems
from ragnano.text.words import content_stems
from ragnano.types import Hit, Page, ParsedDocument
from tests.benchmarks.training.contracts import CACHE

DIMENSIONS = 4096
"""Of a TF-IDF vector; stems share components by hash."""
SYNONYM = 0.5  # weight of a synonym relative to the question's own word


@dataclass(frozen=True, slots=True)
class Cut:
    """A passage: `head` (section and column names), and its extracts as the reader gets them and as in the text."""

    head: str
    read_as: tuple[str, ...]
    texts: tuple[str, ...]

    def composed(self, chosen: Sequence[int]) -> tuple[str, list[tuple[int, int]]]:
        """Returns the passage of these extracts, and the characters [start, end) of each in it."""
        text, places = f"{self.head}\n" if self.head else "", []
        for at in chosen:
            places.append((len(text), len(text) + len(self.read_as[at])))
            text += self.read_as[at] + " "
        return text.rstrip(), places


class _Pages:
    """The pages of one document that was just parsed."""

    def __init__(self, parsed: ParsedDocument) -> None:
        self._pages = {page.number: page for page in parsed.pages}

    def page(self, document: str, number: int) -> Page:
        return self._pages[number]


def cuts_of(path: Path, embedder: Embedder, chunk_tokens: int) -> list[Cut]:
    """Returns the passages of a text file; cached for the next run."""
    name = hashlib.sha256(path.read_bytes() + f"{chunk_tokens} {embedder.fingerprint}".encode()).hexdigest()[:20]
    kept = CACHE / "cuts" / f"{name}.pickle"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        parsed = read(Job(str(path), "text/plain", chunk_tokens), embedder.count_tokens)
        pages, found = _Pages(parsed), []
        for chunk in parsed.chunks:
            extracts = extracts_of(Hit(chunk, parsed.document, 0.0), pages)
            if extracts:
                head = "\n".join(part for part in (chunk.section, chunk.columns) if part)
                cut = Cut(head, tuple(item.read_as for item in extracts), tuple(item.text for item in extracts))
                assert cut.composed(range(len(extracts)))[0] == Passage(extracts).text
                found.append(cut)
        kept.write_bytes(pickle.dumps(found))
    found = pickle.loads(kept.read_bytes())
    return list(found)


class Nearness:
    """TF-IDF vectors; stems are weighted by their rarity in the given texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        stems = [content_stems(text) for text in texts]
        counts = Counter(stem for own in stems for stem in own)
        self._rarity = {stem: math.log(1 + len(texts) / count) for stem, count in counts.items()}
        self._most = math.log(1 + len(texts))
        self.vectors = np.stack([self._vector(dict.fromkeys(own, 1.0)) for own in stems])

    def of(self, question: str) -> NDArray[np.float32]:
        """Returns a question's vector, float32 (DIMENSIONS,), synonyms of its words included."""
        own = content_stems(question)
        weights = {other: SYNONYM for stem in own for other in synonym_stems(stem)}
        return self._vector(weights | dict.fromkeys(own, 1.0))

    def nearest(self, question: str) -> list[int]:
        """Returns the indices of the texts, nearest first."""
        return [int(at) for at in np.argsort(-(self.vectors @ self.of(question)), kind="stable")]

    def _vector(self, weights: dict[str, float]) -> NDArray[np.float32]:
        vector = np.zeros(DIMENSIONS, dtype=np.float32)
        for stem, weight in weights.items():
            vector[zlib.crc32(stem.encode()) % DIMENSIONS] += weight * self._rarity.get(stem, self._most)
        return vector / max(1e-6, float(np.linalg.norm(vector)))
