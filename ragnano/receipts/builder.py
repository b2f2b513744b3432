"""Builds a receipt from an answer, its trace, and the conditions under which it was made."""

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import ragnano
from ragnano.models import Prompt
from ragnano.models.provenance import engine_identity, processor, weights_digest
from ragnano.receipts.digest import DECISIVE
from ragnano.receipts.schema import (
    FORMAT,
    Conditions,
    DocumentSet,
    Engine,
    Exchanged,
    Extract,
    Index,
    Limits,
    Machine,
    Maker,
    Model,
    PromptPart,
    Receipt,
    SourceDocument,
    digest_of,
)
from ragnano.receipts.trace import Exchange, Trace
from ragnano.settings import Settings
from ragnano.store import Catalogue
from ragnano.types import Answer, Document, Evidence, Scope

LIBRARIES = ("chromadb", "jinja2", "llama-cpp-python", "numpy", "onnxruntime", "snowballstemmer", "tokenizers")
"""Packages whose arithmetic or text handling affects an answer."""
NOT_KEPT = ("timings",)
"""Parts of an answer that differ in every run."""


def make_receipt(answer: Answer, scope: Scope, trace: Trace, settings: Settings, catalogue: Catalogue) -> Receipt:
    """Returns the receipt of an answer that was just made; `scope` is the one it was asked with."""
    sources = {item.hit.document.id: item.hit.document for item in trace.evidence}
    # Converted by way of JSON, so that it compares equal to what is read back.
    data = json.loads(json.dumps(asdict(answer)))
    content = Receipt(
        format=FORMAT,
        question=answer.question,
        scope=Limits(**asdict(scope)),
        conditions=conditions_of(answer.model, scope, settings, catalogue),
        decoding="greedy",
        seed=0,
        documents=tuple(SourceDocument(id=one.id, title=one.title, path=one.path) for one in sources.values()),
        evidence=tuple(_extract(item) for item in trace.evidence),
        exchanges=tuple(_exchanged(exchange) for exchange in trace.exchanges),
        answer={name: value for name, value in data.items() if name not in NOT_KEPT},
        sha256="0" * 64,
    )
    return content.model_copy(update={"sha256": content.digest()})


def conditions_of(model: str, scope: Scope, settings: Settings, catalogue: Catalogue) -> Conditions:
    """Returns what an answer by this model to a question of this scope depends on at the moment."""
    engine = engine_identity(model, settings)
    machine = processor()
    return Conditions(
        index=Index(
            made_with=catalogue.fingerprint(),
            all=_set_of(catalogue.documents()),
            scope=_set_of(catalogue.documents(scope)),
        ),
        model=Model(
            name=model,
            sha256=weights_digest(model, settings),
            engine=Engine(**asdict(engine)) if engine else None,
        ),
        settings={name: getattr(settings, name) for name in DECISIVE},
        machine=Machine(kind=machine.kind, processor=machine.name, abilities=machine.abilities),
        maker=Maker(
            ragnano=ragnano.__version__,
            code=_code_digest(),
            python=platform.python_version(),
            libraries=_versions(),
        ),
    )


def _set_of(documents: Sequence[Document]) -> DocumentSet:
    ids = sorted(document.id for document in documents)
    return DocumentSet(documents=len(ids), sha256=hashlib.sha256("\n".join(ids).encode()).hexdigest())


def _extract(item: Evidence) -> Extract:
    return Extract(
        document=item.hit.document.id,
        section=item.hit.chunk.section,
        spans=tuple((span.page, span.start, span.end) for span in item.spans),
        text=item.text,
        score=item.score,
    )


def _exchanged(exchange: Exchange) -> Exchanged:
    return Exchanged(
        system=exchange.prompt.system,
        parts=tuple(PromptPart(text=part.text, trusted=part.trusted) for part in exchange.prompt.parts),
        prompt_sha256=_prompt_digest(exchange.prompt),
        max_tokens=exchange.max_tokens,
        stop=exchange.stop,
        grammar=exchange.grammar,
        reply=exchange.reply.text,
        finish=exchange.reply.finish,
    )


def _prompt_digest(prompt: Prompt) -> str:
    parts: list[Any] = [[part.text, part.trusted] for part in prompt.parts]
    return digest_of([prompt.system, parts])


@cache
def _code_digest() -> str:
    """SHA-256 over ragnano's own modules and data: between two releases the version alone is not enough."""
    home = Path(ragnano.__file__).parent
    whole = hashlib.sha256()
    for path in sorted(path for path in home.rglob("*") if path.suffix in (".py", ".toml")):
        whole.update(f"{path.relative_to(home).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


@cache
def _versions() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found
