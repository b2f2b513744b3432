"""Stores uploaded files in the data directory so that their pages can be displayed later.

File names from a browser are displayed but never trusted: the folder is the SHA-256 of the bytes, and only harmless
characters of the name are kept.
"""

import contextlib
import hashlib
import os
import tempfile
import unicodedata
from collections.abc import Container, Iterable
from pathlib import Path

from file_types import ENDINGS, NAMES

from ragnano.errors import LimitExceeded, StoreError, UnsupportedFile

_LONGEST_NAME = 120
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})


def safe_name(name: str) -> str:
    """Return the name without folders, control characters and what file systems reject; its ending is kept."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(char if char.isalnum() or char in " .-_()&,'+" else "_" for char in base)
    stem, dot, ending = kept.rpartition(".")
    stem, ending = (stem, ending) if dot else (kept, "")
    stem = stem.strip(" .") or "document"
    if stem.lower() in _DEVICES:
        stem = f"_{stem}"
    ending = "".join(char for char in ending.lower() if char.isascii() and char.isalnum())[:12]
    while len(stem.encode()) > _LONGEST_NAME:
        stem = stem[:-1]
    return f"{stem}.{ending}" if ending else stem


def uploads_folder(data_dir: Path) -> Path:
    """Return the folder of uploaded files."""
    return data_dir / "uploads"


def keep(data_dir: Path, name: str, data: bytes, most_megabytes: int) -> Path:
    """Write an uploaded file and return its path; the same bytes and name give the same path.

    Raises UnsupportedFile, LimitExceeded, StoreError (disk full or not writable).
    """
    clean = safe_name(name)
    if clean.rpartition(".")[2] not in ENDINGS:
        raise UnsupportedFile(f"{clean}: this kind of file cannot be read ({NAMES} can); convert it to PDF or text")
    if len(data) > most_megabytes * 1_000_000:
        raise LimitExceeded(f"{clean} is larger than {most_megabytes} MB: raise RAGNANO_FILE_MEGABYTES or split it")
    path = uploads_folder(data_dir) / hashlib.sha256(data).hexdigest() / clean
    put_again(data_dir, path, data)
    return path


def put_again(data_dir: Path, path: Path, data: bytes) -> None:
    """Write a copy back to the path that `keep` returned. Raises StoreError (disk full or not writable)."""
    folder = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, draft = tempfile.mkstemp(dir=folder, prefix=".")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(draft).replace(path)
    except OSError as error:
        raise StoreError(f"cannot keep {path.name}: {error.strerror}; check the disk of {data_dir}") from None


def left_over(data_dir: Path, placed: Container[str]) -> list[Path]:
    """Return uploads without a document, left by an interrupted run. `placed` contains the paths of all documents."""
    found = uploads_folder(data_dir).absolute().glob("*/*")
    return sorted(path for path in found if not path.name.startswith(".") and str(path) not in placed)


def forget(data_dir: Path, paths: Iterable[str | Path]) -> None:
    """Delete the uploads among these paths; files outside the uploads folder are never touched."""
    home = uploads_folder(data_dir).absolute()
    for path in map(Path, paths):
        if path.parent.parent == home and ".." not in path.parts:
            path.unlink(missing_ok=True)
            # The folder stays if it has the same bytes under other names.
            with contextlib.suppress(OSError):
                path.parent.rmdir()
