"""Page images: right size, right words marked, and only from the same bytes as were read."""

import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ingest.parsers.registry import load
from ragnano.documents.page_images import MOST_PIXELS, PDF, Picture, crop_around, highlighted, page_picture
from ragnano.documents.word_boxes import boxes_for
from ragnano.errors import DamagedFile, LoadError, NotFoundError, PasswordNeeded, UnsupportedFile
from ragnano.types import Box, Document
from tests.ui.fakes import AGREEMENT, write_pdf

SCALE = 2.0


def document_of(*paths: Path, pages: int = 1, media_type: str = PDF) -> Document:
    data = paths[-1].read_bytes()
    identifier = hashlib.sha256(data).hexdigest()
    return Document(identifier, "Agreement", media_type, pages, len(data), paths=tuple(map(str, paths)))


def pixels(picture: Picture) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture.png)).convert("RGB")).astype(int)


def yellow(picture: Picture) -> np.ndarray:
    """Returns bool (height, width): light pixels with little blue."""
    rgb = pixels(picture)
    return (rgb[..., 0] > 200) & (rgb[..., 1] > 170) & (rgb[..., 2] < 140)


def dark(picture: Picture) -> np.ndarray:
    return pixels(picture).sum(axis=2) < 250


@pytest.fixture
def agreement(tmp_path: Path) -> Document:
    return document_of(write_pdf(tmp_path / "agreement.pdf", AGREEMENT, ["Page two stands alone."]), pages=2)


def test_a_picture_has_the_pages_size_times_the_scale(agreement: Document) -> None:
    picture = page_picture(agreement, 1, scale=SCALE)
    assert (picture.width, picture.height) == Image.open(io.BytesIO(picture.png)).size
    assert picture.width == pytest.approx(595.28 * SCALE, abs=1)
    assert picture.height == pytest.approx(841.89 * SCALE, abs=1)


def test_each_page_has_its_own_picture(agreement: Document) -> None:
    assert dark(page_picture(agreement, 1)).sum() > 3 * dark(page_picture(agreement, 2)).sum() > 0


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_the_mark_lies_over_the_quoted_words_and_nowhere_else(tmp_path: Path, rotate: int) -> None:
    file = write_pdf(tmp_path / "agreement.pdf", AGREEMENT, rotate=rotate)
    page = load(file.read_bytes(), PDF).pages[0]
    start = page.text.index("sixty")
    boxes = boxes_for(page.words, start, start + len("sixty days"))
    plain = page_picture(document_of(file), 1, scale=SCALE)
    marked = highlighted(plain, boxes)
    area = np.zeros((plain.height, plain.width), dtype=bool)
    for box in boxes:
        x0, y0, x1, y1 = (round(side * SCALE) for side in box)
        area[y0:y1, x0:x1] = True
    assert area.sum() > 0
    assert yellow(marked)[area].mean() > 0.5  # the rest of a line's box is ink
    assert dark(plain)[area].sum() > 0.03 * area.sum()  # there are letters under the mark
    grown = np.asarray(Image.fromarray(area).resize((plain.width, plain.height)))
    for axis in (0, 1):
        for step in range(-4, 5):
            grown = grown | np.roll(grown, step, axis)
    assert not yellow(marked)[~grown].any()
    assert not yellow(plain).any()


def test_letters_stay_as_dark_under_the_mark(agreement: Document) -> None:
    plain = page_picture(agreement, 1, scale=SCALE)
    marked = highlighted(plain, [Box(0, 0, 595, 842)])
    assert dark(marked).sum() >= dark(plain).sum() > 0


def test_boxes_off_the_page_are_clipped(agreement: Document) -> None:
    marked = highlighted(page_picture(agreement, 1), [Box(-50, -50, 20, 20), Box(5000, 5000, 6000, 6000)])
    assert yellow(marked).any()


def test_a_crop_holds_the_boxes_and_says_where_it_was_taken(agreement: Document) -> None:
    box = Box(300, 400, 340, 412)
    marked = highlighted(page_picture(agreement, 2, scale=SCALE), [box])
    part = crop_around(marked, [box])
    assert part.height < marked.height / 4
    assert marked.width // 2 <= part.width <= marked.width
    assert yellow(part).sum() == yellow(marked).sum() > 0
    x = round((box.x0 - part.left) * part.scale)
    y = round((box.y0 - part.top) * part.scale)
    assert yellow(part)[y + 3, x + 3]


