"""Picture files: one page each, upright, words and marks at the same scale; size-limited, refused with a reason."""

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ingest.discovery.file_types import BMP, GIF, IMAGES, JPEG, PNG, TIFF, WEBP, media_type_of
from ingest.parsers.registry import LOADERS, ReadOptions, load
from ragnano.documents import image_files
from ragnano.documents.page_images import has_pictures, highlighted, page_picture
from ragnano.documents.word_boxes import boxes_for
from ragnano.errors import DamagedFile, LimitExceeded, UnsupportedFile
from ragnano.types import Document
from tests.ingest.ocr.page_pictures import CLAUSES, boxes_without_ink, packed, page_pdf, picture_of, uncovered_ink

TEXT = "\n".join(CLAUSES)
DPI = {"dpi": (200, 200)}
ORIENTATION = 0x0112


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    return picture_of(page_pdf())


@pytest.mark.parametrize(
    ("media_type", "form", "how"),
    [
        (PNG, "PNG", DPI),
        (JPEG, "JPEG", {**DPI, "quality": 80}),
        (TIFF, "TIFF", DPI),
        (BMP, "BMP", DPI),
        (GIF, "GIF", {}),
        (WEBP, "WEBP", {"quality": 80}),
    ],
)
def test_a_picture_file_is_a_page_of_text(
    tmp_path: Path, picture: Image.Image, media_type: str, form: str, how: dict[str, object]
) -> None:
    data = packed(picture, form, **how)
    path = tmp_path / f"scan.{form.lower()}"
    path.write_bytes(data)
    assert media_type_of(str(path)) == media_type
    (page,) = load(data, media_type).pages
    assert page.text == TEXT
    assert page.read_by == "ocr"
    assert not boxes_without_ink(page, picture)
    if "dpi" in how:
        assert (page.width, page.height) == pytest.approx((330, 200), abs=1)
    else:  # without a plausible resolution: as large as a sheet of A4
        assert max(page.width, page.height) == pytest.approx(842)


def test_every_kind_of_picture_has_its_parser() -> None:
    assert set(IMAGES) <= set(LOADERS)


def test_each_picture_of_a_tiff_is_a_page_and_one_that_is_damaged_is_named(picture: Image.Image) -> None:
    second = picture_of(page_pdf(["The second page is about fees."]))
    data = packed(picture, "TIFF", save_all=True, append_images=[second, picture], compression="tiff_lzw", **DPI)
    pages = load(data, TIFF).pages
    assert [page.text for page in pages] == [TEXT, "The second page is about fees.", TEXT]
    with Image.open(io.BytesIO(data)) as image:
        image.seek(1)
        start = image.tag_v2[273][0]  # where the second picture's first strip starts
    broken = load(data[:start] + b"\xff" * 400 + data[start + 400 :], TIFF).pages
    assert [page.text for page in broken][::2] == [TEXT, TEXT]
    assert broken[1].unreadable is not None and "cannot be opened" in broken[1].unreadable


