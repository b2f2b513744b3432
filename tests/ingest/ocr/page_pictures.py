"""Pictures of text, and PDFs made of them, for the OCR tests."""

import io
from collections.abc import Sequence

import numpy as np
import pypdfium2
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ragnano.documents.word_boxes import unpack_words
from ragnano.types import Page

SIZE = (330, 200)  # points
INK = 190  # of 255: thin strokes of a scan are grey
CLAUSES = (
    "8. Termination",
    "8.1 Either Party may terminate this Agreement upon ninety",
    "(90) days prior written notice to the other Party.",
    "8.2 The Supplier shall return all materials, records and",
    "equipment within thirty (30) days after termination.",
    "8.3 Sections 4, 6 and 9 survive for two years, and the fee",
    "of $12,500 remains payable in full.",
)


def page_pdf(lines: Sequence[str] = CLAUSES, *, size: tuple[float, float] = SIZE, points: float = 10) -> bytes:
    """Returns one page of text, with a line every 1.6 times the font size."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=1)
    canvas.setFont("Helvetica", points)
    for row, line in enumerate(lines):
        canvas.drawString(20, size[1] - 30 - 1.6 * points * row, line)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def picture_of(data: bytes, dpi: float = 200.0) -> Image.Image:
    """Returns the first page, in grey."""
    return pypdfium2.PdfDocument(data)[0].render(scale=dpi / 72, grayscale=True).to_pil().convert("L")


def scan(*pictures: Image.Image, dpi: float = 200.0, stamp: str = "") -> bytes:
    """Returns a PDF whose pages are the pictures, with a line of real text above when a stamp is given."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for picture in pictures:
        width, height = picture.width * 72 / dpi, picture.height * 72 / dpi
        canvas.setPageSize((width, height))
        canvas.drawImage(ImageReader(picture), 0, 0, width, height)
        if stamp:
            canvas.setFont("Helvetica", 7)
            canvas.drawString(20, height - 10, stamp)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def packed(picture: Image.Image, form: str, **how: object) -> bytes:
    """Returns the picture as a file."""
    out = io.BytesIO()
    picture.save(out, form, **how)  # type: ignore[arg-type]
    return out.getvalue()


def askew(picture: Image.Image, degrees: float) -> Image.Image:
    """Returns the picture on a larger sheet, turned anticlockwise."""
    return picture.rotate(degrees, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def boxes_without_ink(page: Page, picture: Image.Image) -> list[str]:
    """Returns the words whose box on the picture contains no ink, or is far larger than a word."""
    dark = np.asarray(picture.convert("L")) < INK
    scale = picture.width / page.width
    wrong = []
    for word in unpack_words(page.words):
        x0, y0, x1, y1 = (round(edge * scale) for edge in word.box)
        if not dark[y0:y1, x0:x1].any() or (x1 - x0) * (y1 - y0) > 0.03 * dark.size:
            wrong.append(page.text[word.start : word.end])
    return wrong


def uncovered_ink(page: Page, picture: Image.Image) -> float:
    """Returns the share of the picture's ink that lies in no word's box."""
    dark = np.asarray(picture.convert("L")) < INK
    covered = np.zeros_like(dark)
    scale = picture.width / page.width
    for word in unpack_words(page.words):
        x0, y0, x1, y1 = (round(edge * scale) for edge in word.box)
        covered[y0:y1, x0:x1] = True
    return float((dark & ~covered).sum() / dark.sum())
