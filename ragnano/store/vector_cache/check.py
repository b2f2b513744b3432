"""Whether a vector cache holds what the catalogue says, told one line a problem. Changes nothing; knows no locks."""

from pathlib import Path

from ragnano.store.catalogue import Catalogue
from ragnano.store.vector_cache.chroma import ChromaIndex

# Vectors compared at once, how many of them are looked up, and how like itself a vector found again must be: float16
# and float32 differ less.
_BATCH = 2_000
_LOOKED_UP = 20
_SAME = 0.999
_REMEDY = "run `ragnano docs rebuild`"


def problems(index: ChromaIndex, catalogue: Catalogue, path: Path) -> list[str]:
    """Vectors that are missing, too many, or not found where they should be. Raises Broken when Chroma fails."""
    held = index.ids()
    found: list[str] = []
    for group in catalogue.embedding_batches(_BATCH):
        missing = len(set(group.ids.tolist()) - held)
        held -= set(group.ids.tolist())
        if missing:
            found.append(f"{path}: {missing} vectors are missing; {_REMEDY}")
        for place in range(0, len(group.ids), 1 + _BATCH // _LOOKED_UP):
            nearest = index.nearest(group.vectors[place], None, 1)
            if group.vectors[place].any() and (not nearest or nearest[0][1] < _SAME):
                found.append(f"{path}: chunk {group.ids[place]} is not found by its vector; {_REMEDY}")
    if held:
        found.append(f"{path}: {len(held)} vectors belong to no chunk; {_REMEDY}")
    return found
