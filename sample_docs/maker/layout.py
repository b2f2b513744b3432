"""Lays out a parsed source as a PDF: front matter, running header and footer, clauses, tables, signatures.

The same source gives the same bytes: reportlab's invariant mode fixes dates and identifiers. The sources' syntax is
parsed in markup.py; the house styles are in styles.py.
"""

# reportlab ships no type information.
# mypy: disable-error-code="import-untyped"

import html
import io
import re
from collections.abc import Callable

from reportlab.lib import colors
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    HRFlowable,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.tableofcontents import TableOfContents

from maker.markup import Block, Source
from maker.styles import HOUSES, House, paragraph_styles


def render_pdf(source: Source) -> bytes:
    """Returns the source as PDF bytes. Lays it out twice, because the footer contains the number of pages."""
    pages = _build(source, 0)[1]
    return _build(source, pages)[0]


def _build(source: Source, pages: int) -> tuple[bytes, int]:
    out = io.BytesIO()
    document = _Document(out, source, pages)
    document.multiBuild(_Story(source, HOUSES[source.style]).flowables())
    return out.getvalue(), document.page


class _Document(BaseDocTemplate):  # type: ignore[misc, unused-ignore]
    """Draws header and footer and collects headings for the outline and the table of contents."""

    def __init__(self, out: io.BytesIO, source: Source, pages: int) -> None:
        self.source, self.house, self.pages = source, HOUSES[source.style], pages
        width, height = self.house.page
        margin = self.house.margin
        super().__init__(
            out, pagesize=self.house.page, invariant=1, title=source.title, author=source.parties[0],
            subject="Fictional sample document", creator="sample_docs/make_samples.py",
        )  # fmt: skip
        frame = Frame(margin, margin, width - 2 * margin, height - 2 * margin, 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate(frames=[frame], onPage=self.draw_running_lines))

    def draw_running_lines(self, canvas: Canvas, _: BaseDocTemplate) -> None:
        """Draws header and footer; a title page has neither."""
        if canvas.getPageNumber() == 1 and "page" in self.source.front:
            return
        (width, height), margin = self.house.page, self.house.margin
        canvas.saveState()
        canvas.setFont(self.house.font, 8.5)
        _spread(canvas, self.source.header, margin, width - margin, height - margin + 20)
        canvas.setLineWidth(0.5)
        if self.house.header_rule:
            canvas.line(margin, height - margin + 14, width - margin, height - margin + 14)
        footer = self.house.footer.format(footer=self.source.footer, page=canvas.getPageNumber(), pages=self.pages)
        _spread(canvas, tuple(part.strip() for part in footer.split("|")), margin, width - margin, margin - 28)
        canvas.restoreState()

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 (reportlab names it)
        """Called by reportlab after each flowable; adds headings to the bookmarks and the table of contents."""
        text = getattr(flowable, "outline_text", None)
        if text is None:
            return
        key = f"h{self.seq.nextf('heading')}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(text, key, 0)
        self.notify("TOCEntry", (0, html.escape(text), self.page, key))


def _spread(canvas: Canvas, parts: tuple[str, ...], left: float, right: float, y: float) -> None:
    """Centres a single part; sets two parts at the left and right margins."""
    if len(parts) == 1:
        canvas.drawCentredString((left + right) / 2, y, parts[0])
        return
    canvas.drawString(left, y, parts[0])
    canvas.drawRightString(right, y, parts[-1])


