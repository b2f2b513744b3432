"""Scanned PDFs: read page by page, with boxes over the ink, and a plain message where that is impossible."""

import io
import itertools
import threading
import time
from pathlib import Path

import numpy as np
import pypdf
import pytest
from PIL import Image, ImageFilter

from ingest.discovery.file_types import PDF
from ingest.document_builder import Job
from ingest.ocr.languages import installed_languages, require_languages
from ingest.ocr.pages import MOST_PIXELS, PageRecognizer, Sheet, dpi_for
from ingest.ocr.tesseract import Engine, Line, OcrFailed
from ingest.parsers.base.heartbeat import on_heartbeat
from ingest.parsers.registry import ReadOptions, load
from ingest.workers.pool import ParserPool
from ragnano.documents.word_boxes import boxes_for, unpack_words
from ragnano.errors import ConfigError, LimitExceeded, UnsupportedFile
from ragnano.settings import Settings
from ragnano.text.words import words
from ragnano.types import Page
from tests.ingest.fakes import bare_pdf, lines_page, signalling_parser, word_parser
from tests.ingest.ocr.page_pictures import CLAUSES, askew, boxes_without_ink, page_pdf, picture_of, scan, uncovered_ink

pytestmark = pytest.mark.slow

TEXT = "\n".join(CLAUSES)


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    return picture_of(page_pdf())


def only_page(data: bytes, **how: object) -> Page:
    (page,) = load(data, PDF, ReadOptions(**how)).pages  # type: ignore[arg-type]
    return page


def joined(page: Page) -> str:
    return " ".join(words(page.text))


def test_a_scan_is_read_line_by_line_with_the_numbers_of_its_clauses(picture: Image.Image) -> None:
    page = only_page(scan(picture))
    assert page.text == TEXT
    assert (page.read_by, page.unreadable) == ("ocr", None)
    assert (page.width, page.height) == pytest.approx((330, 200), abs=1)


def test_boxes_lie_over_the_ink_of_their_words(picture: Image.Image) -> None:
    page = only_page(scan(picture))
    assert [page.text[word.start : word.end] for word in unpack_words(page.words)] == TEXT.split()
    assert not boxes_without_ink(page, picture)
    assert uncovered_ink(page, picture) < 0.01
    start = page.text.index("ninety")
    boxes = boxes_for(page.words, start, start + len("ninety\n(90) days"))
    assert len(boxes) == 2  # one per line
    assert boxes[1].y0 > boxes[0].y0 + 10


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_on_its_side_or_its_head_is_read_and_its_boxes_stay_where_it_lies(
    picture: Image.Image, quarters: int
) -> None:
    lying = picture.rotate(90 * quarters, expand=True)
    page = only_page(scan(lying))
    assert joined(page) == " ".join(words(TEXT))
    assert not boxes_without_ink(page, lying)
    assert uncovered_ink(page, lying) < 0.01


@pytest.mark.parametrize("rotate", [90, 180])
def test_a_page_that_the_file_turns_is_read_as_it_is_shown(picture: Image.Image, rotate: int) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(scan(picture.rotate(rotate, expand=True))))
    writer.pages[0].rotate(rotate)
    out = io.BytesIO()
    writer.write(out)
    page = only_page(out.getvalue())
    assert page.text == TEXT
    assert not boxes_without_ink(page, picture)


@pytest.mark.parametrize("degrees", [-5.0, -1.0, 3.0])
def test_a_crooked_page_is_read_and_its_boxes_follow_its_lines(picture: Image.Image, degrees: float) -> None:
    lying = askew(picture, degrees)
    page = only_page(scan(lying))
    assert page.text == TEXT
    assert not boxes_without_ink(page, lying)
    assert uncovered_ink(page, lying) < 0.02


def test_shadow_dim_paper_noise_and_blur_do_not_cost_words(picture: Image.Image) -> None:
    chance = np.random.default_rng(3)
    light = np.asarray(picture.filter(ImageFilter.GaussianBlur(0.8)), dtype=float) * (150 / 255) + 50
    light += chance.normal(0, 10, light.shape) - 45 * np.linspace(0, 1, light.shape[1])
    bad = Image.fromarray(np.clip(light, 0, 255).astype(np.uint8))
    assert joined(only_page(scan(bad))) == " ".join(words(TEXT))


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [f"{at}. The first party shall keep" for at in range(1, 15)]
    right = [f"{at}. The second party shall pay" for at in range(15, 29)]
    sheet = Image.new("L", (1200, 700), 255)
    sheet.paste(picture_of(page_pdf(left, size=(170, 252), points=9)), (80, 0))
    sheet.paste(picture_of(page_pdf(right, size=(170, 252), points=9)), (600, 0))
    assert only_page(scan(sheet)).text.split("\n") == left + right


