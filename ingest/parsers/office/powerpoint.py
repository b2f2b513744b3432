"""Parses PowerPoint presentations (PPTX and its variants): a slide is "Slide 3", its notes are "Slide 3, notes".

This project has its own parser of the XML: the available library rejects shows and templates and does not return the
text of charts. Shapes are read in file order, title first, as screen readers do.
"""

from collections.abc import Iterator
from typing import Any

from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ingest.parsers.base.page_builder import Cell, Composer
from ingest.parsers.office.embedded import with_embedded
from ingest.parsers.office.ooxml import Office, attribute, child, children, integer, local
from ragnano.errors import DamagedFile
from ragnano.text.words import fold

_TITLES = ("title", "ctrTitle")
_LEFT_OUT = ("sldNum", "dt", "hdr", "sldImg")  # placeholders without text of the slide itself
_DRAWING = "{*}"


def load_slides(data: bytes, options: ReadOptions) -> LoadedFile:
    """Return the pages of a presentation. Raises DamagedFile, LimitExceeded, PasswordNeeded."""
    office = Office(data)
    references = office.references(office.main)
    size = office.xml(office.main).find(f".//{_DRAWING}sldSz")
    right, bottom = (integer(size.get(name), 0) for name in ("cx", "cy")) if size is not None else (0, 0)
    out = Composer()
    footers: dict[str, None] = {}
    for number, slide in enumerate(_slides(office, references), 1):
        root = office.xml(slide)
        hidden = " (hidden)" if root.get("show") in ("0", "false") else ""
        out.break_page(f"Slide {number}{hidden}")
        _Slide(office, slide, out, (right, bottom), footers).write(root)
        for notes in office.referred(slide, "notesSlide"):
            out.break_page(f"Slide {number}{hidden}, notes")
            _Slide(office, notes, out, (0, 0), footers).write(office.xml(notes))
    # A chart is read on its slide; its workbook would repeat the same figures.
    charts = (name for name in office.names if "/charts/" in name and name.endswith(".xml"))
    figures = {item.target for chart in charts for item in office.references(chart).values()}
    pages = with_embedded(out.pages(), office, options, figures)
    if not any(page.text for page in pages):
        raise DamagedFile("the presentation holds no text; nothing to take in")
    return LoadedFile(pages, *office.title_and_author())


def _slides(office: Office, references: dict[str, Any]) -> Iterator[str]:
    """Yield the slides' part names in presentation order."""
    for item in office.xml(office.main).iter(f"{_DRAWING}sldId"):
        for key, name in item.items():
            if key.startswith("{") and name in references and references[name].target in office.names:
                yield references[name].target


