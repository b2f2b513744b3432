"""Files that came through the browser: kept under the data directory so that their pages can be shown later.

A name given by a browser is shown to people and never trusted: the folder is the SHA-256 of the bytes, and of the name
only harmless characters are kept. Knows files only, neither Streamlit nor the store.
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
    """The name without folders, control characters and what file systems trip over; its ending is kept."""
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
    """Where uploaded files are kept."""
    return data_dir / "uploads"


def keep(data_dir: Path, name: str, data: bytes, most_megabytes: int) -> Path:
    """Write an uploaded file and return its path; the same bytes and name give the same path.

    Raises UnsupportedFile, LimitExceeded, StoreError (the disk is full or closed to us).
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
    """Write a copy at the path that `keep` gave it. Raises StoreError (the disk is full or closed to us)."""
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
    """Copies that no document stands at: their run was cut off. `placed` are the paths at which documents stand."""
    found = uploads_folder(data_dir).absolute().glob("*/*")
    return sorted(path for path in found if not path.name.startswith(".") and str(path) not in placed)


def forget(data_dir: Path, paths: Iterable[str | Path]) -> None:
    """Delete our copies among these paths; files that are not in the uploads folder are never touched."""
    home = uploads_folder(data_dir).absolute()
    for path in map(Path, paths):
        if path.parent.parent == home and ".." not in path.parts:
            path.unlink(missing_ok=True)
            # Other names of the same bytes keep the folder.
            with contextlib.suppress(OSError):
                path.parent.rmdir()
