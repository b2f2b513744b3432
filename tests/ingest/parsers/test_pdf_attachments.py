"""Files embedded in a PDF are read like mail attachments: each by its own parser, at its own place."""

import io
from pathlib import Path

import pypdf
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)
from reportlab.pdfgen.canvas import Canvas

from ingest.discovery.file_types import PDF
from ingest.document_builder import Job, read
from ingest.parsers.nested_files import MOST_DEPTH
from ingest.parsers.registry import LoadedFile, load
from tests.ingest.fakes import count_words
from tests.ingest.parsers.fakes import compound


def printed(line: str) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    if line:
        canvas.drawString(72, 760, line)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def with_files(data: bytes, **files: bytes) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    for name, content in files.items():
        writer.add_attachment(name, content)
    return saved(writer)


def saved(writer: pypdf.PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def places(loaded: LoadedFile) -> list[tuple[int, str, str]]:
    return [(page.number, page.place, page.text.strip()) for page in loaded.pages]


COVER = printed("Lease of the mill, with its annexes")


def test_embedded_files_follow_the_pages_and_are_named() -> None:
    data = with_files(COVER, **{"annex 1.pdf": printed("Annex 1: the rent is 950 EUR"), "keys.txt": b"Four keys."})
    assert places(load(data, PDF)) == [
        (1, "", "Lease of the mill, with its annexes"),
        (2, "Attachment annex 1.pdf, page 1", "Annex 1: the rent is 950 EUR"),
        (3, "Attachment keys.txt", "Four keys."),
    ]


def test_what_is_embedded_and_cannot_be_read_is_named_and_the_rest_is_read() -> None:
    data = with_files(COVER, **{"plan.dwg": b"\x00\x01AC1032", "keys.txt": b"Four keys."})
    pages = load(data, PDF).pages
    assert [bool(page.text.strip()) for page in pages] == [True, True, False]
    assert pages[2].unreadable is not None and pages[2].unreadable.startswith("Attachment plan.dwg: no parser for .dwg")


def test_a_portfolio_whose_cover_is_empty_is_its_files() -> None:
    data = with_files(printed(""), **{"keys.txt": b"Four keys."})
    assert places(load(data, PDF))[1:] == [(2, "Attachment keys.txt", "Four keys.")]


def test_a_file_on_a_paper_clip_is_read_once() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(COVER))
    stream = StreamObject()
    stream.set_data(b"Four keys.")
    stream[NameObject("/Type")] = NameObject("/EmbeddedFile")
    file = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Filespec"),
            NameObject("/F"): TextStringObject("keys.txt"),
            NameObject("/UF"): TextStringObject("keys.txt"),
            NameObject("/EF"): DictionaryObject({NameObject("/F"): writer._add_object(stream)}),
        }
    )
    clip = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/FileAttachment"),
            NameObject("/Rect"): ArrayObject([FloatObject(edge) for edge in (72, 600, 92, 620)]),
            NameObject("/F"): NumberObject(4),
            NameObject("/FS"): writer._add_object(file),
        }
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(clip)])
    once = saved(writer)
    assert places(load(once, PDF))[1:] == [(2, "Attachment keys.txt", "Four keys.")]
    assert places(load(with_files(once, **{"keys.txt": b"Four keys."}), PDF)) == places(load(once, PDF))


def test_files_within_files_end_somewhere_and_the_page_says_so() -> None:
    data = printed("The innermost")
    for _ in range(MOST_DEPTH + 1):
        data = with_files(COVER, **{"inner.pdf": data})
    last = load(data, PDF).pages[-1]
    assert last.unreadable is not None and f"more than {MOST_DEPTH} deep" in last.unreadable
    assert "The innermost" not in " ".join(page.text for page in load(data, PDF).pages)


def test_a_file_that_unpacks_to_far_more_than_it_weighs_is_left_out() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(with_files(COVER, **{"bomb.txt": b"a" * (24 << 20)})))
    for found in writer._objects:
        if isinstance(found, StreamObject) and found.get("/Type") == "/EmbeddedFile":
            writer._replace_object(found.indirect_reference, found.flate_encode())
    data = saved(writer)
    assert len(data) < 100_000
    [_, page] = load(data, PDF).pages
    assert page.text == "" and page.unreadable is not None and "decompression bomb" in page.unreadable


def test_an_invoice_with_its_data_for_programs_is_read_in_full_and_the_data_is_named_once(tmp_path: Path) -> None:
    path = tmp_path / "invoice.pdf"
    path.write_bytes(with_files(printed("Invoice 7: 950 EUR"), **{"factur-x.xml": b"<?xml version='1.0'?><invoice/>"}))
    parsed = read(Job(str(path), PDF, 100), count_words)
    assert [page.unreadable for page in parsed.pages] == [
        None,
        "Attachment factur-x.xml: no parser for .xml files; convert it to PDF or text",
    ]
    assert parsed.document.status == "ready" and not parsed.pages[1].misses_text


def test_a_document_that_is_embedded_and_cannot_be_read_is_missed(tmp_path: Path) -> None:
    path = tmp_path / "lease.pdf"
    path.write_bytes(with_files(COVER, **{"annex.doc": compound({"WordDocument": b"x"})}))
    parsed = read(Job(str(path), PDF, 100), count_words)
    assert parsed.document.status == "partial" and parsed.pages[1].misses_text
