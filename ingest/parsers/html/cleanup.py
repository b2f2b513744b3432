"""Prepares a web page for splitting into elements: hidden text is removed, lists get numbers, tables a full grid.

Only inline styles and simple class and id rules are checked for hidden text.
"""

import copy
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree, html

from ingest.characters.encodings import decoded
from ingest.parsers.office.ooxml import integer
from ingest.parsers.office.word_numbering import numbered
from ragnano.errors import LimitExceeded
from ragnano.types import HiddenKind

LINE_END = "\ue000"
"""Stands for a line break inside a paragraph, because white space is folded when the page is split into elements."""

NUMBERED = "\ue001"
"""Precedes the number of a list item, to distinguish the item from one with a bullet."""

_DROPPED = ("script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "link", "meta", "head")
_AS_BLOCKS = ("main", "form", "fieldset", "legend", "nav", "details", "summary", "figure", "dialog")
_AS_WORDS = ("label", "button", "select", "textarea", "math")
"""Visible elements that `unstructured` drops with all their contents, including forms and menus."""
_TYPED = ("", "text", "search", "tel", "url", "email", "number", "date", "datetime-local", "month", "week", "time")
_TICKED = ("checkbox", "radio")
_DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_INVISIBLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?(?![\d.])|mso-hide\s*:\s*all", re.I
)
_ZERO_SIZE = re.compile(r"font-size\s*:\s*[01](?:\.0+)?(?:px|pt)|font-size\s*:\s*0(?![.\d])", re.I)
_AWAY = re.compile(r"(?<![\w])(?:left|top|right|bottom|text-indent|margin-left)\s*:\s*-\d{4,}(?:\.\d+)?(?:px|pt)", re.I)
_WHITE = re.compile(
    r"(?<![-\w])color\s*:\s*(?:#fff(?:fff)?|white|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))\s*(?:;|!|$)", re.I
)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_CONDITIONAL = re.compile(r"@[\w-]+[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_SIMPLE = re.compile(r"[\w-]*[.#][\w-]+")
_BLOCKS = ("table", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "hr")
_LAID_OUT = 600  # characters; a cell with more is a column of running text, not a cell
_MOST_SPAN = 60  # columns or rows that one cell may span


class Tidy(NamedTuple):
    """A prepared page: its HTML, its metadata, and the text that is hidden."""

    page: str
    title: str
    author: str
    hidden: tuple[tuple[HiddenKind, str], ...]
    root: Any

    @property
    def depth(self) -> int:
        """Depth of the deepest nested element."""
        deepest = depth = 0
        for event, _ in etree.iterwalk(self.root, events=("start", "end")):
            depth += 1 if event == "start" else -1
            deepest = max(deepest, depth)
        return deepest


def tidied(data: bytes | str) -> Tidy | None:
    """Return the prepared page, or None if it is empty. Raises LimitExceeded for a page that no browser displays."""
    text = data if isinstance(data, str) else _decoded(data)
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = html.document_fromstring(_XML_DECLARATION.sub("", text.replace("\0", "")), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise LimitExceeded("its elements are nested more than 2,000 deep; save the page as PDF")
    title = " ".join(root.xpath("string(//title)").split())
    author = " ".join(root.xpath("string(//meta[translate(@name,'AUTHOR','author')='author']/@content)").split())
    selectors = _hiding_selectors("\n".join(root.xpath("//style/text()")))
    etree.strip_elements(root, *_DROPPED, with_tail=False)
    hidden = tuple(_take_hidden(root, selectors))
    for item in list(root.iter(*_AS_BLOCKS)):
        item.tag = "div"  # use the whole page, not only its <main> element
    for item in list(root.iter("br")):
        item.tail = LINE_END + (item.tail or "")
        item.drop_tag()
    for item in root.iter():
        if not len(item) and item.text and len(item.text.strip()) == 1:
            item.text += LINE_END  # a paragraph of one character (a ticked box) would be dropped
    _fill_fields(root)
    for table in reversed(list(root.iter("table"))):
        _table(table)
    for item in root.iter("ol"):
        _number(item)
    return Tidy(html.tostring(root, encoding="unicode"), title, author, hidden, root)


def _decoded(data: bytes) -> str:
    declared = _DECLARED.search(data[:4096])
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        try:
            return data.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            return decoded(data)  # the declared encoding is wrong
    return decoded(data)


def _hiding_selectors(css: str) -> dict[str, HiddenKind]:
    """Return the classes and ids (".x", "#y") that a style sheet hides for every medium, and how it hides them."""
    found: dict[str, HiddenKind] = {}
    for selectors, rules in _RULE.findall(_CONDITIONAL.sub("", css)):
        if kind := _hidden_by(rules):
            found |= {one.strip(): kind for one in selectors.split(",") if _SIMPLE.fullmatch(one.strip())}
    return found


def _hidden_by(style: str) -> HiddenKind | None:
    """Return how a style hides text, apart from colour."""
    if _INVISIBLE.search(style):
        return "invisible"
    if _ZERO_SIZE.search(style):
        return "size"
    return "off-page" if _AWAY.search(style) else None


def _take_hidden(root: Any, selectors: dict[str, HiddenKind]) -> Iterator[tuple[HiddenKind, str]]:
    for item in list(root.iter()):
        if not isinstance(item.tag, str) or item.getparent() is None:
            continue
        kind = _hidden_as(item, selectors)
        if kind is not None and item.getroottree().getroot() is root:
            text = " ".join(item.text_content().split())
            item.drop_tree()
            if text:
                yield kind, text


def _hidden_as(item: Any, selectors: dict[str, HiddenKind]) -> HiddenKind | None:
    if item.get("hidden") is not None or (item.tag == "dialog" and item.get("open") is None):
        return "invisible"
    style = item.get("style", "")
    named = [f".{name}" for name in item.get("class", "").split()] + [f"#{item.get('id', '')}"]
    named += [f"{item.tag}{name}" for name in named]
    if kind := _hidden_by(style) or next((selectors[name] for name in named if name in selectors), None):
        return kind
    white = _WHITE.search(style) or item.get("color", "").lower() in ("#ffffff", "#fff", "white")
    return "colour" if white and not any(map(_has_background, (item, *item.iterancestors()))) else None


def _has_background(item: Any) -> bool:
    """Return whether the element may have its own background, where white text is visible: colour, picture or class."""
    return "background" in item.get("style", "").lower() or any(
        item.get(name) is not None for name in ("bgcolor", "background", "class")
    )


def _fill_fields(root: Any) -> None:
    """Insert the displayed values of form fields at their positions."""
    for item in list(root.iter("select")):
        options = list(item.iter("option"))
        chosen = [one for one in options if one.get("selected") is not None]
        shown = chosen or (options[:1] if item.get("multiple") is None else [])
        for option in options:
            option.text = f" {option.text_content()} " if option in shown else None
        etree.strip_tags(item, "option", "optgroup")
    for item in list(root.iter("input")):
        kind = item.get("type", "").lower()
        if kind in _TYPED:
            item.text = f" {item.get('value', '')} "
        elif kind in _TICKED:
            item.text = " ☐ " if item.get("checked") is None else " ☒ "
        item.tag = "span"
    for item in list(root.iter(*_AS_WORDS)):
        item.tag = "span"


def _number(ordered: Any) -> None:
    """Insert the numbers of an ordered list before its items."""
    form = ordered.get("type", "1")
    count = integer(ordered.get("start"), 1)
    for item in ordered.iterchildren("li"):
        count = integer(item.get("value"), count)
        target = item
        while not (target.text or "").strip() and len(target) and target[0].tag in ("p", "div", "span"):
            target = target[0]
        target.text = f"{NUMBERED}{numbered(count, form)}. {(target.text or '').lstrip()}"
        count += 1


def _table(table: Any) -> None:
    """Complete the cell grid of a data table; replace a layout table by its contents."""
    caption = next(table.iterchildren("caption"), None)
    if caption is not None:
        paragraph = copy.copy(caption)
        paragraph.tag, paragraph.tail = "p", None
        table.addprevious(paragraph)
        caption.drop_tree()
    rows = list(table.iter("tr"))
    cells = [list(row.iterchildren("td", "th")) for row in rows]
    if _is_layout(table, cells):
        for item in [table, *table.iter("tbody", "thead", "tfoot", "tr", "td", "th")]:
            item.tag = "div"
            item.attrib.clear()
        return
    _fill_grid(rows, cells)


def _is_layout(table: Any, cells: list[list[Any]]) -> bool:
    inside = [cell for row in cells for cell in row]
    return (
        table.get("role") == "presentation"
        or max((len(row) for row in cells), default=0) < 2
        or any(next(cell.iter(*_BLOCKS), None) is not None for cell in inside)
        or any(len(cell.text_content()) > _LAID_OUT for cell in inside)
    )


def _fill_grid(rows: list[Any], cells: list[list[Any]]) -> None:
    """Insert an empty cell wherever another cell spans, so that columns stay aligned."""
    reached: dict[int, int] = {}  # remaining rows spanned by a cell above, by column
    for row, own in zip(rows, cells, strict=True):
        column = 0
        for cell in own:
            while reached.get(column, 0):
                reached[column] -= 1
                cell.addprevious(etree.Element("td"))
                column += 1
            across, down = _span(cell, "colspan"), _span(cell, "rowspan")
            for more in range(across):
                reached[column + more] = down - 1
                if more:
                    cell.addnext(etree.Element("td"))
            column += across
        while reached.get(column, 0):
            reached[column] -= 1
            row.append(etree.Element("td"))
            column += 1


def _span(cell: Any, name: str) -> int:
    return min(max(integer(cell.attrib.pop(name, None), 1), 1), _MOST_SPAN)
