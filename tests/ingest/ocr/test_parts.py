"""Parts of OCR that need no Tesseract: words to text, skew, rotation and its inverse, columns, rows."""

import math

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ingest.ocr.columns import regions
from ingest.ocr.deskew import Laid, as_it_lies, enlarged, evened, inked, levelled, skew_of, turned
from ingest.ocr.page_text import text_of
from ingest.ocr.rows import rows
from ingest.ocr.tesseract import Line, Word


def line(*texts: str, left: int = 0, top: int = 0) -> Line:
    return tuple(
        Word(text, 90.0, (left + 50 * at, top, left + 50 * at + 40, top + 20)) for at, text in enumerate(texts)
    )


def ruled(width: int = 900, height: int = 1200) -> Image.Image:
    """Returns bars in place of lines of text."""
    sheet = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(sheet)
    for top in range(100, height - 100, 40):
        for left in range(100, width - 160, 60):
            draw.rectangle((left, top, left + 45, top + 14), fill=0)
    return sheet


def test_spans_hold_exactly_their_words() -> None:
    text, spans = text_of([line("Notice", "of"), line("termination.")])
    assert text == "Notice of\ntermination."
    assert [text[start:end] for start, end in spans] == ["Notice", "of", "termination."]


def test_a_word_broken_at_a_lines_end_is_joined_with_its_hyphen_kept() -> None:
    text, spans = text_of([line("a", "non-"), line("exclusive", "licence")])
    assert text == "a non-exclusive licence"
    assert [text[start:end] for start, end in spans] == ["a", "non-", "exclusive", "licence"]


@pytest.mark.parametrize(("before", "after"), [("-", "and"), ("88-", "204"), ("Sub-", "Section"), ("end.", "next")])
def test_what_is_no_broken_word_stays_on_its_line(before: str, after: str) -> None:
    assert text_of([line(before), line(after)])[0] == f"{before}\n{after}"


def test_scripts_without_spaces_are_joined_and_others_are_not() -> None:
    assert text_of([line("契約", "の", "期間", "は", "30", "日", "。")])[0] == "契約の期間は 30 日。"
    assert text_of([line("계약", "기간")])[0] == "계약 기간"


def test_nothing_read_is_no_text() -> None:
    assert text_of([]) == ("", [])


def test_pieces_of_one_printed_line_are_one_line_from_left_to_right() -> None:
    cells = [line("Monthly", "fee", left=200, top=100), line("$500", left=600, top=104), line("1.", left=100, top=98)]
    after = line("Deposit", left=200, top=140)
    assert [[word.text for word in row] for row in rows([after, *cells])] == [
        ["1.", "Monthly", "fee", "$500"],
        ["Deposit"],
    ]


def test_lines_that_overlap_stay_apart() -> None:
    assert len(rows([line("One", "two"), line("Three", "four", top=14)])) == 2


@pytest.mark.parametrize("degrees", [-6.0, -2.0, -0.5, 0.0, 1.0, 4.0])
def test_skew_is_found_to_a_fifth_of_a_degree(degrees: float) -> None:
    askew = ruled().rotate(degrees, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    assert skew_of(askew, 100.0) == pytest.approx(degrees, abs=0.2)
    assert skew_of(levelled(as_it_lies(askew), 100.0).picture, 100.0) == pytest.approx(0.0, abs=0.2)


def test_paper_without_lines_has_no_skew() -> None:
    assert skew_of(Image.new("L", (400, 400), 255), 100.0) == 0.0
    noise = np.random.default_rng(1).integers(0, 256, (400, 400)).astype(np.uint8)
    assert skew_of(Image.fromarray(noise), 100.0) == 0.0


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_boxes_on_a_turned_picture_lead_back_to_the_same_ink(quarters: int) -> None:
    sheet = Image.new("L", (300, 200), 255)
    ImageDraw.Draw(sheet).rectangle((40, 30, 99, 49), fill=0)
    laid = enlarged(turned(as_it_lies(sheet), quarters), 2.0)
    found = Image.eval(laid.picture, lambda light: 255 - light).point([0] * 128 + [255] * 128).getbbox()
    assert laid.original(np.array([found], dtype=float))[0] == pytest.approx((40, 30, 100, 50), abs=1)


def test_boxes_on_a_levelled_picture_lead_back_to_the_same_ink() -> None:
    askew = ruled().rotate(4.0, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    laid = levelled(as_it_lies(askew), 100.0)
    assert isinstance(laid, Laid) and laid.picture.size != askew.size
    rows_of_ink = np.flatnonzero((np.asarray(laid.picture) < 128).any(axis=1))
    columns = np.flatnonzero((np.asarray(laid.picture)[rows_of_ink[0] : rows_of_ink[0] + 12] < 128).any(axis=0))
    first = np.array([[columns[0], rows_of_ink[0], columns[0] + 45, rows_of_ink[0] + 14]], dtype=float)
    x0, y0, x1, y1 = laid.original(first)[0]
    inside = np.asarray(askew.crop((math.floor(x0), math.floor(y0), math.ceil(x1), math.ceil(y1)))) < 128
    assert inside.mean() > 0.6


def test_shadow_and_dim_paper_are_made_white_and_ink_stays_dark() -> None:
    light = np.asarray(ruled(), dtype=float) * 0.5 + 40
    light -= np.linspace(0, 35, light.shape[1])
    even = np.asarray(evened(Image.fromarray(light.astype(np.uint8))))
    dark = np.asarray(ruled()) < 128
    assert even[~dark].min() > 225
    assert even[dark].max() < 120


def test_dust_and_scanner_edges_are_hardly_ink() -> None:
    sheet = Image.new("L", (800, 1000), 245)
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((0, 0, 25, 1000), fill=20)
    draw.point([(at, at) for at in range(100, 700, 30)], fill=0)
    assert inked(sheet) < 0.001 < inked(ruled())


def columns_of(gutter: int, *, title: bool = False) -> Image.Image:
    """Returns two columns of justified lines with words of varying width; without a gutter, lines across the page."""
    chance = np.random.default_rng(4)
    sheet = Image.new("L", (1020, 1320), 255)
    draw = ImageDraw.Draw(sheet)
    edges = ((100, 510 - gutter // 2), (510 + gutter // 2, 920)) if gutter else ((100, 920),)
    for top in range(240, 1200, 30):
        for left, right in edges:
            while left < right - 20:
                end = left + int(chance.integers(20, 90))
                draw.rectangle((left, top, min(end, right), top + 12), fill=0)
                left = end + int(chance.integers(7, 16))
    if title:
        draw.rectangle((200, 100, 820, 130), fill=0)
    return sheet


def test_columns_are_regions_of_their_own_below_a_title() -> None:
    above, left, right = regions(columns_of(60, title=True), 120.0)
    assert above[0] == 0 and above[2] == 1020 and 130 <= above[3] <= 240
    assert left[2] == right[0] and 480 <= left[2] <= 540
    assert left[1] == right[1] == above[3]


def test_a_page_of_prose_and_a_table_are_one_region() -> None:
    assert len(regions(columns_of(0), 120.0)) == 1
    table = Image.new("L", (1020, 1320), 255)
    draw = ImageDraw.Draw(table)
    for top in range(100, 1200, 30):
        draw.rectangle((100, top, 320, top + 12), fill=0)
        draw.rectangle((700, top, 800, top + 12), fill=0)
    assert len(regions(table, 120.0)) == 1


def test_an_empty_page_has_no_region() -> None:
    assert regions(Image.new("L", (600, 800), 255), 100.0) == []