def test_only_pages_that_give_no_text_are_read_unless_all_are_asked_for(picture: Image.Image) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(page_pdf(["A page of plain text, said in letters."])))
    writer.append(io.BytesIO(scan(picture)))
    out = io.BytesIO()
    writer.write(out)
    pages = load(out.getvalue(), PDF, ReadOptions(ocr="auto")).pages
    assert [page.read_by for page in pages] == ["text-layer", "ocr"]
    pages = load(out.getvalue(), PDF, ReadOptions(ocr="always")).pages
    assert [page.read_by for page in pages] == ["ocr", "ocr"]
    assert pages[0].text == "A page of plain text, said in letters."
    pages = load(out.getvalue(), PDF, ReadOptions(ocr="never")).pages
    assert [page.unreadable for page in pages] == [None, "no text on this page: a picture, needs OCR"]


def test_a_stamp_on_a_scan_does_not_pass_for_its_text(picture: Image.Image) -> None:
    page = only_page(scan(picture, stamp="Received 4 May"))
    assert page.read_by == "ocr"
    assert page.text.startswith("Received 4 May")
    assert "ninety" in page.text


def test_a_text_layer_as_long_as_the_pictures_text_is_kept() -> None:
    page = only_page(scan(Image.new("L", (900, 550), 235), stamp="A caption upon a picture of nothing"))
    assert (page.read_by, page.text) == ("text-layer", "A caption upon a picture of nothing")


def test_letters_without_a_character_map_are_read_from_the_page() -> None:
    lines = ("Payment is due within thirty", "days after the invoice.")
    used = sorted(set("".join(lines)))
    mapped = b"".join(b"<%02x> <fffd> " % ord(char) for char in used)  # maps every character to the "unknown" character
    cmap = b"%d beginbfchar %sendbfchar" % (len(used), mapped)
    page = only_page(bare_pdf(lines_page(*lines), to_unicode=cmap))
    assert page.read_by == "ocr"
    assert joined(page) == "payment is due within thirty days after the invoice"


