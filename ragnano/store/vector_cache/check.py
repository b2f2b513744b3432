"""Compares a vector cache with the catalogue and reports problems, one line each. Changes nothing, takes no lock."""

from pathlib import Path

from ragnano.store.catalogue import Catalogue
from ragnano.store.vector_cache.chroma import ChromaIndex

# Vectors per batch; about how many of them are searched for; and the minimum cosine of a vector to its stored copy: the
# difference between float16 and float32 is smaller.
_BATCH = 2_000
_LOOKED_UP = 20
_SAME = 0.999
_REMEDY = "run `ragnano docs rebuild`"


def problems(index: ChromaIndex, catalogue: Catalogue, path: Path) -> list[str]:
    """Reports vectors that are missing, superfluous, or not found by a search. Raises Broken if Chroma fails."""
    extra = index.ids()
    found: list[str] = []
    for group in catalogue.embedding_batches(_BATCH):
        missing = len(set(group.ids.tolist()) - extra)
        extra -= set(group.ids.tolist())
        if missing:
            found.append(f"{path}: {missing} vectors are missing; {_REMEDY}")
        for place in range(0, len(group.ids), 1 + _BATCH // _LOOKED_UP):
            nearest = index.nearest(group.vectors[place], None, 1)
            if group.vectors[place].any() and (not nearest or nearest[0][1] < _SAME):
                found.append(f"{path}: chunk {group.ids[place]} is not found by its vector; {_REMEDY}")
    if extra:
        found.append(f"{path}: {len(extra)} vectors belong to no chunk; {_REMEDY}")
    return found
