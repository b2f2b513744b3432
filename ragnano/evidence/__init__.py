"""Evidence: the few sentences and rows that are relevant to a question, and the exact words of the answer in them."""

from ragnano.evidence.reranking import rerank
from ragnano.evidence.selection import (
    CHUNKS,
    SHOWN,
    Candidates,
    Passage,
    Signals,
    read_candidates,
    select,
    signals_of,
    within_budget,
)
from ragnano.evidence.sentence_scores import FEATURES, features_of, sentence_scores

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
