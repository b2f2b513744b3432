"""Evidence: the few sentences and rows that are relevant to a question, and the exact words of the answer in them."""

from ragnano.evidence.reranking import rerank
from ragnano.evidence.selection import (
    CHUNKS,
    FEATURES,
    SHOWN,
    Candidates,
    Passage,
    Signals,
    features_of,
    read_candidates,
    select,
    sentence_scores,
    signals_of,
    within_budget,
)

__all__ = [
    "CHUNKS",
    "FEATURES",
    "SHOWN",
    "Candidates",
    "Passage",
    "Signals",
    "features_of",
    "read_candidates",
    "rerank",
    "select",
    "sentence_scores",
    "signals_of",
    "within_budget",
]