def test_a_blank_scan_is_an_empty_page_and_a_picture_without_text_is_named(picture: Image.Image) -> None:
    blank = Image.new("L", picture.size, 250)
    drawn = Image.fromarray((np.add.outer(np.arange(550), np.arange(900)) // 90 % 2 * 200).astype(np.uint8))
    pages = load(scan(blank, picture, drawn), PDF).pages
    assert [(page.text == "", page.unreadable) for page in pages] == [
        (True, None),
        (False, None),
        (True, "no text on this page: OCR finds none in its picture"),
    ]


def test_text_that_was_hard_to_read_is_taken_in_and_its_page_named(picture: Image.Image) -> None:
    poor = picture.resize((picture.width // 4, picture.height // 4), Image.Resampling.BOX)
    page = only_page(scan(poor, dpi=50.0))
    assert "terminate" in page.text.lower() or "days" in page.text.lower()
    assert page.unreadable is not None and "low confidence" in page.unreadable and "check" in page.unreadable


def test_a_scan_that_must_not_be_read_is_refused_and_the_remedy_named(picture: Image.Image) -> None:
    with pytest.raises(UnsupportedFile, match=r"no text: scanned, and OCR is off; `--ocr auto` reads it \(2 pages\)"):
        load(scan(picture, picture), PDF, ReadOptions(ocr="never"))


def test_a_language_that_is_not_installed_is_named_with_those_that_are_and_how_to_get_it(picture: Image.Image) -> None:
    assert "eng" in installed_languages() and "osd" not in installed_languages()
    require_languages("eng")
    with pytest.raises(ConfigError, match=r"cannot read xyz: installed are .*eng.*; `pip install tessdata-fast-xyz`"):
        load(scan(picture), PDF, ReadOptions(languages="eng+xyz"))


def test_a_page_that_tesseract_gives_up_on_is_named_and_the_others_are_read(
    picture: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Engine.read

    def gives_up_on_narrow_pages(engine: Engine, shown: Image.Image, dpi: float) -> list[Line]:
        if shown.width < 700:
            raise OcrFailed("OCR took longer than 100 s")
        return read(engine, shown, dpi)

    monkeypatch.setattr(Engine, "read", gives_up_on_narrow_pages)
    pages = load(scan(picture, picture.crop((0, 0, 600, 550))), PDF).pages
    assert [page.unreadable for page in pages] == [None, "no text on this page: OCR took longer than 100 s"]
    assert pages[0].text == TEXT


def test_tesseract_is_stopped_when_a_page_takes_too_long(picture: Image.Image, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.ocr.tesseract.SECONDS", 0.001)
    engine = Engine("eng")
    with pytest.raises(OcrFailed, match="took longer"):
        engine.read(picture, 200.0)
    monkeypatch.setattr("ingest.ocr.tesseract.SECONDS", 100)
    assert len(engine.read(picture, 200.0)) == len(CLAUSES)


def test_pages_come_in_order_and_the_same_whatever_the_threads_and_what_was_read_before() -> None:
    pictures = [picture_of(page_pdf([*CLAUSES[at:], f"Page {at}"])) for at in range(5)]

    def read(threads: int, order: list[int]) -> dict[int, Page]:
        with PageRecognizer("eng", threads) as recognizer:
            return {page.number: page for page in recognizer.pages(Sheet(at, 330, 200, pictures[at]) for at in order)}

    forth, back, alone = read(1, [0, 1, 2, 3, 4]), read(3, [4, 3, 2, 1, 0]), read(1, [3])
    assert list(forth) == [0, 1, 2, 3, 4] and list(back) == [4, 3, 2, 1, 0]
    assert forth == back
    assert alone[3] == forth[3]


def test_few_pictures_are_held_at_a_time(picture: Image.Image) -> None:
    drawn = 0

    def sheets() -> "itertools.chain[Sheet]":
        nonlocal drawn
        for at in range(20):
            drawn += 1
            yield Sheet(at, 330, 200, picture)

    with PageRecognizer("eng", 2) as recognizer:
        assert next(recognizer.pages(sheets())).number == 0  # type: ignore[arg-type]
        assert drawn <= 4


def test_huge_pages_are_drawn_with_fewer_pixels_an_inch() -> None:
    assert dpi_for(612, 792, 300.0) == 300.0
    assert dpi_for(14400, 14400, 300.0) ** 2 * (14400 / 72) ** 2 == pytest.approx(MOST_PIXELS)


def test_parsers_report_after_each_page_that_they_are_alive(
    picture: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.parsers.base.heartbeat.LEAST_SECONDS_APART", 0.0)
    signs: list[str] = []
    on_heartbeat(lambda: signs.append(threading.current_thread().name))
    try:
        load(scan(picture, picture, picture), PDF)
    finally:
        on_heartbeat(None)
    assert len(signs) >= 3
    assert set(signs) == {threading.current_thread().name}


def test_a_file_may_take_longer_than_its_limit_while_it_gets_on_and_a_hang_is_still_found(tmp_path: Path) -> None:
    for name in ("slow", "hangs"):
        (tmp_path / f"{name}.txt").write_text("Notice is given in writing.")
    with ParserPool(Settings.load(data_dir=tmp_path, file_seconds=3.0), make=signalling_parser) as pool:
        slow = pool.submit(Job(str(tmp_path / "slow.txt"), "text/plain", 200))
        began = time.monotonic()
        assert slow.result().pages[0].text == "Notice is given in writing."
        assert time.monotonic() - began > 3.0
        with pytest.raises(LimitExceeded):
            pool.submit(Job(str(tmp_path / "hangs.txt"), "text/plain", 200)).result()


def test_the_reading_process_reads_scans_too(tmp_path: Path, picture: Image.Image) -> None:
    (tmp_path / "scan.pdf").write_bytes(scan(picture))
    with ParserPool(Settings.load(data_dir=tmp_path), make=word_parser) as pool:
        parsed = pool.submit(Job(str(tmp_path / "scan.pdf"), PDF, 200)).result()
    assert parsed.pages[0].text == TEXT
    assert parsed.document.status == "ready"
    assert any("ninety (90) days" in chunk.text for chunk in parsed.chunks)
