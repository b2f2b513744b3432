"""One SHA-256 over what an answer depended on: the short form that every answer contains."""

import dataclasses
import hashlib
import json
from collections.abc import Sequence

from ragnano import __version__
from ragnano.settings import Settings
from ragnano.types import Evidence, Scope

DECISIVE = ("embedder", "candidates", "evidence_tokens", "risk", "answer_tokens", "context_tokens", "chunk_tokens")
"""Settings that can change the words of an answer."""


def receipt(question: str, scope: Scope, evidence: Sequence[Evidence], model: str, settings: Settings) -> str:
    """Returns SHA-256 in hex over version, question, scope, evidence (document hash and spans), model and settings."""
    content = {
        "version": __version__,
        "question": question,
        "scope": dataclasses.astuple(scope),
        "evidence": [[item.hit.document.id, item.spans] for item in evidence],
        "model": model,
        "settings": {name: getattr(settings, name) for name in DECISIVE},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
