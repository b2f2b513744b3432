"""Opens OpenDocument files: their parts, styles and the text of a paragraph, for the parsers of the formats.

Elements are matched by local name, as in `ingest.parsers.office.ooxml`. Tracked deletions are in an element of their
own, which is never read. Notes and text boxes are returned beside the text.
"""

from dataclasses import dataclass, field
from typing import Any

from ingest.parsers.base.zip_packages import Package, parsed
from ingest.parsers.office.ooxml import attribute, child, children, integer, local, metadata_line
from ragnano.errors import DamagedFile, PasswordNeeded

PAGE_END = "\f"
"""Stands in a paragraph's text where the program that saved the file began a new page."""

_UNPRINTED = frozenset("tracked-changes annotation ruby-text hidden-text hidden-paragraph script".split())
_MOST_SPACES = 100  # spaces that one element may represent
_MOST_BASES = 20


@dataclass(frozen=True, slots=True)
class Style:
    """The properties of a style in use here: its page break, whether its text is visible, and its list."""

    breaks: bool = False
    hidden: bool = False
    list: str = ""


class OpenDocument(Package):
    """A package with its content parsed. Raises the errors of Package, and PasswordNeeded if it is encrypted."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        if "META-INF/manifest.xml" in self.names and b"encryption-data" in self.read("META-INF/manifest.xml"):
            raise PasswordNeeded("encrypted with a password; open it in its program and save it without")
        self.content = self.xml("content.xml")
        self.styles = self.xml("styles.xml")
        if self.content is None:
            raise DamagedFile("holds no document; open it in the program it comes from and save it anew")
        self._found: dict[str, Any] = {}
        self.lists: dict[str, Any] = {}
        self.outline: Any = None
        for root in (self.styles, self.content):
            for item in () if root is None else root.iter("{*}style", "{*}list-style", "{*}outline-style"):
                if local(item) == "outline-style":
                    self.outline = item
                else:
                    known = self._found if local(item) == "style" else self.lists
                    known[attribute(item, "name") or ""] = item

    def body(self, kind: str) -> Any:
        """Return the body element of this kind ("text", "spreadsheet", "presentation")."""
        body = child(self.content, "body", kind)
        if body is None:
            raise DamagedFile("holds no document; open it in the program it comes from and save it anew")
        return body

    def style(self, name: str | None) -> Style:
        """Return a style merged with the styles it is based on."""
        breaks = hidden = False
        listed = ""
        for _ in range(_MOST_BASES):
            item = self._found.get(name or "")
            if item is None:
                break
            for properties in children(item):
                breaks |= attribute(properties, "break-before") == "page"
                hidden |= attribute(properties, "display") in ("none", "false")
                hidden |= attribute(properties, "visibility") == "hidden"
            listed = listed or attribute(item, "list-style-name") or ""
            name = attribute(item, "parent-style-name")
        return Style(breaks, hidden, listed)

    def title_and_author(self) -> tuple[str, str]:
        """Return title and author from the metadata, "" where missing."""
        if "meta.xml" not in self.names:
            return "", ""
        facts = {local(item): item.text or "" for item in parsed(self.read("meta.xml")).iter() if local(item)}
        return metadata_line(facts.get("title", "")), metadata_line(
            facts.get("initial-creator") or facts.get("creator", "")
        )


@dataclass(slots=True)
class ParagraphText:
    """A paragraph's text and what is attached to it: notes and text boxes (elements), hidden text."""

    text: str = ""
    notes: list[Any] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


def words_of(paragraph: Any, document: OpenDocument) -> ParagraphText:
    """Return the text of a paragraph or heading as printed."""
    words = ParagraphText()
    _gather(paragraph, words, document)
    return words


def _gather(element: Any, words: ParagraphText, document: OpenDocument) -> None:
    words.text += element.text or ""
    for item in element:
        name = local(item)
        if name in _UNPRINTED:
            words.hidden += [text for text in item.itertext() if text.strip() and name.startswith("hidden")]
        elif name == "note":
            words.text += "".join(text for cited in children(item, "note-citation") for text in cited.itertext())
            words.notes.append(item)
        elif name == "text-box":
            words.boxes.append(item)
        elif name == "span" and document.style(attribute(item, "style-name")).hidden:
            words.hidden.append("".join(item.itertext()))
        elif name == "s":
            words.text += " " * min(_count(item, "c"), _MOST_SPACES)
        elif name in ("tab", "line-break", "soft-page-break"):
            words.text += {"tab": "\t", "line-break": "\n"}.get(name, PAGE_END)
        elif name:
            _gather(item, words, document)
        words.text += item.tail or ""


def _count(element: Any, name: str) -> int:
    return max(integer(attribute(element, name), 1), 1)


def repeated(element: Any, kind: str) -> int:
    """Return how often a row or cell is repeated."""
    return _count(element, f"number-{kind}-repeated")
