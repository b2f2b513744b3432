"""Splits HTML into elements (titles, list items, tables, text) with `unstructured`, offline. No other module imports
it.

By default, its first call downloads a spaCy model, and importing spaCy imports torch: up to 47 s on the development
machine. It needs them only to distinguish narrative from other text, which makes no difference here, so a small
tokenizer replaces them before the import. Its usage reports and its notice are turned off at the same time.
"""

import io
import os
import re
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any, NamedTuple

from lxml import html

_TOKENIZER = "unstructured.nlp.tokenize"
_SWITCHES = ("DO_NOT_TRACK", "SCARF_NO_ANALYTICS", "UNSTRUCTURED_DISABLE_NOTICE")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_TOKEN = re.compile(r"\w+|[^\w\s]")


def _tokenizer() -> ModuleType:
    """Return a pattern-based substitute for what `unstructured` uses of spaCy; its part-of-speech tags are empty."""
    module = ModuleType(_TOKENIZER)
    tools = {
        "sent_tokenize": lambda text: _SENTENCE.split(str(text)),
        "word_tokenize": lambda text: _TOKEN.findall(str(text)),
        "pos_tag": lambda text: [(word, "") for word in _TOKEN.findall(str(text))],
    }
    vars(module).update(tools)
    return module


os.environ.update(dict.fromkeys(_SWITCHES, "1"))
sys.modules.setdefault(_TOKENIZER, _tokenizer())

from unstructured.partition.html import partition_html  # noqa: E402 - must follow the two lines above


class Element(NamedTuple):
    """A part of a document. `kind` is "heading", "item", "table" or "text"; `level` counts from 1 for headings; `rows`
    holds a table's cells.
    """

    kind: str
    text: str
    level: int = 0
    rows: Sequence[Sequence[str]] = ()


def elements_of(page: str) -> list[Element]:
    """Return the elements of an HTML page in order. Raises `unstructured`'s errors on HTML that it cannot parse."""
    return [_element(item) for item in partition_html(text=page, languages=[""])]


def _element(item: Any) -> Element:
    if item.category == "Title":
        return Element("heading", item.text, (item.metadata.category_depth or 0) + 1)
    if item.category == "Table" and item.metadata.text_as_html:
        return Element("table", item.text, rows=_rows(item.metadata.text_as_html))
    return Element("item" if item.category == "ListItem" else "text", item.text)


def _rows(table: str) -> list[list[str]]:
    root = html.parse(io.StringIO(table)).getroot()
    return [[cell.text_content() for cell in row.iter("td", "th")] for row in root.iter("tr")]
