"""PDF parsers: text as printed, words' boxes where their ink is, and a plain reason where there is no text."""

import io
from pathlib import Path

import numpy as np
import pypdf
import pypdfium2
import pytest
from PIL import Image
from pypdf.generic import RectangleObject
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest.characters.sanitize import clean, clean_mapped
from ingest.discovery.file_types import PDF, TEXT
from ingest.parsers.base.plain_text import MOST_PAGE_CHARACTERS
from ingest.parsers.pdf.pypdf_fallback import PypdfFallback
from ingest.parsers.registry import ReadOptions, load
from ragnano.documents.word_boxes import unpack_words
from ragnano.errors import DamagedFile, PasswordNeeded, UnsupportedFile
from ragnano.types import Page
from tests.ingest.fakes import bare_pdf, lines_page

SCALE = 3.0


def pdf(
    *pages: list[str],
    rotate: int = 0,
    lie: int = 0,
    crop: tuple[float, float, float, float] | None = None,
) -> bytes:
    """Returns Letter pages with a line of text every 20 points; `rotate` turns the page, `lie` the text on it."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(612, 792), invariant=1)
    canvas.setTitle("Made for a test")
    canvas.setAuthor("Nobody")
    for lines in pages:
        canvas.translate(306, 396)
        canvas.rotate(lie)
        for row, line in enumerate(lines):
            canvas.drawString(-100, 40 - 20 * row, line)
        canvas.showPage()
    canvas.save()
    if not rotate and crop is None:
        return out.getvalue()
    writer = pypdf.PdfWriter(clone_from=out)
    for page in writer.pages:
        page.rotate(rotate)
        if crop:
            page.cropbox = RectangleObject(crop)
    turned = io.BytesIO()
    writer.write(turned)
    return turned.getvalue()


def encrypted(data: bytes, password: str, owner: str = "owner") -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt(password, owner, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def ink(data: bytes) -> np.ndarray:
    """Returns bool (height, width) at SCALE pixels a point: the dark pixels of the first page."""
    picture = pypdfium2.PdfDocument(data)[0].render(scale=SCALE).to_numpy()
    return picture[..., :3].mean(axis=2) < 128


def words_of(page: Page) -> list[str]:
    return [page.text[word.start : word.end] for word in unpack_words(page.words)]


LINES = ["Termination requires ninety days", "of written notice to", "the other Party."]


@pytest.mark.parametrize("upright", [True, False])
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (60, 200, 500, 560)])
def test_word_boxes_hold_the_ink_of_the_page_picture(
    rotate: int, upright: bool, crop: tuple[float, float, float, float] | None
) -> None:
    data = pdf(LINES, rotate=rotate, lie=rotate if upright else 0, crop=crop)
    page = load(data, PDF).pages[0]
    dark = ink(data)
    assert dark.shape == pytest.approx((page.height * SCALE, page.width * SCALE), abs=1)
    words = " ".join(LINES).split()
    # pdfium may return the lines of sideways or upside-down text in another order.
    assert words_of(page) == words if upright else sorted(words_of(page)) == sorted(words)
    covered = np.zeros_like(dark)
    for word in unpack_words(page.words):
        x0, y0, x1, y1 = (round(edge * SCALE) for edge in word.box)
        inside = dark[y0:y1, x0:x1]
        assert inside.any(), "a box without ink"
        assert (x1 - x0) * (y1 - y0) < 0.02 * dark.size, "a box far larger than a word"
        covered[y0:y1, x0:x1] = True
    assert dark.any()
    assert (dark & ~covered).sum() < 0.01 * dark.sum()


def test_text_is_cleaned_and_offsets_stay_with_their_words() -> None:
    cmap = b"3 beginbfchar <41> <D83DDE00> <42> <006600660069> <43> <D800> endbfchar"
    page = load(bare_pdf(b"BT /F1 12 Tf 20 100 Td (xA oBce zCw end) Tj ET", to_unicode=cmap), PDF).pages[0]
    assert page.text == "x\U0001f600 office zw end"
    assert words_of(page) == ["x\U0001f600", "office", "zw", "end"]
    lefts = [word.box.x0 for word in unpack_words(page.words)]
    assert lefts == sorted(lefts)
    assert lefts[0] == pytest.approx(20, abs=1)


def test_a_word_broken_at_a_lines_end_keeps_its_hyphen_and_a_box_on_each_line() -> None:
    page = load(bare_pdf(lines_page("a worldwide and non-", "exclusive licence")), PDF).pages[0]
    assert "non-exclusive" in page.text
    assert words_of(page)[-3:] == ["non-", "exclusive", "licence"]
    first, second = list(unpack_words(page.words))[-3:-1]
    assert second.box.y0 > first.box.y0 + 10
    assert second.box.x0 < first.box.x0


def test_metadata_and_outline_are_read() -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setTitle("Supply\x00 Agreement")
    for page, title in enumerate(["1 Supply", "2 Term"]):
        canvas.bookmarkPage(title)
        canvas.addOutlineEntry(title, title, level=page)
        canvas.drawString(100, 700, title)
        canvas.showPage()
    canvas.save()
    loaded = load(out.getvalue(), PDF)
    assert loaded.title == "Supply Agreement"
    assert [tuple(entry) for entry in loaded.outline] == [(1, "1 Supply", 1), (2, "2 Term", 2)]


def test_an_encrypted_file_opens_with_no_password_or_a_given_one() -> None:
    plain = pdf(LINES)
    assert load(encrypted(plain, ""), PDF).pages[0].text.startswith("Termination")
    locked = encrypted(plain, "opened")
    with pytest.raises(PasswordNeeded, match="no given password opens it"):
        load(locked, PDF, ReadOptions(passwords=("wrong",)))
    loaded = load(locked, PDF, ReadOptions(passwords=("wrong", "opened")))
    assert loaded.pages[0].text.startswith("Termination")
    assert loaded.title == "Made for a test"


def picture_page(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("RGB", (50, 50), "grey")), 100, 100, 300, 300)
    canvas.showPage()


def test_a_page_that_is_a_picture_is_named_and_an_empty_page_is_not() -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(100, 700, "Words")
    canvas.showPage()
    picture_page(canvas)
    canvas.showPage()
    canvas.save()
    assert [page.unreadable for page in load(out.getvalue(), PDF, ReadOptions(ocr="never")).pages] == [
        None,
        "no text on this page: a picture, needs OCR",
        None,
    ]


def test_a_scan_is_refused_with_its_reason() -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    picture_page(canvas)
    picture_page(canvas)
    canvas.save()
    with pytest.raises(UnsupportedFile, match=r"no text: scanned, and OCR is off.*\(2 pages\)"):
        load(out.getvalue(), PDF, ReadOptions(ocr="never"))
    with pytest.raises(UnsupportedFile, match=r"no text: OCR finds none on its pages.*\(2 pages\)"):
        load(out.getvalue(), PDF)


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7", b"garbage", b"%PDF-1.7\n" + bytes(range(256)) * 40, pdf(LINES)[:400], pdf([])],
    ids=["empty", "header", "garbage", "noise", "truncated", "blank"],
)
def test_what_no_parser_understands_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedFile):
        load(data, PDF)


def test_the_fallback_takes_over_where_the_first_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise pypdfium2.PdfiumError("no", err_code=3)

    data = pdf(LINES)
    monkeypatch.setattr("ingest.parsers.pdf.document.pypdfium2.PdfDocument", refuse)
    page = load(data, PDF).pages[0]
    assert page.read_by == "second-reader"
    assert "Termination requires ninety days" in page.text
    assert (page.width, page.height, page.words) == (612, 792, b"")


@pytest.mark.parametrize(
    "data",
    [
        "Café “notice”".encode(),
        b"\xef\xbb\xbf" + "Café “notice”".encode(),
        "Café “notice”".encode("utf-16"),
        b"\xfe\xff" + "Café “notice”".encode("utf-16-be"),
        "Café “notice”".encode("utf-16-le"),
        "Café “notice”".encode("cp1252"),
    ],
    ids=["utf-8", "utf-8 mark", "utf-16", "utf-16-be", "utf-16 bare", "cp1252"],
)
def test_text_files_are_decoded_by_what_they_are(data: bytes) -> None:
    assert load(data, TEXT).pages[0].text == "Café “notice”"


@pytest.mark.parametrize("data", [b"", b" \n\n ", bytes(range(32)) * 50])
def test_a_text_file_without_text_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedFile):
        load(data, TEXT)


def test_text_pages_end_at_form_feeds_and_long_ones_at_a_paragraph() -> None:
    assert [page.text for page in load(b"one\r\ntwo\x0cthree", TEXT).pages] == ["one\ntwo", "three"]
    paragraph = "word " * 200 + "\n\n"
    pages = load((paragraph * 50).encode(), TEXT).pages
    assert len(pages) == 3
    assert all(len(page.text) <= MOST_PAGE_CHARACTERS and page.text.endswith("\n\n") for page in pages)
    assert "".join(page.text for page in pages) == paragraph * 50
    assert len(load(b"x" * 45_000, TEXT).pages) == 3


def test_cleaning_keeps_the_way_back() -> None:
    raw = "a\r\nﬁ\ud800b\x92\U0001f600c"
    mapped = clean_mapped(raw)
    assert mapped.text == clean(raw) == "a\nfib’\U0001f600c"
    assert mapped.units.tolist() == [0, 2, 3, 3, 5, 6, 7, 9]
    assert mapped.total == 10


def test_reading_a_pdf_prints_and_logs_nothing(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    data = pdf(LINES)
    broken = data.replace(b"/Type /Page\n", b"/Type /Pagx\n").replace(b"startxref", b"startxrex")
    for candidate in (data, broken, data[:-200]):
        try:
            load(candidate, PDF)
        except DamagedFile:
            continue
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_a_file_on_disk_may_be_replaced_after_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(LINES))
    loaded = load(path.read_bytes(), PDF)
    path.write_bytes(b"")
    assert "ninety days" in loaded.pages[0].text


def test_a_clause_number_is_parted_from_the_word_that_sticks_to_it() -> None:
    raw = "10.2Each Party\r\nre\ufffepay 10.3The\r\n7.Term\r\n3M pays 1.5Million\r\n 12.1A licence"
    mapped = clean_mapped(raw)
    assert mapped.text == "10.2 Each Party\nre-pay 10.3The\n7. Term\n3M pays 1.5Million\n 12.1 A licence"
    assert clean("10.2Each Party") == "10.2 Each Party"
    assert [raw[mapped.units[mapped.text.index(word)]] for word in ("Each", "Term", "licence")] == ["E", "T", "l"]
    (place,) = mapped.breaks
    assert mapped.text[:place].endswith("re-")


@pytest.mark.parametrize("error", [KeyError("/Root"), RecursionError()])
def test_what_the_fallback_stumbles_over_is_what_the_file_does_not_say(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    second = failing_fallback(monkeypatch, error)
    assert second.pages() == () and second.text_of(1) == "" and second.outline() == ()
    assert second.title_and_author() == ("", "")


def test_memory_that_runs_out_is_not_taken_for_a_page_without_text(monkeypatch: pytest.MonkeyPatch) -> None:
    second = failing_fallback(monkeypatch, MemoryError())
    for read in (second.pages, lambda: second.text_of(1), second.outline, second.title_and_author):
        with pytest.raises(MemoryError):
            read()


def failing_fallback(monkeypatch: pytest.MonkeyPatch, error: Exception) -> PypdfFallback:
    """Replaces the second parser by one that opens its file and fails at everything else."""

    class Failing:
        def __getattr__(self, name: str) -> object:
            raise error

    monkeypatch.setattr("ingest.parsers.pdf.pypdf_fallback._opened", lambda data, passwords: Failing())
    return PypdfFallback(b"", ())