class _Story:
    """Turns blocks into flowables in one house style."""

    def __init__(self, source: Source, house: House) -> None:
        self.source, self.house, self.styles = source, house, paragraph_styles(house)
        self.width = house.page[0] - 2 * house.margin
        self.schedules = 0

    def flowables(self) -> list[Flowable]:
        makers: dict[str, Callable[[Block], list[Flowable]]] = {
            "heading": self.heading,
            "schedule": self.schedule,
            "center": lambda block: [self.paragraph(block.text, "center")],
            "sign": self.signatures,
            "table": self.table,
            "clause": self.clause,
            "paragraph": lambda block: [self.paragraph(block.text, "body")],
        }
        story = self.title_page() if "page" in self.source.front else self.title_block()
        for block in self.source.blocks:
            story += makers[block.kind](block)
        return story

    def paragraph(self, text: str, style: str) -> Paragraph:
        return Paragraph(inline(text), self.styles[style])

    def title_page(self) -> list[Flowable]:
        story: list[Flowable] = [
            Spacer(1, 120),
            self.paragraph(self.source.title.upper(), "title"),
            Spacer(1, 40),
        ]
        story.append(self.paragraph("between", "plain-center"))
        for index, party in enumerate(self.source.parties):
            story += [self.paragraph("and", "plain-center")] if index else []
            story += [Spacer(1, 16), self.paragraph(party, "cover")]
            story += [self.paragraph(f"as {self.source.roles[index]}", "plain-center")] if self.source.roles else []
            story.append(Spacer(1, 16))
        story += [Spacer(1, 30), self.paragraph(f"Dated {self.source.dated}", "plain-center"), PageBreak()]
        return story + self.contents() if "contents" in self.source.front else story

    def contents(self) -> list[Flowable]:
        toc = TableOfContents(levelStyles=[self.styles["toc"]], dotsMinLevel=0)
        return [self.paragraph("CONTENTS", "center"), toc, PageBreak()]

    def title_block(self) -> list[Flowable]:
        names = [
            f"{name} ({self.source.roles[index]})" if self.source.roles else name
            for index, name in enumerate(self.source.parties)
        ]
        rule = HRFlowable(width="100%", thickness=0.8, color=self.house.heading_color, spaceAfter=12)
        return [
            self.paragraph(self.source.title.upper(), "title"),
            Spacer(1, 4),
            self.paragraph(" and ".join(names), "plain-center"),
            self.paragraph(self.source.dated, "plain-center"),
            rule,
        ]

    def heading(self, block: Block) -> list[Flowable]:
        head = Paragraph("<br/>".join(inline(part) for part in block.parts), self.styles["heading"])
        head.outline_text = " ".join(block.parts)
        return [CondPageBreak(60), head]

    def schedule(self, block: Block) -> list[Flowable]:
        head = Paragraph("<br/>".join(inline(part) for part in block.parts), self.styles["schedule"])
        head.outline_text = " ".join(block.parts)
        self.schedules += 1
        # The first annex starts a new page; later ones do so when less than a third of the page is left.
        start = PageBreak() if self.schedules == 1 else CondPageBreak(self.house.page[1] / 3)
        return [start, Spacer(1, 10), head, Spacer(1, 6)]

    def clause(self, block: Block) -> list[Flowable]:
        style = self.styles[f"clause{block.level}"]
        if block.level == 1 and not self.house.hang:
            return [Paragraph(f"{block.label} {inline(block.text)}", style)]
        return [Paragraph(inline(block.text), style, bulletText=block.label)]

    def table(self, block: Block) -> list[Flowable]:
        head, *rows = block.rows
        cells = [[self.paragraph(cell, "cell-head") for cell in head]]
        cells += [[self.paragraph(cell, "cell") for cell in row] for row in rows]
        # Each column fits its longest cell, within limits that keep short columns readable.
        wants = [min(max(len(row[column]) for row in block.rows), 34) + 4 for column in range(len(head))]
        table = Table(cells, [self.width * want / sum(wants) for want in wants], repeatRows=1)
        table.setStyle(
            TableStyle(
                [
                    ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
                    ("BACKGROUND", (0, 0), (-1, 0), self.house.table_head),
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("TOPPADDING", (0, 0), (-1, -1), 3),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
                ]
            )
        )
        return [table, Spacer(1, 10)]

    def signatures(self, block: Block) -> list[Flowable]:
        line = "_" * 30
        columns = [
            [self.paragraph(party, "cell-head"), Spacer(1, 22), self.paragraph(f"By: {line}", "cell")]
            + [self.paragraph(text, "cell") for text in ("Authorized Signatory", f"Date: {'_' * 20}")]
            for party in block.parts
        ]
        table = Table([columns], [self.width / len(columns)] * len(columns))
        table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
        return [KeepTogether([Spacer(1, 14), table])]


def inline(text: str) -> str:
    """Converts inline markup to reportlab's: **bold**, __underlined__; defined terms in quotes are set bold."""
    text = html.escape(text, quote=False)
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    text = re.sub(r"__(?=\S)([^_]+)__", r"<u>\1</u>", text)
    return re.sub(r"\u201c([A-Z][\w \-]{1,40})\u201d", "\u201c<b>\\1</b>\u201d", text)
