"""Finds the files to read under the paths a user names. The only files it opens are `.ragnanoignore`.

A folder the user names is a boundary: links that lead out of it are not followed. Files are yielded one by one: a walk
holds the names of one folder and of the folders still to visit, however many files there are.
"""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pathspec import GitIgnoreSpec

from ingest.characters.encodings import decoded
from ragnano.errors import ConfigError, LoadError, NotFoundError
from ragnano.types import FailedFile

IGNORE_FILE = ".ragnanoignore"
"""A file of patterns to leave out, in any folder, written as in a .gitignore."""

_SYSTEM_NAMES = frozenset({"thumbs.db", "desktop.ini", "__macosx", "$recycle.bin", "system volume information"})
_SYSTEM_ENDINGS = (".tmp", ".crdownload", ".part", ".lnk")

AnyPath = str | os.PathLike[str]
Ignoring = tuple[tuple[Path, GitIgnoreSpec], ...]


class Found(NamedTuple):
    """A file to consider: absolute path, size in bytes, modification time in nanoseconds."""

    path: str
    size: int
    mtime_ns: int


class LeftOut(NamedTuple):
    """A file or folder that is left out, and the reason."""

    path: str
    reason: str


class Walk:
    """Iterates over the files under `paths`: folders depth first, names in code point order, each file once.

    It can be iterated repeatedly. Hidden and system files are left out unless named themselves, and so is the folder
    `own`. `include` and `exclude` are patterns as in a .gitignore, relative to each of the paths. Raises NotFoundError
    for a path that does not exist, ConfigError for an invalid pattern.
    """

    def __init__(
        self,
        paths: Sequence[AnyPath],
        *,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        own: Path | None = None,
    ) -> None:
        self._roots = [_absolute(path) for path in paths]
        for given, root in zip(paths, self._roots, strict=True):
            if not root.exists():
                raise NotFoundError(f"no such file or folder: {printable(given)}; check the path")
        self._include = _patterns(include, "--include") if include else None
        self._exclude = _patterns(exclude, "--exclude") if exclude else None
        self._own = own and _absolute(own)
        self._overlap = any(
            inner is not outer and inner.is_relative_to(outer) for inner in self._roots for outer in self._roots
        )

    def __iter__(self) -> Iterator[Found]:
        return self.files()

    def files(
        self, failed: Callable[[FailedFile], None] | None = None, left_out: Callable[[LeftOut], None] | None = None
    ) -> Iterator[Found]:
        """Yields the files; `failed` is called for what could not be examined, `left_out` for what is left out."""
        seen: set[str] | None = set() if self._overlap else None
        report_failed, report_left_out = failed or _ignore, left_out or _ignore
        for root in self._roots:
            for path in self._inside(root, report_failed, report_left_out) if root.is_dir() else self._named(root):
                if seen is not None:
                    if str(path) in seen:
                        continue
                    seen.add(str(path))
                found = _look_at(path, report_failed)
                if found is not None:
                    yield found

    def _named(self, path: Path) -> Iterator[Path]:
        if self._chosen(path.name) and not self._excluded(path.name):
            yield path

    def _inside(
        self, root: Path, failed: Callable[[FailedFile], None], left_out: Callable[[LeftOut], None]
    ) -> Iterator[Path]:
        border = root.resolve()
        waiting: list[tuple[Path, Ignoring]] = [(root, ())]
        while waiting:
            folder, ignoring = waiting.pop()
            try:
                with os.scandir(folder) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
                ignoring = _with_own_rules(folder, ignoring)
            except OSError as error:
                failed(FailedFile(printable(folder), f"folder cannot be read: {error.strerror}"))
                continue
            except ConfigError as error:
                # What the patterns would have left out must not be read; the other folders are not affected.
                failed(FailedFile(printable(folder), f"folder left out: {error}"))
                continue
            inner: list[tuple[Path, Ignoring]] = []
            for entry in entries:
                path = Path(folder, entry.name)
                is_folder = entry.is_dir(follow_symlinks=False)
                reason = self._reason(root, border, path, entry, ignoring, is_folder=is_folder)
                if reason is not None:
                    left_out(LeftOut(printable(path), reason))
                elif is_folder:
                    inner.append((path, ignoring))
                else:
                    yield path
            waiting.extend(reversed(inner))

    def _reason(
        self, root: Path, border: Path, path: Path, entry: "os.DirEntry[str]", ignoring: Ignoring, *, is_folder: bool
    ) -> str | None:
        """Returns why an entry is left out; None when it is not."""
        relative = path.relative_to(root).as_posix() + ("/" if is_folder else "")
        if is_system(entry.name):
            return "hidden or a system file"
        if path == self._own:
            return "ragnano's own data"
        if entry.is_symlink() and _leads_away(path, border):
            return "a link that leads to a folder or out of this one"
        if self._excluded(relative):
            return "--exclude"
        if _is_ignored(path, ignoring, is_folder=is_folder):
            return IGNORE_FILE
        return None if is_folder or self._chosen(relative) else "not in --include"

    def _chosen(self, relative: str) -> bool:
        return self._include is None or self._include.match_file(relative)

    def _excluded(self, relative: str) -> bool:
        return self._exclude is not None and self._exclude.match_file(relative)


