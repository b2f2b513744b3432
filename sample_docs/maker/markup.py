"""Parses the light markup of sources/*.md into blocks.

The blocks describe what a piece of text is; its look is decided in layout.py and word.py. A source is a head of
`key: value` lines, a line `---`, then blocks separated by blank lines:

    # ARTICLE I | PREMISES      heading (the bar starts a second line)
    @schedule ANNEX A | PRICES  heading of an annex, on a new page
    @center RECITALS            centred line
    @sign PARTY A | PARTY B     signature block
    | a | b |                   table, first row is its head
    1.1 Text, (a) Text          numbered clause
    Text                        paragraph

Inline: **bold**, __underlined__, straight quotes (which become curly).
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["heading", "schedule", "center", "sign", "table", "clause", "paragraph"]

_LABEL = re.compile(r"^(Section \d+\.\d+|\d+\.\d+|\d+\.|\([A-Za-z]\)) (.*)$", re.DOTALL)
_DIRECTIVES: dict[str, Kind] = {"@schedule": "schedule", "@center": "center", "@sign": "sign"}


class SourceError(ValueError):
    """A source file cannot be parsed; the message names the file and the fault."""


@dataclass(frozen=True)
class Block:
    """One piece of a document.

    `parts` are the lines of a heading or the parties of a signature block, `rows` the cells of a table; `label` and
    `level` (1 outermost) belong to clauses.
    """

    kind: Kind
    text: str = ""
    label: str = ""
    level: int = 1
    parts: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Source:
    """A source document: the fields of its head, and its blocks in order."""

    file: str
    style: str
    title: str
    parties: tuple[str, ...]
    roles: tuple[str, ...]
    dated: str
    header: tuple[str, ...]
    footer: str
    front: tuple[str, ...]
    blocks: tuple[Block, ...]


def read_source(path: Path) -> Source:
    """Parses one source file. Raises SourceError when the head lacks a field."""
    head, mark, body = path.read_text(encoding="utf-8").partition("\n---\n")
    if not mark:
        raise SourceError(f"{path.name}: no '---' line after the head; add one")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    try:
        return Source(
            file=fields["file"],
            style=fields["style"],
            title=_curly(fields["title"]),
            parties=_split(fields["parties"]),
            roles=_split(fields.get("party_roles", "")),
            dated=fields["dated"],
            header=_split(fields["header"]),
            footer=fields["footer"],
            front=tuple(word.strip() for word in fields["front"].split(",")),
            blocks=_blocks(body),
        )
    except KeyError as missing:
        raise SourceError(f"{path.name}: the head has no {missing} line; add one") from missing


def _blocks(body: str) -> tuple[Block, ...]:
    raw = [chunk.strip() for chunk in re.split(r"\n\s*\n", body) if chunk.strip()]
    # "(a)" is one level below "1.1" where a document has both, and the outermost level where it has not.
    nested = any(re.match(r"(Section )?\d+\.\d+ ", chunk) for chunk in raw)
    return tuple(_block(chunk, nested) for chunk in raw)


def _block(chunk: str, nested: bool) -> Block:
    if chunk.startswith("|"):
        return Block("table", rows=tuple(_split(line.strip(" |")) for line in chunk.splitlines()))
    text = _curly(" ".join(chunk.split()))
    if text.startswith("# "):
        return Block("heading", parts=_split(text[2:]))
    word, _, rest = text.partition(" ")
    if word in _DIRECTIVES:
        return Block(_DIRECTIVES[word], text=rest, parts=_split(rest))
    match = _LABEL.match(text)
    if match is None:
        return Block("paragraph", text=text)
    label = match.group(1)
    inner = nested and label.startswith("(") and label[1].islower()
    return Block("clause", text=match.group(2), label=label, level=2 if inner else 1)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|")) if text else ()


def _curly(text: str) -> str:
    text = re.sub(r'(^|[\s(\[])"', "\\1\N{LEFT DOUBLE QUOTATION MARK}", text)
    return text.replace('"', "\N{RIGHT DOUBLE QUOTATION MARK}").replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
