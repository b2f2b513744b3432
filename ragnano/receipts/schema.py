"""The schema of a receipt: strict, so that a file either matches exactly or is rejected. Depends on no storage.

Times are left out on purpose: two runs that gave the same answer in the same way write the same bytes.
"""

import hashlib
import json
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ragnano.types import Scope

FORMAT: Final = "ragnano receipt 1"

Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class DocumentSet(_Part):
    """The number of documents, and the SHA-256 over their ids in order (an id is the SHA-256 of a document's bytes)."""

    documents: Count
    sha256: Hex


class Index(_Part):
    """What made the index (embedder and its weights, chunker), all its documents, and those of the scope."""

    made_with: dict[str, str]
    all: DocumentSet
    scope: DocumentSet


class Engine(_Part):
    """The build of llama.cpp that ran: SHA-256 of its libraries, and the settings that passed its self-test."""

    build: Hex
    extra_buffers: bool
    threads: Count


class Model(_Part):
    """The selected chat model. Without weights on disk (quotes only: "none") digest and engine are None."""

    name: str
    sha256: Hex | None
    engine: Engine | None


class Machine(_Part):
    """The processor: different ones may round differently. `abilities` is a SHA-256 of its instruction sets."""

    kind: str
    processor: str
    abilities: Hex


class Maker(_Part):
    """The software: `code` is the SHA-256 of ragnano's own files, `libraries` those that affect an answer."""

    ragnano: str
    code: Hex
    python: str
    libraries: dict[str, str]


class Limits(_Part):
    """The scope as it was given (`ragnano.types.Scope`)."""

    collection: str | None
    documents: tuple[str, ...] | None
    dated_from: str | None
    dated_to: str | None
    media_types: tuple[str, ...] | None

    def scope(self) -> Scope:
        """Returns the scope as the library's type."""
        return Scope(self.collection, self.documents, self.dated_from, self.dated_to, self.media_types)


class Conditions(_Part):
    """Everything that an answer depends on besides the question and its scope. Known before anything is asked."""

    index: Index
    model: Model
    settings: dict[str, str | int | float]
    machine: Machine
    maker: Maker


class SourceDocument(_Part):
    """A document that gave evidence; `id` is the SHA-256 of its bytes."""

    id: Hex
    title: str
    path: str


class Extract(_Part):
    """Evidence: characters [start, end) of pages (from 1), the folded text, and how well it answers, 0 to 1."""

    document: Hex
    section: str
    spans: tuple[tuple[int, int, int], ...]
    text: str
    score: float


class PromptPart(_Part):
    """A part of the user message; untrusted text cannot act as control words."""

    text: str
    trusted: bool


class Exchanged(_Part):
    """The model's prompt and its reply before verification. `prompt_sha256` covers system and parts."""

    system: str
    parts: tuple[PromptPart, ...]
    prompt_sha256: Hex
    max_tokens: Count
    stop: tuple[str, ...]
    grammar: str | None
    reply: str
    finish: Literal["stop", "length", "cancelled"]


class Receipt(_Part):
    """One answer and everything it came from. `exchanges` is empty if the model was not called.

    `answer` is what `ragnano ask --json` prints without its timings; `sha256` covers everything else in the receipt, so
    that an accidental change is detected. It is not a signature: whoever changes the receipt can compute a new one.
    """

    format: Literal["ragnano receipt 1"]
    question: str
    scope: Limits
    conditions: Conditions
    decoding: Literal["greedy"]
    seed: Literal[0]
    documents: tuple[SourceDocument, ...]
    evidence: tuple[Extract, ...]
    exchanges: tuple[Exchanged, ...]
    answer: dict[str, JsonValue]
    sha256: Hex

    def digest(self) -> str:
        """Returns SHA-256 in hex over everything but `sha256`."""
        return digest_of(self.model_dump(mode="json", exclude={"sha256"}))


def digest_of(value: object) -> str:
    """Returns SHA-256 in hex over a value's JSON, keys sorted."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
