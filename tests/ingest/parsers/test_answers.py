"""A question about a file of each format gets the exact words and the right place: page, slide, cell, part."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from email.message import EmailMessage
from pathlib import Path, PurePath

import docx
import openpyxl
import pptx
import pytest
from pptx.util import Inches
from reportlab.pdfgen.canvas import Canvas

from ingest.pipeline import ingest
from ingest.workers.pool import ParserPool
from ragnano.assistant import Assistant
from ragnano.cli import docs
from ragnano.cli.search_output import echo_hits
from ragnano.documents.locations import where
from ragnano.serialization import hits
from ragnano.settings import Settings
from ragnano.types import IngestReport
from tests.conftest import FakeEmbedder, FakeReader
from tests.ingest.fakes import word_parser
from tests.ingest.parsers.fakes import message_tree, old_workbook, open_document, outlook_message, package

pytestmark = pytest.mark.slow

FEES = (("Stage", "Deliverable", "Fee"), ("1", "Requirements study", "$32,000"), ("2", "Final board report", "$41,000"))
OTHER = "The parties shall keep all information confidential for three years after the end of this agreement."
DEPOSIT = "The tenant shall pay a security deposit of $61,750 to the landlord."


def written(save: Callable[[io.BytesIO], object]) -> bytes:
    out = io.BytesIO()
    save(out)
    return out.getvalue()


def word_file() -> bytes:
    document = docx.Document()
    document.add_heading("Consultancy Agreement", level=0)
    document.add_heading("1. Confidentiality", level=1)
    document.add_paragraph(f"1.1 {OTHER}")
    document.add_page_break()
    document.add_heading("2. Fees", level=1)
    table = document.add_table(rows=0, cols=3)
    for row in FEES:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    return written(document.save)


def slides_file() -> bytes:
    show = pptx.Presentation()
    for title, body, notes in (
        ("Warranty", "The seller gives a warranty of eighteen months after delivery.", ""),
        ("Rent", OTHER, DEPOSIT),
    ):
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = title
        slide.shapes.add_textbox(0, Inches(2), Inches(5), Inches(1)).text_frame.text = body
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
    return written(show.save)


def sheets_file() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active["A1"] = OTHER
    costs = book.create_sheet("Costs")
    for at, row in enumerate(FEES, 3):
        for column, text in enumerate(row, 2):
            costs.cell(at, column, text)
    costs["D5"] = 41000
    costs["D5"].number_format = "$#,##0"
    return written(book.save)


def lease_pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(612, 792), invariant=1)
    for line in (OTHER, DEPOSIT):
        canvas.drawString(40, 700, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def mail_file() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = "lettings@brightwater.example", "office@copperfinch.example"
    mail["Subject"], mail["Date"] = "Lease of the third floor", "Mon, 03 Mar 2025 10:00:00 +0000"
    mail.set_content(f"Dear tenant,\n\n{OTHER}\n\nThe keys are handed over on April 8, 2025 at noon.\n")
    mail.add_attachment(lease_pdf(), maintype="application", subtype="pdf", filename="lease.pdf")
    return mail.as_bytes()


def outlook_file() -> bytes:
    inner = message_tree({0x0037: "Rent", 0x1000: DEPOSIT})
    body = "The keys are handed over on April 8, 2025 at noon."
    return outlook_message({0x0037: "Lease", 0x1000: body}, [], [{0x3001: "Rent", 0x3701: inner}])


def rows(row: str, cell: str) -> str:
    """Returns FEES as XML, given the markup around a row and around a cell; "…" is the content."""
    return "".join(row.replace("…", "".join(cell.replace("…", text) for text in line)) for line in FEES)


WEB = (
    f"<html><head><title>Consultancy terms</title></head><body><h1>Consultancy terms</h1><h2>Secrecy</h2><p>{OTHER}</p>"
    f"<h2>Fees</h2><table>{rows('<tr>…</tr>', '<td>…</td>')}</table></body></html>"
)
RICH = rf"{{\rtf1\ansi\pard\outlinelevel0 Lease\par\pard {OTHER}\page {DEPOSIT}\par}}"
TEXT = (
    f'<text:h text:outline-level="1">Lease</text:h><text:p>{OTHER}</text:p><text:soft-page-break/>'
    f"<text:p>{DEPOSIT}</text:p>"
)
BOX = "<draw:page><draw:frame><draw:text-box><text:p>…</text:p></draw:text-box></draw:frame></draw:page>"
SHOW = BOX.replace("…", OTHER) + BOX.replace("…", DEPOSIT)
CELLS = rows("<table:table-row>…</table:table-row>", "<table:table-cell><text:p>…</text:p></table:table-cell>")
FILES = {
    "terms.docx": word_file,
    "show.pptx": slides_file,
    "costs.xlsx": sheets_file,
    "old.xls": lambda: old_workbook({"Notes": [[OTHER]], "Costs": FEES}),
    "costs.csv": lambda: "\n".join(";".join(row) for row in FEES).encode(),
    "open.odt": lambda: open_document("text", TEXT),
    "open.ods": lambda: open_document("spreadsheet", f'<table:table table:name="Costs">{CELLS}</table:table>'),
    "open.odp": lambda: open_document("presentation", SHOW),
    "page.html": WEB.encode,
    "rich.rtf": RICH.encode,
    "mail.eml": mail_file,
    "outlook.msg": outlook_file,
    "files.zip": lambda: package(
        {"contracts/lease.pdf": lease_pdf(), "costs.xlsx": sheets_file(), "../evil.txt": OTHER, "mail.eml": mail_file()}
    ),
}
FEE = "What is the fee for the final board report?"
RENT = "How much security deposit shall the tenant pay to the landlord?"
ASKED = [
    ("terms.docx", FEE, "page 2, table 1, row 3", "$41,000"),
    ("show.pptx", "How many months of warranty does the seller give after delivery?", "Slide 1", "eighteen months"),
    ("show.pptx", RENT, "Slide 2, notes", "$61,750"),
    ("costs.xlsx", FEE, "Sheet Costs, B5:D5", "$41,000"),
    ("old.xls", FEE, "Sheet Costs, A3:C3", "$41,000"),
    ("costs.csv", FEE, "Table, A3:C3", "$41,000"),
    ("open.odt", RENT, "", "$61,750"),
    ("open.ods", FEE, "Sheet Costs, A3:C3", "$41,000"),
    ("open.odp", RENT, "Slide 2", "$61,750"),
    ("page.html", FEE, "page 1, table 1, row 3", "$41,000"),
    ("rich.rtf", RENT, "", "$61,750"),
    ("mail.eml", "When are the keys handed over?", "Message", "April 8, 2025"),
    ("mail.eml", RENT, "Attachment lease.pdf, page 2", "$61,750"),
    ("outlook.msg", "When are the keys handed over?", "Message", "April 8, 2025"),
    ("outlook.msg", RENT, "Attachment Rent.msg, Message", "$61,750"),
    ("files.zip", RENT, "contracts/lease.pdf, page 2", "$61,750"),
    ("files.zip", FEE, "costs.xlsx, Sheet Costs, B5:D5", "$41,000"),
    ("files.zip", "When are the keys handed over?", "mail.eml, Message", "April 8, 2025"),
]


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Assistant, IngestReport]]:
    folder = tmp_path_factory.mktemp("files")
    for name, make in FILES.items():
        (folder / name).write_bytes(make())
    settings = Settings.load(data_dir=tmp_path_factory.mktemp("data"))
    with Assistant(settings, embedder=FakeEmbedder(), reader=FakeReader()) as assistant:  # type: ignore[arg-type]
        report = ingest(
            [folder],
            settings=settings,
            catalogue=assistant.catalogue,
            vectors=assistant.vectors,
            embedder=assistant.embedder,
            parser_pool=lambda: ParserPool(settings, make=word_parser),
        )
        yield assistant, report


def test_every_format_is_taken_in(taken_in: tuple[Assistant, IngestReport]) -> None:
    _, report = taken_in
    assert report.failed == () and report.unreadable_pages == ()
    assert report.files == len(FILES)


@pytest.mark.parametrize(("name", "question", "place", "words"), ASKED)
def test_the_answer_is_quoted_from_its_place(
    taken_in: tuple[Assistant, IngestReport], name: str, question: str, place: str, words: str
) -> None:
    assistant, _ = taken_in
    answer = assistant.ask(question, assistant.scope(None, name), model="none")
    assert answer.verdict == "quoted", answer
    first = answer.citations[0]
    assert words in first.quote
    assert first.place == place
    assert first.quote == assistant.page(first.document, first.page).text[first.start : first.end]
    assert where(first).startswith(f"{name}, {place or f'page {first.page}'}")


def test_pages_of_texts_without_names_are_counted(taken_in: tuple[Assistant, IngestReport]) -> None:
    assistant, _ = taken_in
    pages = {PurePath(document.path).name: document.pages for document in assistant.documents()}
    assert pages["terms.docx"] == pages["open.odt"] == pages["rich.rtf"] == 2
    assert pages["mail.eml"] == 3


def test_a_message_is_called_by_its_subject_and_dated_by_its_day(taken_in: tuple[Assistant, IngestReport]) -> None:
    assistant, _ = taken_in
    [mail] = [document for document in assistant.documents() if document.path.endswith("mail.eml")]
    assert (mail.title, mail.date) == ("Lease of the third floor", "2025-03-03")
    assert mail.author == "lettings@brightwater.example"


def test_an_archive_is_called_by_its_file_and_has_no_parties(taken_in: tuple[Assistant, IngestReport]) -> None:
    assistant, _ = taken_in
    [archive] = [document for document in assistant.documents() if document.path.endswith("files.zip")]
    assert (archive.title, archive.parties, archive.date) == ("files", (), None)
    places = {page.place for page in assistant.catalogue.pages(archive.id)}
    assert "evil.txt" in places and not any(".." in place for place in places)


def test_kinds_of_file_are_limits_of_a_question(taken_in: tuple[Assistant, IngestReport]) -> None:
    assistant, _ = taken_in
    for kind, names in {
        "docx": {"terms.docx"},
        "spreadsheet": {"costs.xlsx", "old.xls", "costs.csv", "open.ods"},
        ".msg": {"outlook.msg"},
        "html": {"page.html"},
    }.items():
        found = assistant.documents(assistant.scope(kind=kind))
        assert {PurePath(document.path).name for document in found} == names


def test_a_folder_of_pdfs_imports_no_other_parser(tmp_path: Path) -> None:
    import subprocess
    import sys

    (tmp_path / "lease.pdf").write_bytes(lease_pdf())
    code = (
        "import sys; from pathlib import Path; from ingest.discovery.file_types import media_type_of\n"
        "from ingest.parsers.registry import load\n"
        f"path = {str(tmp_path / 'lease.pdf')!r}; load(Path(path).read_bytes(), media_type_of(path))\n"
        "print(*sorted(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    heavy = {"lxml", "openpyxl", "xlrd", "olefile", "oxmsg", "unstructured", "docx", "pptx", "spacy", "torch"}
    imported = set(run.stdout.split())
    assert "ingest.parsers.pdf.document" in imported
    assert not heavy & {name.partition(".")[0] for name in imported}
    assert not [name for name in imported if name.startswith("ingest.parsers.mail")]


def test_the_command_line_names_places(
    taken_in: tuple[Assistant, IngestReport], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant, _ = taken_in
    monkeypatch.setattr("ragnano.cli.docs.open_assistant", lambda **_: nullcontext(assistant))
    docs.show("mail.eml")
    assert "page 3 is Attachment lease.pdf, page 2" in capsys.readouterr().out
    docs.show("mail.eml", page=3, json=True)
    assert json.loads(capsys.readouterr().out)["place"] == "Attachment lease.pdf, page 2"
    found = assistant.find("security deposit", assistant.scope(None, "open.odp"), 1)
    assert hits(found, assistant)[0]["place"] == "Slide 2"
    echo_hits(found, assistant)
    assert capsys.readouterr().out.startswith("1. open.odp, Slide 2\n")
