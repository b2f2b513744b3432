"""From the paths a user names to the files to read, and what kind of file each is.

Knows names, sizes and first bytes; opens nothing further and knows no file format from the inside. A folder the user
names is a border: links that lead out of it are not followed.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ragnano.errors import LoadError, NotFoundError, UnsupportedFile
from ragnano.types import FailedFile

PDF = "application/pdf"
TEXT = "text/plain"
MARKDOWN = "text/markdown"


class Kind(NamedTuple):
    """A kind of file: how users call it, its media type (None: no reader yet), its endings and its first bytes."""

    name: str
    media_type: str | None
    endings: tuple[str, ...]
    magic: tuple[bytes, ...] = ()


# Magic decides before the ending: a PDF called "scan.txt" is a PDF. The order matters only for magic that is shared.
KINDS = (
    Kind("PDF", PDF, (".pdf",), (b"%PDF-",)),
    Kind("Markdown", MARKDOWN, (".md", ".markdown")),
    Kind("text", TEXT, (".txt", ".text", "")),
    Kind("image", None, (".png",), (b"\x89PNG\r\n",)),
    Kind("image", None, (".jpg", ".jpeg"), (b"\xff\xd8\xff",)),
    Kind("image", None, (".tif", ".tiff"), (b"II*\x00", b"MM\x00*")),
    Kind("image", None, (".gif", ".bmp", ".webp", ".heic"), (b"GIF8",)),
    Kind("Word document", None, (".docx", ".doc", ".odt", ".rtf"), (b"{\\rtf",)),
    Kind("spreadsheet", None, (".xlsx", ".xls", ".ods", ".csv")),
    Kind("presentation", None, (".pptx", ".ppt", ".odp")),
    Kind("e-mail", None, (".eml", ".msg")),
    Kind("web page", None, (".html", ".htm")),
    Kind("archive or Office file", None, (".zip",), (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")),
)
_ENDINGS = {ending: kind for kind in KINDS for ending in kind.endings}
_MAGIC_READS = 1024  # bytes; readers accept a PDF header anywhere in the first 1,024

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


def media_type_of(path: str) -> str:
    """The media type of a file, by its first bytes and then its ending. Raises UnsupportedFile where no reader is."""
    ending = Path(path).suffix.lower()
    with Path(path).open("rb") as file:
        head = file.read(_MAGIC_READS)
    kind = _by_magic(head) or _ENDINGS.get(ending)
    if kind is not None and kind.media_type is None and _ENDINGS.get(ending, kind).media_type is None:
        kind = _ENDINGS.get(ending, kind)  # "Word document" says more than "archive"
    if kind is None:
        raise UnsupportedFile(f"not readable yet: {ending} files; convert it to PDF or text")
    if kind.media_type is None:
        raise UnsupportedFile(f"not readable yet: {kind.name} ({ending or 'no ending'}); convert it to PDF or text")
    return kind.media_type


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
        folders[:] = sorted(name for name in folders if not _is_system(name))
        for name in sorted(names):
            path = Path(folder, name)
            if _is_system(name) or (path.is_symlink() and not path.resolve().is_relative_to(border)):
                continue
            yield path


def _is_system(name: str) -> bool:
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


def _by_magic(head: bytes) -> Kind | None:
    for kind in KINDS:
        if kind.media_type == PDF and any(magic in head for magic in kind.magic):
            return kind
        if head.startswith(kind.magic) and kind.magic:
            return kind
    return None


def reason_of(error: LoadError | OSError) -> str:
    """The line a report gives for a file that could not be read."""
    if isinstance(error, OSError):
        return f"file cannot be read: {error.strerror or error}; check it and its permissions"
    return str(error)
