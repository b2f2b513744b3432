"""Models: the catalogue, downloads, embeddings, reading and text generation.

Cheap to import: engines and array libraries are loaded when a model is opened.
"""

from pathlib import Path

from ragnano.errors import ConfigError, ModelMissing
from ragnano.models.catalogue import default_model, default_specs, find, load_catalogue
from ragnano.models.chat_model import ChatModel, Generation
from ragnano.models.chat_template import Part, Prompt
from ragnano.models.digests import remembered_digest
from ragnano.models.download import CheckResult, check, fetch, installed
from ragnano.models.embedder import Embedder, MiniLMEmbedder
from ragnano.models.llama_backend import EngineSettings
from ragnano.models.memory import check_memory, memory_needed
from ragnano.models.offline import go_offline, is_offline
from ragnano.models.reader import KINDS, Reader, Reading
from ragnano.models.self_test import ProofRecord, prove_engine, recorded
from ragnano.models.specs import FileSource, ModelSpec
from ragnano.models.speed import Speed, load_speed, measure, save_speed
from ragnano.settings import Settings

__all__ = [
    "KINDS",
    "ChatModel",
    "CheckResult",
    "Embedder",
    "EngineSettings",
    "Generation",
    "ModelSpec",
    "Part",
    "Prompt",
    "ProofRecord",
    "Reader",
    "Reading",
    "Speed",
    "check",
    "default_model",
    "default_specs",
    "fetch",
    "find",
    "go_offline",
    "installed",
    "is_offline",
    "load_catalogue",
    "measure_speed",
    "measured_speed",
    "memory_needed",
    "open_chat_model",
    "open_embedder",
    "open_reader",
    "proof_record",
    "prove",
]


def open_embedder(settings: Settings) -> Embedder:
    """Returns the embedder that the settings name; it loads nothing yet.

    Raises ModelMissing, NotFoundError or ConfigError.
    """
    go_offline()
    spec = _of_kind(settings.embedder, "embedder")
    home = _here(spec, settings)
    return MiniLMEmbedder(home, name=spec.name, weights=spec.weights.path, threads=settings.threads)


def open_reader(settings: Settings) -> Reader:
    """Returns the reader that ships with ragnano; it loads nothing yet. Raises ModelMissing."""
    go_offline()
    spec = default_model("reader")
    return Reader(_here(spec, settings), name=spec.name, weights=spec.weights.path, threads=settings.threads)


def open_chat_model(settings: Settings, name: str | None = None) -> ChatModel:
    """Returns the chat model with this name or path, or the one that the settings name; opens its weights at first use.

    Tests the engine with this model first unless a result is stored. Raises ModelMissing, NotFoundError, ConfigError,
    or EngineError when memory is short or the engine fails its self-test.
    """
    go_offline()
    spec = _of_kind(name or settings.chat_model, "chat")
    path = _here(spec, settings)
    check_memory(spec.name, path)
    return ChatModel(
        path,
        name=spec.name,
        threads=settings.threads,
        context_tokens=settings.context_tokens,
        settings=_proved(spec, path, settings),
    )


def prove(path: Path, settings: Settings) -> EngineSettings:
    """Returns engine settings that compute correctly on this machine with the GGUF at `path`.

    Reuses a stored result. Raises EngineError.
    """
    return _proved(_spec_at(path, settings), path, settings)


def proof_record(path: Path, settings: Settings) -> ProofRecord | None:
    """Returns the stored result of the engine's self-test with this GGUF, None if there is none."""
    return recorded(settings.models_dir, _digest(_spec_at(path, settings), path, settings))


def measure_speed(model: ChatModel, path: Path, settings: Settings) -> Speed:
    """Measures the opened model of this GGUF and stores the result. Raises EngineError."""
    speed = measure(model)
    save_speed(speed, settings.models_dir, _digest(_spec_at(path, settings), path, settings))
    return speed


def measured_speed(path: Path, settings: Settings) -> Speed | None:
    """Returns the last result of `measure_speed` for this GGUF on this machine, None if there is none."""
    return load_speed(settings.models_dir, _digest(_spec_at(path, settings), path, settings))


def _of_kind(name: str, kind: str) -> ModelSpec:
    spec = find(name)
    if spec.kind != kind:
        fitting = ", ".join(other.name for other in load_catalogue() if other.kind == kind)
        raise ConfigError(f"{spec.name} is no {kind} model: choose from {fitting}")
    return spec


def _here(spec: ModelSpec, settings: Settings) -> Path:
    path = installed(spec, settings.models_dir)
    if path is None and any(isinstance(source, FileSource) for source in spec.sources):
        path = fetch(spec, settings.models_dir, source="file")  # shipped with ragnano: needs no consent
    if path is None:
        raise ModelMissing(f"the model {spec.name} is not installed: run `ragnano models fetch {spec.name}`")
    return path


def _spec_at(path: Path, settings: Settings) -> ModelSpec:
    """Returns the catalogue's spec whose weights are at `path`, or a spec for a file of the user's."""
    for spec in load_catalogue():
        if spec.kind == "chat" and installed(spec, settings.models_dir) == path:
            return spec
    return find(str(path))


def _digest(spec: ModelSpec, path: Path, settings: Settings) -> str:
    return spec.sha256 or remembered_digest(path, settings.models_dir)


def _proved(spec: ModelSpec, path: Path, settings: Settings) -> EngineSettings:
    return prove_engine(
        path,
        digest=_digest(spec, path, settings),
        models_dir=settings.models_dir,
        threads=settings.threads,
        proof=spec.proof,
    )
