"""Makes an image-only PDF: each page becomes a slightly skewed grey picture, as from an office scanner.

Takes any PDF.
"""

# reportlab ships no type information.
# mypy: disable-error-code="import-untyped"

import io

import pypdfium2 as pdfium
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

DPI = 150
JPEG_QUALITY = 38
# Skew of successive sheets on the scanner glass, in degrees.
_SKEW = (0.5, -0.35, 0.2)


def scan_pdf(pdf: bytes, title: str) -> bytes:
    """Returns the pages of `pdf` as greyscale JPEG pictures at DPI, without text. The size in points is kept."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setSubject("Fictional sample document")
    with pdfium.PdfDocument(pdf) as document:
        for index, page in enumerate(document):
            width, height = page.get_size()
            canvas.setPageSize((width, height))
            canvas.drawImage(ImageReader(_picture(page, index)), 0, 0, width, height)
            canvas.showPage()
    canvas.save()
    return out.getvalue()


def _picture(page: pdfium.PdfPage, index: int) -> io.BytesIO:
    image = page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
    image = image.rotate(_SKEW[index % len(_SKEW)], resample=Image.Resampling.BICUBIC, fillcolor=255)
    # In a scan, paper is not pure white and ink not pure black.
    image = image.point([40 + value * 205 // 255 for value in range(256)])
    jpeg = io.BytesIO()
    image.save(jpeg, "JPEG", quality=JPEG_QUALITY, dpi=(DPI, DPI))
    jpeg.seek(0)
    return jpeg
