"""Office Open XML packages: which part is the main one, what it refers to, who wrote it. Knows no document's inside.

Elements and attributes go by their local names: files saved as "Strict" use other namespaces for the same ones.
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
    """What a part refers to: the kind ("slide", "footnotes") and the other part's name."""

    kind: str
    target: str


class Office(Package):
    """A package whose main part is known. Raises as Package, DamagedFile where no main part is."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        mains = [found.target for found in self.references("").values() if found.kind == "officeDocument"]
        if not mains or mains[0] not in self.names:
            raise DamagedFile("holds no document; open it in the program it comes from and save it anew")
        self.main = mains[0]

    def references(self, part: str) -> dict[str, Reference]:
        """By id, what the part ("" for the package) refers to inside the package."""
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
        """Names of the existing parts of one kind that a part refers to, in the order it names them, each once."""
        names = (item.target for item in self.references(part).values() if item.kind == kind)
        return [name for name in dict.fromkeys(names) if name in self.names]

    def title_and_author(self) -> tuple[str, str]:
        """As the core properties give them, "" where they don't."""
        for name in self.referred("", "core-properties"):
            facts = {local(item): item.text or "" for item in self.xml(name) if isinstance(item.tag, str)}
            return metadata_line(facts.get("title", "")), metadata_line(facts.get("creator", ""))
        return "", ""


def metadata_line(text: str) -> str:
    """A title or name from a file's metadata as one short line."""
    return fold(clean(text))[:_MOST_METADATA_CHARACTERS]


def local(element: Any) -> str:
    """The element's name without its namespace, "" for comments and instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """An attribute by its local name, None when it is absent."""
    for key, value in element.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None


def children(element: Any, *names: str) -> Iterator[Any]:
    """The children of these local names, in order; all elements when no name is given."""
    for item in element:
        found = local(item)
        if found and (not names or found in names):
            yield item


def child(element: Any, *path: str) -> Any:
    """The first child, grandchild … along the path of local names, None where it ends early or `element` is None."""
    for name in path:
        element = next(children(element, name), None) if element is not None else None
    return element


def value(element: Any, *path: str) -> str | None:
    """The `val` attribute of what `child` finds, None when there is none."""
    found = child(element, *path)
    return attribute(found, "val") if found is not None else None


def integer(text: str | None, otherwise: Otherwise) -> int | Otherwise:
    """A whole number of at most nine digits as XML writes it, `otherwise` for everything else."""
    return int(text) if text and _INTEGER.fullmatch(text) else otherwise


def is_on(element: Any, *path: str) -> bool:
    """Whether a switch is there and not turned off ("0", "false", "off")."""
    found = child(element, *path)
    return found is not None and attribute(found, "val") not in ("0", "false", "off")
