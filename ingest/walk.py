"""From the paths a user names to the files to read. Opens none of them.

Knows names, sizes and times. A folder the user names is a border: links that lead out of it are not followed.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ragnano.errors import LoadError, NotFoundError
from ragnano.types import FailedFile

_SYSTEM_NAMES = frozenset({"thumbs.db", "desktop.ini", "__macosx", "$recycle.bin", "system volume information"})
_SYSTEM_ENDINGS = (".tmp", ".crdownload", ".part", ".lnk")


class Found(NamedTuple):
    """A file to consider: absolute path, size in bytes, time of last change in nanoseconds."""

    path: str
    size: int
    mtime_ns: int


class Walked(NamedTuple):
    """What a walk gave: files in a fixed order, and what could not even be looked at."""

    files: tuple[Found, ...]
    failed: tuple[FailedFile, ...]


def walk(paths: Iterable[str | os.PathLike[str]]) -> Walked:
    """Every file under `paths` once, folders depth first and names in code point order.

    Hidden and system files are left out unless named themselves. Raises NotFoundError for a path that does not exist.
    """
    files: dict[str, Found] = {}
    failed: list[FailedFile] = []
    for given in paths:
        root = _absolute(given)
        if root.is_dir():
            candidates: Iterator[Path] = _inside(root, failed)
        elif root.exists():
            candidates = iter((root,))
        else:
            raise NotFoundError(f"no such file or folder: {printable(given)}; check the path")
        for path in candidates:
            _look_at(path, files, failed)
    return Walked(tuple(files.values()), tuple(failed))


def folders_of(paths: Sequence[str | os.PathLike[str]]) -> list[str]:
    """The given paths that are folders, absolute: the borders within which gone files may be pruned."""
    return [str(path) for path in map(_absolute, paths) if path.is_dir()]


def printable(path: str | os.PathLike[str]) -> str:
    """The path as text that can be printed and stored: bytes that are no text become question marks."""
    return os.fspath(path).encode("utf-8", "replace").decode("utf-8")


def _absolute(path: str | os.PathLike[str]) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow a link to another name


def _inside(root: Path, failed: list[FailedFile]) -> Iterator[Path]:
    border = root.resolve()

    def closed(error: OSError) -> None:
        failed.append(FailedFile(printable(str(error.filename)), f"folder cannot be read: {error.strerror}"))

    for folder, folders, names in os.walk(root, onerror=closed, followlinks=False):
        folders[:] = sorted(name for name in folders if not is_system(name))
        for name in sorted(names):
            path = Path(folder, name)
            if is_system(name) or (path.is_symlink() and not path.resolve().is_relative_to(border)):
                continue
            yield path


def is_system(name: str) -> bool:
    """Whether a file or folder of this name is the machine's own, or half of one: nothing a person wrote."""
    lower = name.lower()
    return name.startswith((".", "~$")) or lower in _SYSTEM_NAMES or lower.endswith(_SYSTEM_ENDINGS)


def _look_at(path: Path, files: dict[str, Found], failed: list[FailedFile]) -> None:
    name = str(path)
    if name in files:
        return
    if printable(name) != name:
        failed.append(FailedFile(printable(name), "the file name is not valid text; rename the file"))
        return
    try:
        facts = path.stat()
    except OSError as error:
        failed.append(FailedFile(name, f"file cannot be read: {error.strerror}; check it and its permissions"))
        return
    if stat.S_ISREG(facts.st_mode):
        files[name] = Found(name, facts.st_size, facts.st_mtime_ns)


def reason_of(error: LoadError | OSError) -> str:
    """The line a report gives for a file that could not be read."""
    if isinstance(error, OSError):
        return f"file cannot be read: {error.strerror or error}; check it and its permissions"
    return str(error)
