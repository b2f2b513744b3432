"""PDFs for the tests of page structure: columns, tables, footnotes."""

import io
from collections.abc import Callable, Sequence

from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table, TableStyle

from ingest.discovery.file_types import PDF
from ingest.parsers.base.interface import LoadedFile
from ingest.parsers.registry import load
from ingest.structure.blocks import blocks_of
from ragnano.documents.word_boxes import unpack_words
from ragnano.types import Block, Page

SIZE = 10
LEFT, TOP, WIDTH = 54, 740, 504
Cells = Sequence[Sequence[str]]


def printed(*draw: Callable[[Canvas], None], outline: Sequence[tuple[str, int, int]] = ()) -> bytes:
    """Returns a Letter page for each of `draw`. `outline`: (title, level from 0, page from 1) of each bookmark."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(612, 792), invariant=1)
    for number, each in enumerate(draw, 1):
        canvas.setFont("Helvetica", SIZE)
        for place, (_, _, page) in enumerate(outline):
            if page == number:
                canvas.bookmarkPage(f"entry {place}")
        each(canvas)
        canvas.showPage()
    for place, (title, level, _) in enumerate(outline):
        canvas.addOutlineEntry(title, f"entry {place}", level)
    canvas.save()
    return out.getvalue()


def wrapped(text: str, width: float) -> list[str]:
    """Returns lines of at most `width` points, without hyphens at line ends."""
    lines: list[str] = []
    for word in text.split():
        if lines and stringWidth(f"{lines[-1]} {word}", "Helvetica", SIZE) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def prose(count: int, name: str) -> str:
    """Returns `count` sentences, each identified by `name` and its number."""
    return " ".join(f"Sentence {name}{n} tells what the parties agreed about the matter at hand." for n in range(count))


def table(
    canvas: Canvas, cells: Cells, widths: Sequence[float], top: float, *, rules: bool, left: float = LEFT
) -> None:
    """Returns a table whose cells wrap, with a grid or without any lines."""
    body = ParagraphStyle("cell", fontName="Helvetica", fontSize=9, leading=11)
    grid = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)] if rules else []
    made = Table([[Paragraph(cell, body) for cell in row] for row in cells], colWidths=widths)
    made.setStyle(TableStyle([*grid, ("VALIGN", (0, 0), (-1, -1), "MIDDLE" if rules else "TOP")]))
    _, height = made.wrapOn(canvas, WIDTH, 700)
    made.drawOn(canvas, left, top - height)


def loaded(data: bytes) -> LoadedFile:
    return load(data, PDF)


def blocks(data: bytes) -> list[Block]:
    file = loaded(data)
    return blocks_of(file.pages, file.outline)


def marked(page: Page) -> list[tuple[str, str]]:
    """Returns (name, text) of each of the page's marks, white space folded."""
    return [(mark.name, " ".join(page.text[mark.start : mark.end].split())) for mark in page.marks]


def word_places(page: Page) -> dict[str, tuple[float, float]]:
    """Returns left and top of each word that occurs once on the page."""
    return {page.text[word.start : word.end]: (word.box.x0, word.box.y0) for word in unpack_words(page.words)}
