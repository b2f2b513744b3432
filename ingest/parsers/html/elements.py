"""HTML to elements (titles, list items, tables, text) by `unstructured`, offline. The only importer of it.

As it comes, its first call downloads a spaCy model, and importing spaCy brings torch: up to 47 s on the development
machine. It needs them only to tell narrative from other text, which makes no difference here, so a small tokenizer
takes their place before the import. Its usage reports and its notice are turned off in the same breath.
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
    """What `unstructured` asks of spaCy, by patterns: sentences, words, and words with a part of speech (none)."""
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

from unstructured.partition.html import partition_html  # noqa: E402 - not before the two lines above


class Element(NamedTuple):
    """A part of a document: `kind` is "heading", "item", "table" or "text"; `level` from 1 for headings; `rows` of a
    table's cells."""

    kind: str
    text: str
    level: int = 0
    rows: Sequence[Sequence[str]] = ()


def elements_of(page: str) -> list[Element]:
    """The elements of a page of HTML in order. Raises what `unstructured` raises on what it does not understand."""
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
