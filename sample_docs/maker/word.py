"""Lays out a parsed source as a Word document; the same source gives the same bytes."""

import datetime
import io
import re
import zipfile

from docx import Document
from docx.document import Document as WordDocument
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from maker.markup import Block, Source

# Any fixed moment will do; zip cannot store one before 1980.
_MOMENT = datetime.datetime(2025, 2, 17, 9, 0, 0)


def render_docx(source: Source) -> bytes:
    """Returns the source as DOCX bytes, with Word's own headings, tables, header and footer."""
    document = Document()
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(11)
    section = document.sections[0]
    section.header.paragraphs[0].text = "  |  ".join(source.header)
    section.footer.paragraphs[0].text = source.footer
    document.add_heading(source.title, level=0)
    document.add_paragraph(" and ".join(source.parties))
    document.add_paragraph(source.dated)
    for block in source.blocks:
        _add(document, block)
    core = document.core_properties
    core.title, core.author, core.last_modified_by = source.title, source.parties[0], source.parties[0]
    core.subject, core.comments = "Fictional sample document", ""
    core.created = core.modified = _MOMENT
    core.revision = 1
    out = io.BytesIO()
    document.save(out)
    return _with_fixed_times(out.getvalue())


def _add(document: WordDocument, block: Block) -> None:
    if block.kind == "heading":
        document.add_heading(" ".join(block.parts), level=1)
    elif block.kind == "table":
        _add_table(document, block)
    elif block.kind == "sign":
        for party in block.parts:
            document.add_paragraph(f"{party}\nBy: {'_' * 30}\nAuthorized Signatory\nDate: {'_' * 20}")
    else:
        _write(document.add_paragraph(), f"{block.label} {block.text}".strip())


def _add_table(document: WordDocument, block: Block) -> None:
    table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
    for number, row in enumerate(block.rows):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.paragraphs[0].add_run(text).bold = number == 0
    document.add_paragraph()


def _write(paragraph: Paragraph, text: str) -> None:
    for index, piece in enumerate(re.split(r"\*\*", text)):
        paragraph.add_run(piece).bold = index % 2 == 1


def _with_fixed_times(docx: bytes) -> bytes:
    """Returns the same package with one fixed time on every member; python-docx writes the current time."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, _MOMENT.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name))
    return out.getvalue()
