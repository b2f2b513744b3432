"""Extracts a Word paragraph's text as printed: with insertions, without deletions and hidden text.

Numbers, headings and tables are handled in `ingest.parsers.office.word`.
"""

from dataclasses import dataclass, field
from typing import Any

from ingest.parsers.office.ooxml import attribute, child, children, integer, is_on, local, value
from ingest.parsers.office.word_styles import Styles

PAGE_END = "\f"
"""Stands in a paragraph's text where Word begins a new page."""

# Elements whose text is not printed: deleted, moved away, field instructions, the phonetic half of a ruby.
_UNPRINTED = frozenset("del moveFrom delText instrText delInstrText rPr pPr sdtPr sdtEndPr rt Fallback".split())
_CHARACTERS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-", "lastRenderedPageBreak": PAGE_END}
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SMALLEST = 4  # half points; text of two points is not readable
_WHITE = frozenset({"FFFFFF", "ffffff"})
_SYMBOL_FONTS = frozenset({"Symbol", "Wingdings", "Wingdings 2", "Wingdings 3", "Webdings"})


@dataclass(slots=True)
class ParagraphText:
    """A paragraph's text and what is attached to it: text boxes (elements), notes (kind and id), hidden text."""

    text: str = ""
    boxes: list[Any] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    tiny: list[str] = field(default_factory=list)
    white: list[str] = field(default_factory=list)


class NoteNumbers:
    """Numbers footnotes and endnotes in document order, each kind separately."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], str] = {}

    def number(self, kind: str, name: str) -> str:
        """Return a note's raised number: digits for footnotes, with a prime for endnotes to distinguish them."""
        if (kind, name) not in self._seen:
            count = 1 + sum(1 for known, _ in self._seen if known == kind)
            self._seen[kind, name] = raised(count) + ("′" if kind == "endnote" else "")
        return self._seen[kind, name]


def raised(count: int) -> str:
    """Return a note's number in raised digits, as printed."""
    return str(count).translate(_RAISED)


def words_of(paragraph: Any, styles: Styles, numbers: NoteNumbers, *, has_background: bool = False) -> ParagraphText:
    """Return the text of one paragraph. `has_background`: it is in a table cell with a background, where white
    text may be visible.
    """
    words = ParagraphText()
    shaded = has_background or child(paragraph, "pPr", "shd") is not None
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
        elif name == "t":  # text of a formula
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
    """Return the list for the run's text if it is hidden, or None if it is visible."""
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
    """Return a bullet for a character of a symbol font, whose code has no meaning outside that font."""
    code = attribute(item, "char") or ""
    if attribute(item, "font") in _SYMBOL_FONTS:
        return "•"
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
