"""Handmade files of other formats for the parser tests: formats that no available library writes.

OLE2 compound files (for old Excel workbooks, Outlook messages and locked documents), OpenDocument packages, and Word
documents given as the XML of their body.
"""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Union

from reportlab.pdfgen.canvas import Canvas

PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)
"""The start of a PNG picture; no program opens it."""

Tree = Mapping[str, Union[bytes, "Tree"]]

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def pdf(*pages: str) -> bytes:
    """Returns a PDF with a line of text per page."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for text in pages:
        canvas.drawString(50, 500, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def compound(tree: Tree) -> bytes:
    """Returns an OLE2 compound file of streams (bytes) and storages (trees)."""
    entries: list[list[object]] = [["Root Entry", 5, _FREE, b""]]

    def add(children: Tree) -> int:
        """Adds the entries of one storage, chained to the right; returns the first one's number."""
        numbers = []
        for name, content in sorted(children.items(), key=lambda item: (len(item[0]), item[0].upper())):
            numbers.append(len(entries))
            entries.append([name, 2 if isinstance(content, bytes) else 1, _FREE, content])
        for number in numbers:
            content = entries[number][3]
            if not isinstance(content, bytes):
                entries[number][2] = add(content)  # type: ignore[arg-type]
                entries[number][3] = b""
        chains.extend(pairwise(numbers))
        return numbers[0] if numbers else _FREE

    chains: list[tuple[int, int]] = []
    entries[0][2] = add(tree)
    right = dict(chains)
    long, short = _Sectors(_SECTOR), _Sectors(64)
    places = {}
    for number, (_, kind, _, content) in enumerate(entries):
        if kind == 2:
            assert isinstance(content, bytes)
            places[number] = ((short if len(content) < 4096 else long).add(content), len(content))
    places[0] = (long.add(short.body), len(short.body))
    directory = b""
    for number, (name, kind, first, _) in enumerate(entries):
        label = str(name).encode("utf-16-le")
        start, size = places.get(number, (_END, 0))
        directory += label.ljust(64, b"\0") + struct.pack(
            "<HBBIII16xI8x8xIQ", len(label) + 2, kind, 1, _FREE, right.get(number, _FREE), first, 0, start, size
        )
    first_entry = long.add(directory)
    first_short = long.add(struct.pack(f"<{len(short.table)}I", *short.table), fill=b"\xff")
    tables = 1
    while tables * _SECTOR // 4 < len(long.table) + tables:
        tables += 1
    at = list(range(len(long.table), len(long.table) + tables))
    table = [*long.table, *([_FAT] * tables)]
    packed = struct.pack(f"<{len(table)}I", *table).ljust(tables * _SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + struct.pack(
        "<16xHHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, first_entry, 0, 4096, first_short, 1, _END, 0
    )
    header += struct.pack("<109I", *(at + [_FREE] * (109 - len(at))))
    return header + long.body + packed


class _Sectors:
    """Streams cut into sectors of one size, and the table that chains them."""

    def __init__(self, size: int) -> None:
        self._size, self.body, self.table = size, b"", list[int]()

    def add(self, content: bytes, fill: bytes = b"\0") -> int:
        """Appends a stream to the others; returns the number of its first sector."""
        start, count = len(self.table), max(-(-len(content) // self._size), 1)
        self.table += [*range(start + 1, start + count), _END]
        self.body += content.ljust(count * self._size, fill)
        return start


def old_workbook(sheets: Mapping[str, Sequence[Sequence[str | float | tuple[float, int]]]]) -> bytes:
    """Returns an XLS workbook (BIFF8); a cell (value, code) is displayed in the built-in number format of that code."""
    codes = sorted({cell[1] for rows in sheets.values() for row in rows for cell in row if isinstance(cell, tuple)})
    styles = {code: 16 + at for at, code in enumerate(codes)}

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def text(value: str, count: str = "<H") -> bytes:
        return struct.pack(count, len(value)) + b"\x01" + value.encode("utf-16-le")

    def formatted(code: int) -> bytes:
        return record(
            0x00E0, struct.pack("<HHHBBBBIIH", 0, code, 0xFFF5 if code == 0 else 1, 0x20, 0, 0, 0, 0, 0, 0x20C0)
        )

    def begin(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))

    font = record(0x0031, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + text("Arial", "<B"))
    head = begin(5) + record(0x0042, struct.pack("<H", 1200)) + font * 4
    head += b"".join(formatted(0) for _ in range(16)) + b"".join(map(formatted, codes))
    bodies = []
    for rows in sheets.values():
        cells = b""
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                value, code = cell if isinstance(cell, tuple) else (cell, 0)
                place = struct.pack("<HHH", at, column, styles.get(code, 15))
                is_text = isinstance(value, str)
                cells += (
                    record(0x0204, place + text(value)) if is_text else record(0x0203, place + struct.pack("<d", value))
                )
        bodies.append(begin(16) + cells + record(0x000A, b""))
    size = len(head) + sum(4 + 6 + 2 + 2 * len(name) for name in sheets) + 4
    listed = b""
    for name, body in zip(sheets, bodies, strict=True):
        listed += record(0x0085, struct.pack("<IBB", size, 0, 0) + text(name, "<B"))
        size += len(body)
    return compound({"Workbook": head + listed + record(0x000A, b"") + b"".join(bodies)})


def outlook_message(
    properties: Mapping[int, str | bytes],
    recipients: Sequence[tuple[str, str]] = (),
    attachments: Sequence[Mapping[int, str | bytes | Tree]] = (),
) -> bytes:
    """Returns an MSG file: MAPI properties by number, recipients (name, address), attachments as properties."""
    return compound(message_tree(properties, recipients, attachments, header=32))


def message_tree(
    properties: Mapping[int, str | bytes],
    recipients: Sequence[tuple[str, str]] = (),
    attachments: Sequence[Mapping[int, str | bytes | Tree]] = (),
    header: int = 24,
) -> Tree:
    """Returns a message as a storage; its properties' header has 32 bytes at the top of a file, 24 when embedded."""
    tree: dict[str, bytes | Tree] = dict(_properties(properties, header))
    for at, (name, address) in enumerate(recipients):
        tree[f"__recip_version1.0_#{at:08X}"] = _properties({0x3001: name, 0x39FE: address}, 8)
    for at, attachment in enumerate(attachments):
        tree[f"__attach_version1.0_#{at:08X}"] = _properties(attachment, 8)
    return tree


def _properties(properties: Mapping[int, str | bytes | Tree], header: int) -> dict[str, bytes | Tree]:
    listed, streams = bytes(header), {}
    for number, value in properties.items():
        if isinstance(value, str):
            kind, data = 0x001F, value.encode("utf-16-le")
        elif isinstance(value, bytes):
            kind, data = 0x0102, value
        else:
            kind, data = 0x000D, value  # type: ignore[assignment]
        size = len(data) + (2 if kind == 0x001F else 0)
        listed += struct.pack("<HHIII", kind, number, 6, size, 0)
        streams[f"__substg1.0_{number:04X}{kind:04X}"] = data
    return {"__properties_version1.0": listed, **streams}


def package(parts: Mapping[str, str | bytes]) -> bytes:
    """Returns a zip of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def word(body: str, parts: Mapping[str, str] | None = None, prolog: str = "") -> bytes:
    """Returns a DOCX with this XML (prefix "w") as its body; `parts`: other parts by kind ("footnotes", "styles")."""
    more = parts or {}
    space = f'xmlns:w="{_WORD}" xmlns:r="{_RELATION}"'
    relations = "".join(
        f'<Relationship Id="r{at}" Type="{_RELATION}/{kind.rstrip("0123456789")}" Target="{kind}.xml"/>'
        for at, kind in enumerate(more)
    )
    members: dict[str, str] = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/></Types>'
        ),
        "_rels/.rels": _relations(
            f'<Relationship Id="r" Type="{_RELATION}/officeDocument" Target="word/document.xml"/>'
        ),
        "word/document.xml": f"{prolog}<w:document {space}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": _relations(relations),
    }
    roots = {"header": "hdr", "footer": "ftr"}
    for kind, content in more.items():
        name = roots.get(kind.rstrip("0123456789"), kind)
        members[f"word/{kind}.xml"] = f"<w:{name} {space}>{content}</w:{name}>"
    return package(members)


def _relations(content: str) -> str:
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{content}</Relationships>'


def paragraph(text: str, properties: str = "", run: str = "") -> str:
    """Returns the XML of a Word paragraph."""
    return (
        f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
    )


_OPEN = "urn:oasis:names:tc:opendocument:xmlns:"
_SPACES = " ".join(
    f'xmlns:{prefix}="{_OPEN}{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"), ("draw", "drawing"),
        ("presentation", "presentation"), ("meta", "meta"), ("fo", "xsl-fo-compatible"),
    )
)  # fmt: skip


def open_document(kind: str, body: str, styles: str = "", title: str = "") -> bytes:
    """Returns an OpenDocument package of a kind ("text", "spreadsheet", "presentation") with this XML in its body."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    content = (
        f"{head}<office:document-content {_SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    dublin = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    facts = f"<office:meta><dc:title>{title}</dc:title></office:meta>"
    meta = f"<office:document-meta {_SPACES} {dublin}>{facts}</office:document-meta>"
    return package(
        {"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": content, "meta.xml": f"{head}{meta}"}
    )
