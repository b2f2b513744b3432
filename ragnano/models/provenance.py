"""Identifies a chat model, its engine and the processor for a receipt.

Opens no model. Digests are those of the files on disk, not those in the catalogue.
"""

import hashlib
import importlib.util
import platform
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ragnano.errors import NotFoundError
from ragnano.models import find, installed, proof_record
from ragnano.models.digests import file_digest, remembered_digest
from ragnano.models.self_test import processor_lines
from ragnano.settings import Settings


@dataclass(frozen=True, slots=True)
class EngineIdentity:
    """SHA-256 over llama.cpp's libraries, and its settings: repacked weights or not, and the number of threads."""

    build: str
    extra_buffers: bool
    threads: int


@dataclass(frozen=True, slots=True)
class Processor:
    """Architecture, model name ("" if the system does not report it), and the SHA-256 of its list of features."""

    kind: str
    name: str
    abilities: str


def weights_digest(name: str, settings: Settings) -> str | None:
    """Returns the SHA-256 of a model's weights on disk; None if no such model is installed."""
    path = _weights(name, settings)
    if path is None:
        return None
    try:
        return remembered_digest(path, settings.models_dir)
    except OSError:  # the models directory may not be writable: the digest is not stored then
        return file_digest(path)


def engine_identity(name: str, settings: Settings) -> EngineIdentity | None:
    """Returns the engine with the settings of its self-test with this model; None if there was none on this machine."""
    path = _weights(name, settings)
    record = proof_record(path, settings) if path else None
    build = _libraries_digest()
    if record is None or record.settings is None or build is None:
        return None
    return EngineIdentity(build, record.settings.extra_buffers, record.settings.threads or settings.threads)


@cache
def processor() -> Processor:
    """Returns the processor of this machine."""
    lines = processor_lines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "CPU part"))]
    abilities = [line.partition(":")[2] for line in lines if line.startswith(("flags", "Features"))]
    sets = sorted(" ".join(abilities).split())
    return Processor(
        platform.machine(),
        names[0] if names else platform.processor(),
        hashlib.sha256(" ".join(sets).encode()).hexdigest(),
    )


def _weights(name: str, settings: Settings) -> Path | None:
    try:
        return installed(find(name), settings.models_dir)
    except NotFoundError:
        return None


@cache
def _libraries_digest() -> str | None:
    spec = importlib.util.find_spec("llama_cpp")
    if spec is None or spec.origin is None:
        return None
    whole = hashlib.sha256()
    for path in sorted(path for path in Path(spec.origin).parent.glob("lib/*") if path.is_file()):
        whole.update(f"{path.name} {file_digest(path)}\n".encode())
    return whole.hexdigest()