def test_a_crop_round_much_is_bounded_and_one_round_nothing_is_the_page(agreement: Document) -> None:
    picture = page_picture(agreement, 1, scale=SCALE)
    assert crop_around(picture, [Box(72, 72, 500, 800)]).height <= 260 * SCALE + 1
    assert crop_around(picture, []) == picture


def test_a_huge_page_is_drawn_smaller(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "plan.pdf"), pagesize=(14400, 7200))
    canvas.drawString(100, 100, "plan")
    canvas.save()
    picture = page_picture(document_of(tmp_path / "plan.pdf"), 1, scale=2.0)
    assert (picture.width, picture.height) == (MOST_PIXELS, MOST_PIXELS // 2)
    assert picture.scale == pytest.approx(MOST_PIXELS / 14400)


def test_what_was_filled_into_a_form_is_in_its_picture(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "form.pdf"), pagesize=(300, 200))
    canvas.drawString(20, 180, "Rent")
    canvas.acroForm.textfield(name="Rent", value="950 EUR", x=100, y=100, width=120, height=20, borderWidth=0)
    canvas.save()
    picture = page_picture(document_of(tmp_path / "form.pdf"), 1, scale=SCALE)
    assert dark(picture)[160:200, 204:430].sum() > 50


def test_a_page_of_a_file_inside_the_pdf_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    with_another = document_of(write_pdf(tmp_path / "agreement.pdf", AGREEMENT), pages=2)
    with pytest.raises(UnsupportedFile, match=r"a file inside agreement\.pdf"):
        page_picture(with_another, 2)


def test_another_place_of_the_same_bytes_will_do(tmp_path: Path, agreement: Document) -> None:
    moved = Path(agreement.path).rename(tmp_path / "moved.pdf")
    both = Document(**{**_fields(agreement), "paths": (agreement.path, str(moved))})
    assert page_picture(both, 1).width > 0


def test_a_file_that_is_gone_is_named_with_the_remedy(agreement: Document) -> None:
    page_picture(agreement, 1)
    Path(agreement.path).unlink()
    with pytest.raises(NotFoundError, match=r"agreement\.pdf is no longer .* ingest it again"):
        page_picture(agreement, 1)


def test_a_file_that_has_changed_is_not_shown(agreement: Document) -> None:
    page_picture(agreement, 1)
    path = Path(agreement.path)
    data = bytearray(path.read_bytes())
    data[-10] ^= 1  # same length
    path.write_bytes(data)
    os.utime(path, ns=(1, 1))
    with pytest.raises(LoadError, match="has changed since it was taken in"):
        page_picture(agreement, 1)


def test_what_cannot_be_drawn_is_told(tmp_path: Path, agreement: Document) -> None:
    with pytest.raises(NotFoundError, match="pages 1 to 2"):
        page_picture(agreement, 3)
    text = tmp_path / "note.txt"
    text.write_text("A note.")
    with pytest.raises(UnsupportedFile, match="no page pictures"):
        page_picture(document_of(text, media_type="text/plain"), 1)
    damaged = tmp_path / "damaged.pdf"
    damaged.write_bytes(b"%PDF-1.7 and nothing more")
    with pytest.raises(DamagedFile, match=r"damaged\.pdf cannot be drawn"):
        page_picture(document_of(damaged), 1)
    with pytest.raises(PasswordNeeded, match="passwords are not kept"):
        page_picture(document_of(write_pdf(tmp_path / "locked.pdf", AGREEMENT, password="key")), 1)


def test_many_threads_may_ask_at_once(tmp_path: Path) -> None:
    documents = [document_of(write_pdf(tmp_path / f"{n}.pdf", [f"Agreement number {n}"])) for n in range(12)]
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda document: page_picture(document, 1).png, documents * 3))
    assert len(set(drawn)) == 12
    assert drawn[:12] == drawn[12:24] == drawn[24:]


def _fields(document: Document) -> dict[str, object]:
    return {name: getattr(document, name) for name in Document.__dataclass_fields__}


def test_a_crop_leaves_empty_paper_at_the_sides_out(agreement: Document) -> None:
    picture = page_picture(agreement, 1, scale=SCALE)
    part = crop_around(picture, [Box(72, 72, 200, 85)])
    assert part.left == pytest.approx(72 - 12, abs=4)
    assert dark(part).sum() == dark(picture)[: round((85 + 36) * SCALE)].sum()
