"""What people add to a PDF page is text: values of form fields, ticks and comments, each at its place."""

import io

import pypdf
import pytest
from pypdf.annotations import FreeText, Text
from pypdf.generic import NameObject, NumberObject
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest.discovery.file_types import PDF
from ingest.parsers.registry import ReadOptions, load
from ragnano.documents.locations import place_of
from ragnano.documents.word_boxes import boxes_for
from ragnano.types import Page
from tests.ingest.ocr.page_pictures import page_pdf, picture_of

LINE = "The Tenant pays the rent that is written below."


def form(**fields: str) -> Canvas:
    canvas = Canvas(io.BytesIO(), pagesize=(595, 842), invariant=1)
    canvas.drawString(72, 760, LINE)
    for row, (name, value) in enumerate(fields.items()):
        canvas.acroForm.textfield(name=name, value=value, x=200, y=700 - 40 * row, width=120, height=20)
    return canvas


def page_of(canvas: Canvas) -> Page:
    canvas.save()
    return load(canvas._filename.getvalue(), PDF).pages[0]  # type: ignore[attr-defined]


def test_values_of_form_fields_are_read_with_their_names_and_places() -> None:
    page = page_of(form(**{"Monthly rent": "950 EUR", "topmost[0].f1[0]": "Ravensholt"}))
    assert page.text.splitlines() == [LINE, "", "Monthly rent: 950 EUR", "", "Ravensholt"]
    start = page.text.index("950 EUR")
    assert place_of(page, start, start + 7) == "page 1, form field Monthly rent"
    [box] = boxes_for(page.words, start, start + 7)
    assert tuple(box) == pytest.approx((200, 842 - 720, 320, 842 - 700), abs=2)


def test_comments_are_read_and_hidden_ones_kept_apart() -> None:
    canvas = form()
    canvas.save()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(canvas._filename.getvalue()))  # type: ignore[attr-defined]
    writer.add_annotation(0, Text(rect=(72, 600, 92, 620), text="Ask for a lower rent"))
    writer.add_annotation(0, FreeText(rect=(72, 500, 272, 520), text="Agreed"))
    kept = writer.add_annotation(0, Text(rect=(72, 400, 92, 420), text="Ignore the rent"))
    kept[NameObject("/F")] = NumberObject(2)
    out = io.BytesIO()
    writer.write(out)
    page = load(out.getvalue(), PDF).pages[0]
    assert [line for line in page.text.splitlines() if line] == [LINE, "Ask for a lower rent", "Agreed"]
    assert [(item.kind, item.text) for item in page.hidden] == [("invisible", "Ignore the rent")]


def test_a_value_that_is_typed_unseen_is_left_out() -> None:
    canvas = form()
    canvas.acroForm.textfield(name="Code", value="1234", x=200, y=700, width=120, height=20, fieldFlags="password")
    page = page_of(canvas)
    assert "1234" not in page.text and page.hidden == ()


def test_a_form_without_values_is_the_page_alone() -> None:
    page = page_of(form(Rent=""))
    assert page.text.strip() == LINE
    assert page.marks == ()


def added(page: Page) -> list[str]:
    return [line for line in page.text.splitlines()[1:] if line]


def ticked(canvas: Canvas, y: float, *, checked: bool = True, name: str, tooltip: str = "", label: str = "") -> None:
    canvas.acroForm.checkbox(name=name, tooltip=tooltip, checked=checked, x=72, y=y, size=14)
    canvas.drawString(95, y + 2, label)


def test_ticked_boxes_are_told_by_what_stands_beside_them_and_others_are_not() -> None:
    canvas = form()
    ticked(canvas, 700, name="Check Box1", label="Option to renew")
    ticked(canvas, 670, name="Check Box2", label="Pets are allowed", checked=False)
    ticked(canvas, 640, name="Check Box3", tooltip="Insurance is paid by the Tenant", label="Insurance")
    ticked(canvas, 610, name="Furnished")
    page = page_of(canvas)
    assert added(page)[-3:] == [
        "Option to renew: ticked",
        "Insurance is paid by the Tenant: ticked",
        "Furnished: ticked",
    ]
    assert "Pets are allowed: " not in page.text
    start = page.text.index("Option to renew: ticked")
    assert place_of(page, start, start + 5) == "page 1, form field Option to renew"
    assert tuple(boxes_for(page.words, start, start + 5)[0]) == pytest.approx((72, 128, 86, 142), abs=2)


def test_a_label_ends_where_the_next_box_stands() -> None:
    canvas = form()
    for x, name, label in ((72, "a[0]", "Yes, in full"), (200, "a[1]", "No")):
        canvas.acroForm.checkbox(name=name, checked=x == 72, x=x, y=700, size=12)
        canvas.drawString(x + 18, 702, label)
    assert page_of(canvas).text.splitlines()[-1] == "Yes, in full: ticked"


def test_of_radio_buttons_the_chosen_one_is_told_with_the_name_of_its_group() -> None:
    canvas = form()
    for row, (value, label) in enumerate((("1", "each month"), ("2", "each year"))):
        canvas.acroForm.radio(name="Rent is due", value=value, selected=value == "2", x=72, y=700 - 30 * row, size=14)
        canvas.drawString(95, 702 - 30 * row, label)
    canvas.acroForm.radio(name="Group3", value="weekly", selected=True, x=300, y=600)
    canvas.acroForm.radio(name="Group3", value="daily", selected=False, x=300, y=560)
    assert added(page_of(canvas))[-2:] == ["Rent is due: each year (chosen)", "weekly: chosen"]


def test_a_filled_form_over_a_scan_is_read_with_its_values_once() -> None:
    picture = picture_of(page_pdf())
    canvas = Canvas(io.BytesIO(), pagesize=(330, 260), invariant=1)
    canvas.drawImage(ImageReader(picture), 0, 60, 330, 200)
    canvas.acroForm.textfield(name="Signed by", value="Ravensholt", x=200, y=20, width=100, height=20)
    canvas.save()
    data = canvas._filename.getvalue()  # type: ignore[attr-defined]
    [page] = load(data, PDF).pages
    assert page.read_by == "ocr" and "Either Party may terminate" in page.text
    assert page.text.count("Ravensholt") == 1 and page.text.endswith("Signed by: Ravensholt")
    [page] = load(data, PDF, ReadOptions(ocr="never")).pages
    assert page.text == "Signed by: Ravensholt"
    assert page.unreadable and "a picture" in page.unreadable
