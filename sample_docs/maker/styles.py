"""The house styles of five imaginary law firms, as data; independent of any single document."""

# reportlab ships no type information.
# mypy: disable-error-code="import-untyped"

from dataclasses import dataclass

from reportlab.lib import colors
from reportlab.lib.colors import Color
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle


@dataclass(frozen=True)
class House:
    """The look of one firm's documents. Lengths are in points (1/72 inch)."""

    font: str
    bold: str
    size: float
    page: tuple[float, float]
    margin: float
    body_align: int
    heading_align: int
    heading_color: Color
    table_head: Color
    # Left edge of a numbered clause's text; 0 runs the number into the text.
    hang: float
    header_rule: bool
    # {page}, {pages} and {footer} are filled in for each page.
    footer: str


_NAVY = colors.HexColor("#1b3a5c")
_TEAL = colors.HexColor("#1d5f63")
_PALE = colors.HexColor("#e6e6e6")

HOUSES: dict[str, House] = {
    "classic": House(
        "Times-Roman", "Times-Bold", 11, LETTER, 70, TA_JUSTIFY, TA_LEFT, colors.black, _PALE,
        36, False, "{footer}  |  Page {page} of {pages}",
    ),
    "plain": House(
        "Times-Roman", "Times-Bold", 11, A4, 72, TA_LEFT, TA_LEFT, colors.black, _PALE,
        30, True, "{footer}  |  {page}/{pages}",
    ),
    "lease": House(
        "Times-Roman", "Times-Bold", 11, LETTER, 72, TA_JUSTIFY, TA_CENTER, colors.black, _PALE,
        0, False, "{footer}  |  - {page} -",
    ),
    "modern": House(
        "Helvetica", "Helvetica-Bold", 10, LETTER, 74, TA_LEFT, TA_LEFT, _NAVY, colors.HexColor("#dbe5ef"),
        30, True, "{footer}  |  Page {page} of {pages}",
    ),
    "modern-blue": House(
        "Helvetica", "Helvetica-Bold", 10, A4, 72, TA_LEFT, TA_LEFT, _TEAL, colors.HexColor("#d9ebea"),
        30, True, "{footer}  |  {page} ({pages})",
    ),
    "formal": House(
        "Helvetica", "Helvetica-Bold", 10.5, LETTER, 74, TA_JUSTIFY, TA_CENTER, colors.black, _PALE,
        32, True, "{footer}  |  Page {page}",
    ),
}  # fmt: skip


def paragraph_styles(house: House) -> dict[str, ParagraphStyle]:
    """Returns the reportlab styles of a house, by the names that the layout uses."""
    size, lead = house.size, house.size * 1.32
    base = ParagraphStyle(
        "body", fontName=house.font, fontSize=size, bulletFontName=house.font, bulletFontSize=size,
        leading=lead, alignment=house.body_align, spaceAfter=size * 0.62,
    )  # fmt: skip
    heading = ParagraphStyle(
        "heading", base, fontName=house.bold, alignment=house.heading_align, textColor=house.heading_color,
        spaceBefore=size * 0.7, spaceAfter=size * 0.5, keepWithNext=1,
    )  # fmt: skip
    center = ParagraphStyle("center", base, alignment=TA_CENTER, fontName=house.bold, keepWithNext=1)
    cell = ParagraphStyle("cell", base, fontSize=size - 1, leading=lead - 1.5, alignment=TA_LEFT, spaceAfter=0)
    hang = house.hang
    return {
        "body": base,
        "heading": heading,
        "center": center,
        "schedule": ParagraphStyle("schedule", center, fontSize=size + 2, leading=lead + 3),
        "title": ParagraphStyle("title", center, fontSize=size + 6, leading=size + 12, textColor=house.heading_color),
        "cover": ParagraphStyle("cover", center, fontSize=size + 2, leading=lead + 8),
        "plain-center": ParagraphStyle("plain-center", center, fontName=house.font),
        "clause1": ParagraphStyle("clause1", base, leftIndent=hang, bulletIndent=0),
        "clause2": ParagraphStyle("clause2", base, leftIndent=hang + 26, bulletIndent=hang or 8),
        "cell": cell,
        "cell-head": ParagraphStyle("cell-head", cell, fontName=house.bold),
        "toc": ParagraphStyle("toc", base, alignment=TA_LEFT, spaceAfter=3),
    }