def folders_of(paths: Sequence[AnyPath]) -> list[str]:
    """Returns the given paths that are folders, absolute: files that are gone may be pruned only within them."""
    return [str(path) for path in map(_absolute, paths) if path.is_dir()]


def printable(path: AnyPath) -> str:
    """Returns the path as text that can be printed and stored: undecodable bytes become question marks."""
    return os.fspath(path).encode("utf-8", "replace").decode("utf-8")


def reason_of(error: LoadError | OSError) -> str:
    """Returns the line that a report prints for a file that could not be read."""
    if isinstance(error, OSError):
        return f"file cannot be read: {error.strerror or error}; check it and its permissions"
    return str(error)


def _ignore(_: object) -> None:
    return None


def _absolute(path: AnyPath) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow a link to another name


def _patterns(lines: Sequence[str], where: str) -> GitIgnoreSpec:
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        raise ConfigError(f"a pattern in {where} is invalid; use the syntax of .gitignore") from None


def _with_own_rules(folder: Path, ignoring: Ignoring) -> Ignoring:
    """Returns the rules that apply inside a folder: inherited and its own. Raises OSError, ConfigError (a pattern)."""
    path = folder / IGNORE_FILE
    if not path.is_file():
        return ignoring
    lines = decoded(path.read_bytes()).splitlines()  # Windows editors write UTF-16, or UTF-8 with a byte order mark
    return (*ignoring, (folder, _patterns(lines, IGNORE_FILE)))


def _leads_away(link: Path, border: Path) -> bool:
    """Returns whether a link leads to a folder or out of `border`. A broken or circular link does not."""
    # Path.resolve() would raise for a circular link and end the run.
    return link.is_dir() or not Path(os.path.realpath(link)).is_relative_to(border)


def _is_ignored(path: Path, ignoring: Ignoring, *, is_folder: bool) -> bool:
    """Returns what the innermost file with a matching pattern says, as in Git."""
    for folder, rules in reversed(ignoring):
        ignored = rules.check_file(path.relative_to(folder).as_posix() + ("/" if is_folder else "")).include
        if ignored is not None:
            return ignored
    return False


def is_system(name: str) -> bool:
    """Returns whether a name is that of a hidden, system or temporary file or folder, not of a person's document."""
    lower = name.lower()
    return name.startswith((".", "~$")) or lower in _SYSTEM_NAMES or lower.endswith(_SYSTEM_ENDINGS)


def _look_at(path: Path, failed: Callable[[FailedFile], None]) -> Found | None:
    name = str(path)
    if printable(name) != name:
        failed(FailedFile(printable(name), "the file name is not valid text; rename the file"))
        return None
    try:
        facts = path.stat()
    except OSError as error:
        failed(FailedFile(name, f"file cannot be read: {error.strerror}; check it and its permissions"))
        return None
    return Found(name, facts.st_size, facts.st_mtime_ns) if stat.S_ISREG(facts.st_mode) else None