class _Slide:
    """Writes one slide, or its notes, to the open page."""

    def __init__(
        self, office: Office, part: str, out: Composer, size: tuple[int, int], footers: dict[str, None]
    ) -> None:
        self._office, self._part, self._out = office, part, out
        self._size, self._footers = size, footers
        self._tables = 0

    def write(self, root: Any) -> None:
        shapes = list(_shapes(root.find(f".//{_DRAWING}spTree")))
        titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
        for shape in titles:
            self._out.heading(1, " ".join(_paragraphs(shape)))
        for shape in shapes:
            if shape not in titles and _placeholder(shape) not in _LEFT_OUT:
                self._shape(shape)

    def _shape(self, shape: Any) -> None:
        if _is_unseen(shape):
            self._out.hide("invisible", " ".join(_paragraphs(shape)))
        elif self._is_outside(shape):
            self._out.hide("off-page", " ".join(_paragraphs(shape)))
        elif _placeholder(shape) == "ftr":
            text = fold(" ".join(_paragraphs(shape)))
            if text not in self._footers:
                self._footers[text] = None
                self._out.paragraph(text, "footer")
        elif (table := shape.find(f".//{_DRAWING}tbl")) is not None:
            self._table(table)
        elif local(shape) == "graphicFrame":
            self._graphic(shape)
        else:
            for text in _paragraphs(shape):
                self._out.paragraph(text)

    def _is_outside(self, shape: Any) -> bool:
        """Return whether the shape lies entirely off the slide. Shapes without a position take the layout's."""
        transform = next(shape.iter(f"{_DRAWING}xfrm"), None)
        place, extent = child(transform, "off"), child(transform, "ext")
        if place is None or extent is None or not all(self._size):
            return False
        x, y, width, height = (
            integer(item.get(name), 0) for item, name in ((place, "x"), (place, "y"), (extent, "cx"), (extent, "cy"))
        )
        return x >= self._size[0] or y >= self._size[1] or x + width <= 0 or y + height <= 0

    def _table(self, table: Any) -> None:
        self._tables += 1
        for at, row in enumerate(children(table, "tr"), 1):
            cells = [" ".join(_paragraphs(cell)) for cell in children(row, "tc")]
            self._out.row([Cell(text, f"table {self._tables}, row {at}") for text in cells])
        self._out.end_table()

    def _graphic(self, frame: Any) -> None:
        """Write a chart as a table of its data, and a diagram (SmartArt) as the texts of its points."""
        data = frame.find(f".//{_DRAWING}graphicData")
        for item in () if data is None else children(data):
            names = {name for key, name in item.items() if key.startswith("{")}
            for identifier, reference in self._office.references(self._part).items():
                if identifier not in names or reference.target not in self._office.names:
                    continue
                if reference.kind == "chart":
                    self._chart(self._office.xml(reference.target))
                elif reference.kind == "diagramData":
                    for point in self._office.xml(reference.target).iter(f"{_DRAWING}pt"):
                        for text in _paragraphs(point):
                            self._out.paragraph(text)

    def _chart(self, chart: Any) -> None:
        title = chart.find(f".//{_DRAWING}chart/{_DRAWING}title")
        if title is not None:
            self._out.paragraph(" ".join(_paragraphs(title)))
        series = list(chart.iter(f"{_DRAWING}ser"))
        names = [" ".join(_points(child(item, "tx")).values()) for item in series]
        labels = next((found for item in series if (found := _points(child(item, "cat")))), {})
        values = [_points(child(item, "val")) for item in series]
        if not any(values):
            return
        self._out.row([Cell(""), *map(Cell, names)])
        for at in sorted({index for column in values for index in column}):
            self._out.row([Cell(labels.get(at, "")), *(Cell(column.get(at, "")) for column in values)])
        self._out.end_table()


def _shapes(tree: Any) -> Iterator[Any]:
    """Yield shapes in file order, with groups expanded; of alternatives, the first."""
    for item in () if tree is None else children(tree):
        name = local(item)
        if name in ("grpSp", "Choice"):
            yield from _shapes(item)
        elif name == "AlternateContent":
            first = child(item, "Choice")
            yield from _shapes(first)
        elif name in ("sp", "graphicFrame", "cxnSp"):
            yield item


def _placeholder(shape: Any) -> str:
    found = next(shape.iter(f"{_DRAWING}ph"), None)
    return (found.get("type") or "body") if found is not None else ""


def _is_unseen(shape: Any) -> bool:
    found = next(shape.iter(f"{_DRAWING}cNvPr"), None)
    return found is not None and found.get("hidden") in ("1", "true")


def _paragraphs(element: Any) -> Iterator[str]:
    """Yield the text of the non-empty paragraphs, with bullets where they are set."""
    for paragraph in element.iter(f"{_DRAWING}p"):
        text = "".join(_run_text(item) for item in paragraph.iter() if local(item) in ("t", "br", "tab"))
        if text.strip():
            bullet = child(paragraph, "pPr", "buChar")
            yield f"• {text.strip()}" if bullet is not None else text


def _run_text(item: Any) -> str:
    return {"br": "\n", "tab": "\t"}.get(local(item)) or item.text or ""


def _points(element: Any) -> dict[int, str]:
    """Return a chart's cached points by index."""
    if element is None:
        return {}
    points = ((attribute(item, "idx") or "0", child(item, "v")) for item in element.iter(f"{_DRAWING}pt"))
    return {integer(index, 0): found.text or "" for index, found in points if found is not None}
