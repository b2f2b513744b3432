"""Presentations: slide by slide with notes, titles first, tables and charts as rows; off-slide text is hidden text."""

import io
import zipfile

import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from ingest.discovery.file_types import ODP, PPTX, media_type_in
from ingest.parsers.registry import load
from ingest.structure.blocks import blocks_of
from ragnano.errors import DamagedFile
from tests.ingest.parsers.fakes import open_document, package


def saved(show: pptx.Presentation) -> bytes:
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


def box(slide: object, text: str, left: float = 1.0) -> object:
    shape = slide.shapes.add_textbox(Inches(left), Inches(1), Inches(2), Inches(1))  # type: ignore[attr-defined]
    shape.text_frame.text = text
    return shape


def show_of(*titles: str) -> pptx.Presentation:
    show = pptx.Presentation()
    for title in titles:
        show.slides.add_slide(show.slide_layouts[5]).shapes.title.text = title
    return show


def test_a_slide_is_a_page_its_title_a_heading_and_its_notes_a_page_of_their_own() -> None:
    show = show_of("Fees", "Term")
    box(show.slides[0], "The fee is $5.\nIt is due monthly.")
    show.slides[0].notes_slide.notes_text_frame.text = "Say that tax comes on top."
    box(show.slides[1], "Two years.")
    pages = load(saved(show), PPTX).pages
    assert [(page.place, page.text) for page in pages] == [
        ("Slide 1", "# Fees\n\nThe fee is $5.\n\nIt is due monthly."),
        ("Slide 1, notes", "Say that tax comes on top."),
        ("Slide 2", "# Term\n\nTwo years."),
    ]
    sections = [block.section for block in blocks_of(pages)]
    assert sections == [("Fees",), ("Fees",), ("Fees",), ("Fees",), ("Term",), ("Term",)]


def test_tables_charts_and_grouped_shapes_are_read() -> None:
    show = show_of("Sales")
    shapes = show.slides[0].shapes
    table = shapes.add_table(2, 2, 0, 0, Inches(2), Inches(1)).table
    for (at, column), text in {(0, 0): "Item", (0, 1): "Fee", (1, 0): "Pump", (1, 1): "$5"}.items():
        table.cell(at, column).text = text
    data = CategoryChartData()
    data.categories = ["Q1", "Q2"]
    data.add_series("North", (1.5, 2))
    shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(2), Inches(2), data)
    group = shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "Grouped."
    [page] = load(saved(show), PPTX).pages
    assert page.text == "# Sales\n\n| Item | Fee |\n| Pump | $5 |\n\n| | North |\n| Q1 | 1.5 |\n| Q2 | 2 |\n\nGrouped."
    assert page.marks[1].name == "table 1, row 2"


def test_what_is_hidden_or_beside_the_slide_is_no_text_of_it() -> None:
    show = show_of("Offer", "Draft")
    box(show.slides[0], "Beside the slide.", left=50)
    unseen = box(show.slides[0], "Switched off.")
    unseen._element.nvSpPr.cNvPr.set("hidden", "1")  # type: ignore[attr-defined]
    show.slides[1]._element.set("show", "0")
    first, second = load(saved(show), PPTX).pages
    assert first.text == "# Offer"
    assert {(hidden.kind, hidden.text) for hidden in first.hidden} == {
        ("off-page", "Beside the slide."),
        ("invisible", "Switched off."),
    }
    assert second.place == "Slide 2 (hidden)"


def test_footers_are_read_once_and_slide_numbers_never() -> None:
    show = show_of("One", "Two")
    for slide in show.slides:
        for kind, text in (("ftr", "Acme confidential"), ("sldNum", "7")):
            shape = box(slide, text)
            placeholder = shape._element.nvSpPr.nvPr.makeelement(  # type: ignore[attr-defined]
                "{http://schemas.openxmlformats.org/presentationml/2006/main}ph", {"type": kind}
            )
            shape._element.nvSpPr.nvPr.append(placeholder)  # type: ignore[attr-defined]
    assert [page.text for page in load(saved(show), PPTX).pages] == ["# One\n\nAcme confidential", "# Two"]


def test_slides_come_in_the_order_they_are_shown_and_shows_are_presentations_too() -> None:
    show = show_of("One", "Two")
    order = show.slides._sldIdLst
    order.insert(0, order[1])
    parts = zipfile.ZipFile(io.BytesIO(saved(show)))
    members = {name: parts.read(name) for name in parts.namelist()}
    types = "[Content_Types].xml"
    members[types] = members[types].replace(b"presentation.main+xml", b"slideshow.main+xml")
    data = package(members)
    assert media_type_in("show.bin", data) == PPTX
    assert [page.text for page in load(data, PPTX).pages] == ["# Two", "# One"]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", package({"a.txt": "x"}), saved(pptx.Presentation())])
def test_what_is_no_presentation_or_empty_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedFile):
        load(data, PPTX)


def test_an_open_document_presentation_is_read_as_powerpoints() -> None:
    body = (
        '<draw:page draw:name="p"><draw:frame><draw:text-box><text:p>Two years.</text:p></draw:text-box></draw:frame>'
        '<draw:frame presentation:class="title"><draw:text-box><text:p>Term</text:p></draw:text-box></draw:frame>'
        "<presentation:notes><draw:frame><draw:text-box><text:p>Renewal?</text:p></draw:text-box></draw:frame>"
        "</presentation:notes></draw:page>"
    )
    pages = load(open_document("presentation", body), ODP).pages
    assert [(page.place, page.text) for page in pages] == [
        ("Slide 1", "# Term\n\nTwo years."),
        ("Slide 1, notes", "Renewal?"),
    ]
