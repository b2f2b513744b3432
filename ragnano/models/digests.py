"""SHA-256 of files, streamed; for large files that are used often, stored by size and modification time."""

import hashlib
from pathlib import Path

from ragnano.models.json_files import locked, read_json, write_json

CHUNK = 1 << 20
"""Bytes read at a time."""


def file_digest(path: Path) -> str:
    """Returns the SHA-256 of a file in hex. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remembered_digest(path: Path, models_dir: Path) -> str:
    """Like `file_digest`; computes it again only if the file's size or modification time has changed."""
    stat = path.stat()
    memory, key = models_dir / "digests.json", str(path.resolve())
    stamp = [stat.st_size, stat.st_mtime_ns]
    known = read_json(memory).get(key)
    if isinstance(known, dict) and known.get("stamp") == stamp and isinstance(known.get("sha256"), str):
        return str(known["sha256"])
    digest = file_digest(path)
    with locked(models_dir / ".digests.lock"):
        write_json(memory, {**read_json(memory), key: {"stamp": stamp, "sha256": digest}})
    return digest