@pytest.mark.parametrize(("orientation", "turn"), [(6, Image.Transpose.ROTATE_90), (3, Image.Transpose.ROTATE_180)])
def test_a_photograph_is_read_and_shown_the_way_its_camera_was_held(
    tmp_path: Path, picture: Image.Image, orientation: int, turn: Image.Transpose
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    data = packed(picture.transpose(turn), "JPEG", exif=exif, quality=90, **DPI)
    (page,) = load(data, JPEG).pages
    assert page.text == TEXT
    assert (page.width, page.height) == pytest.approx((330, 200), abs=1)
    assert not boxes_without_ink(page, picture)
    shown = page_picture(document_of(tmp_path, data, JPEG), 1)
    assert shown.width > shown.height


def test_a_fax_with_half_the_lines_an_inch_has_its_true_shape(picture: Image.Image) -> None:
    flat = picture.resize((picture.width, picture.height // 2))
    (page,) = load(packed(flat, "TIFF", dpi=(200, 100)), TIFF).pages
    assert (page.width, page.height) == pytest.approx((330, 200), abs=1)
    assert "ninety" in page.text


def test_a_low_picture_from_a_screen_is_enlarged_and_read() -> None:
    small = picture_of(page_pdf(), dpi=96.0)
    (page,) = load(packed(small, "PNG", dpi=(96, 96)), PNG).pages
    assert page.text == TEXT
    assert uncovered_ink(page, small) < 0.05


@pytest.mark.parametrize("mode", ["1", "P", "RGBA", "LA", "CMYK", "I;16"])
def test_every_way_to_store_a_pixel_is_understood(picture: Image.Image, mode: str) -> None:
    if mode == "I;16":
        stored = Image.fromarray(np.asarray(picture).astype(np.uint16) * 16)  # 12 bits used, as by scanners
    elif mode in ("RGBA", "LA"):
        stored = Image.new(mode, picture.size)  # black ink on transparent paper
        stored.putalpha(picture.point([255 - light for light in range(256)]))
    else:
        stored = picture.convert(mode, dither=Image.Dither.NONE)
    form, media_type = ("TIFF", TIFF) if mode in ("CMYK", "I;16") else ("PNG", PNG)
    (page,) = load(packed(stored, form, **DPI), media_type).pages
    assert page.text == TEXT


def test_a_picture_is_not_read_when_ocr_is_off_and_the_remedy_is_named(picture: Image.Image) -> None:
    with pytest.raises(UnsupportedFile, match="a picture, and OCR is off; `--ocr auto` reads it"):
        load(packed(picture, "PNG"), PNG, ReadOptions(ocr="never"))


def test_a_picture_without_text_is_refused_with_that_reason() -> None:
    with pytest.raises(UnsupportedFile, match="OCR finds none in the picture"):
        load(packed(Image.new("RGB", (300, 200), "navy"), "PNG"), PNG)


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff" + bytes(200), b"II*\x00" + bytes(50)])
def test_what_is_no_picture_inside_is_damaged(data: bytes) -> None:
    for media_type in (PNG, JPEG, TIFF):
        with pytest.raises(DamagedFile, match="cannot be opened"):
            load(data, media_type)


def test_a_cut_off_picture_is_damaged(picture: Image.Image) -> None:
    data = packed(picture, "PNG")
    with pytest.raises(DamagedFile):
        load(data[: len(data) // 2], PNG)


def test_a_picture_of_very_many_pixels_is_refused_before_it_is_unpacked() -> None:
    bomb = packed(Image.new("1", (20_000, 20_000)), "PNG")  # 50 KB
    with pytest.raises(LimitExceeded, match="150 million pixels"):
        load(bomb, PNG)


def test_too_many_pages_are_refused(picture: Image.Image, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_files, "MOST_PAGES", 1)
    with pytest.raises(LimitExceeded, match="more than 1 pages"):
        load(packed(picture, "TIFF", save_all=True, append_images=[picture]), TIFF)


def document_of(tmp_path: Path, data: bytes, media_type: str, pages: int = 1) -> Document:
    path = tmp_path / "picture"
    path.write_bytes(data)
    identifier = hashlib.sha256(data).hexdigest()
    return Document(identifier, "Scan", media_type, pages, len(data), paths=(str(path),))


def test_a_pictures_quoted_words_are_marked_where_they_stand(tmp_path: Path, picture: Image.Image) -> None:
    data = packed(picture, "TIFF", save_all=True, append_images=[picture], **DPI)
    page = load(data, TIFF).pages[1]
    document = document_of(tmp_path, data, TIFF, pages=2)
    assert has_pictures(document)
    plain = page_picture(document, 2, scale=2.0)
    assert (plain.width, plain.height) == pytest.approx((660, 400), abs=2)
    start = page.text.index("thirty (30) days")
    boxes = boxes_for(page.words, start, start + len("thirty (30) days"))
    light = np.asarray(Image.open(io.BytesIO(plain.png)).convert("L"))
    x0, y0, x1, y1 = (round(edge * 2) for edge in boxes[0])
    assert (light[y0:y1, x0:x1] < 128).mean() > 0.05  # there are letters under the mark
    assert highlighted(plain, boxes).png != plain.png


def test_a_picture_file_that_is_broken_has_no_picture_and_says_so(tmp_path: Path, picture: Image.Image) -> None:
    document = document_of(tmp_path, packed(picture, "PNG")[:900], PNG)
    with pytest.raises(DamagedFile, match="cannot be drawn; the text is still here"):
        page_picture(document, 1)
