"""Opens Office Open XML packages: the main part, its references, title and author. Content is parsed elsewhere.

Elements and attributes are matched by local name, because files saved as "Strict" use other namespaces.
"""

import posixpath
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeVar

from ingest.characters.sanitize import clean
from ingest.parsers.base.zip_packages import Package
from ragnano.errors import DamagedFile
from ragnano.text.words import fold

_MOST_METADATA_CHARACTERS = 300
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")
Otherwise = TypeVar("Otherwise", int, None)


class Reference(NamedTuple):
    """A reference from a part: its kind ("slide", "footnotes") and the name of the part it points to."""

    kind: str
    target: str


class Office(Package):
    """A package with its main part identified. Raises the errors of Package, DamagedFile if there is no main part."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        mains = [found.target for found in self.references("").values() if found.kind == "officeDocument"]
        if not mains or mains[0] not in self.names:
            raise DamagedFile("holds no document; open it in the program it comes from and save it anew")
        self.main = mains[0]

    def references(self, part: str) -> dict[str, Reference]:
        """Return the references of a part ("" for the package) to others in the package, by id."""
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, Reference] = {}
        for item in () if root is None else root:
            target = item.get("Target", "") if isinstance(item.tag, str) else ""
            if target and item.get("TargetMode") != "External":
                inside = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                kind = item.get("Type", "").rsplit("/", 1)[-1]
                found[item.get("Id", "")] = Reference(kind, posixpath.normpath(inside))
        return found

    def referred(self, part: str, kind: str) -> list[str]:
        """Return the existing parts of one kind that a part references, in order and without duplicates."""
        names = (item.target for item in self.references(part).values() if item.kind == kind)
        return [name for name in dict.fromkeys(names) if name in self.names]

    def title_and_author(self) -> tuple[str, str]:
        """Return title and author from the core properties, "" where missing."""
        for name in self.referred("", "core-properties"):
            facts = {local(item): item.text or "" for item in self.xml(name) if isinstance(item.tag, str)}
            return metadata_line(facts.get("title", "")), metadata_line(facts.get("creator", ""))
        return "", ""


def metadata_line(text: str) -> str:
    """Return a title or name from a file's metadata as one short line."""
    return fold(clean(text))[:_MOST_METADATA_CHARACTERS]


def local(element: Any) -> str:
    """Return the element's name without its namespace, "" for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """Return an attribute by its local name, or None if it is absent."""
    for key, value in element.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None


def children(element: Any, *names: str) -> Iterator[Any]:
    """Yield the children with these local names, in order; all child elements if no name is given."""
    for item in element:
        found = local(item)
        if found and (not names or found in names):
            yield item


def child(element: Any, *path: str) -> Any:
    """Follow the path of local names, taking the first child at each step. Returns None if it ends early or `element`
    is None.
    """
    for name in path:
        element = next(children(element, name), None) if element is not None else None
    return element


def value(element: Any, *path: str) -> str | None:
    """Return the `val` attribute of the element that `child` finds, or None."""
    found = child(element, *path)
    return attribute(found, "val") if found is not None else None


def integer(text: str | None, otherwise: Otherwise) -> int | Otherwise:
    """Parse a whole number of at most nine digits; returns `otherwise` for anything else."""
    return int(text) if text and _INTEGER.fullmatch(text) else otherwise


def is_on(element: Any, *path: str) -> bool:
    """Return whether a switch is present and not turned off ("0", "false", "off")."""
    found = child(element, *path)
    return found is not None and attribute(found, "val") not in ("0", "false", "off")
