"""A Word paragraph's words as they are printed: insertions counted, deletions and hidden words not.

Knows runs and what may stand among them; numbers, headings and tables are `ingest.parsers.office.word`'s.
"""

from dataclasses import dataclass, field
from typing import Any

from ingest.parsers.office.ooxml import attribute, child, children, integer, is_on, local, value
from ingest.parsers.office.word_styles import Styles

PAGE_END = "\f"
"""Stands in a paragraph's text where Word begins a new page."""

# Elements whose text is not on paper: deleted, moved away, instructions of fields, the phonetic half of a ruby.
_UNPRINTED = frozenset("del moveFrom delText instrText delInstrText rPr pPr sdtPr sdtEndPr rt Fallback".split())
_CHARACTERS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-", "lastRenderedPageBreak": PAGE_END}
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SMALLEST = 4  # half points: nobody reads text of two points
_WHITE = frozenset({"FFFFFF", "ffffff"})
_SYMBOL_FONTS = frozenset({"Symbol", "Wingdings", "Wingdings 2", "Wingdings 3", "Webdings"})


@dataclass(slots=True)
class ParagraphText:
    """A paragraph's text, and what hangs on it: text boxes (elements), notes (kind and id), text nobody sees."""

    text: str = ""
    boxes: list[Any] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    tiny: list[str] = field(default_factory=list)
    white: list[str] = field(default_factory=list)


class NoteNumbers:
    """Footnotes and endnotes counted in the document's order, each kind by itself."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], str] = {}

    def number(self, kind: str, name: str) -> str:
        """The raised number of a note: digits for footnotes, a prime behind those of endnotes to tell them apart."""
        if (kind, name) not in self._seen:
            count = 1 + sum(1 for known, _ in self._seen if known == kind)
            self._seen[kind, name] = raised(count) + ("′" if kind == "endnote" else "")
        return self._seen[kind, name]


def raised(count: int) -> str:
    """A note's number as it is printed."""
    return str(count).translate(_RAISED)


def words_of(paragraph: Any, styles: Styles, numbers: NoteNumbers, *, ground: bool = False) -> ParagraphText:
    """The words of one paragraph. `ground`: it stands on a ground of its own (a table), where white may be seen."""
    words = ParagraphText()
    shaded = ground or child(paragraph, "pPr", "shd") is not None
    _gather(paragraph, words, styles, numbers, shaded)
    return words


def _gather(element: Any, words: ParagraphText, styles: Styles, numbers: NoteNumbers, shaded: bool) -> None:
    for item in element:
        name = local(item)
        if not name or name in _UNPRINTED:
            continue
        if name == "r":
            _run(item, words, styles, numbers, shaded)
        elif name == "txbxContent":
            words.boxes.append(item)
        elif name == "t":  # of a formula
            words.text += item.text or ""
        else:
            _gather(item, words, styles, numbers, shaded)


def _run(run: Any, words: ParagraphText, styles: Styles, numbers: NoteNumbers, shaded: bool) -> None:
    text = ""
    for item in children(run):
        name = local(item)
        if name == "t":
            text += item.text or ""
        elif name in _CHARACTERS:
            text += _CHARACTERS[name]
        elif name == "br":
            text += PAGE_END if attribute(item, "type") == "page" else "\n"
        elif name == "sym":
            text += _symbol(item)
        elif name in ("footnoteReference", "endnoteReference", "commentReference"):
            note = (name.removesuffix("Reference"), attribute(item, "id") or "")
            words.notes.append(note)
            text += numbers.number(*note) if note[0] != "comment" else ""
        elif name not in _UNPRINTED:
            inner = ParagraphText()
            _gather(item, inner, styles, numbers, shaded)
            words.boxes += inner.boxes
            text += inner.text
    unseen = _unseen(run, words, styles, shaded)
    if unseen is None:
        words.text += text
    elif text.strip():
        unseen.append(text.replace(PAGE_END, " "))


def _unseen(run: Any, words: ParagraphText, styles: Styles, shaded: bool) -> list[str] | None:
    """Where the run's text belongs when nobody sees it, None when it is seen."""
    properties = child(run, "rPr")
    if properties is None:
        return None
    style = value(properties, "rStyle")
    styled = bool(style and styles[style].hidden)
    if is_on(properties, "vanish") or (styled and child(properties, "vanish") is None):
        return words.hidden
    if integer(value(properties, "sz"), _SMALLEST + 1) <= _SMALLEST:
        return words.tiny
    grounded = shaded or child(properties, "shd") is not None or child(properties, "highlight") is not None
    return words.white if not grounded and value(properties, "color") in _WHITE else None


def _symbol(item: Any) -> str:
    """A character of a symbol font as a bullet: its code says nothing outside that font."""
    code = attribute(item, "char") or ""
    if attribute(item, "font") in _SYMBOL_FONTS:
        return "•"
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
