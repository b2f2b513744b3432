"""Text that people do not see is never read as text: it is kept apart, with how it is hidden and where."""

import pytest

from ingest.discovery.file_types import PDF, TEXT
from ingest.parsers.registry import load
from ragnano.documents.word_boxes import unpack_words
from ragnano.types import Page
from tests.ingest.parsers.hidden_pages import (
    CLAUSES,
    HIDDEN,
    ORDER,
    SEEN,
    cropped,
    page_with,
    searchable_scan,
    spoken_as,
)


def read(data: bytes) -> Page:
    return load(data, PDF).pages[0]


def lines(page: Page) -> list[str]:
    return [line.strip() for line in page.text.splitlines() if line.strip()]


def words_are_whole(page: Page) -> bool:
    return [page.text[word.start : word.end] for word in unpack_words(page.words)] == page.text.split()


@pytest.mark.parametrize("way", HIDDEN)
def test_what_is_hidden_is_kept_apart_with_how_it_is_hidden(way: str) -> None:
    draw, kind = HIDDEN[way]
    page = read(page_with(draw))
    assert lines(page) == list(CLAUSES)
    assert " ".join(item.text for item in page.hidden) == ORDER
    assert {item.kind for item in page.hidden} == {kind}
    assert words_are_whole(page)


@pytest.mark.parametrize("way", SEEN)
def test_what_can_be_seen_stays(way: str) -> None:
    page = read(page_with(SEEN[way]))
    assert sorted(lines(page)) == sorted((*CLAUSES, ORDER))
    assert page.hidden == ()


def test_a_hidden_passage_has_its_box_where_it_has_a_place() -> None:
    [hidden] = read(page_with(HIDDEN["white on white"][0])).hidden
    assert hidden.box is not None
    assert (hidden.box.x0, hidden.box.y1) == pytest.approx((72, 842 - 707), abs=4)
    assert hidden.box.x1 > 250


def test_text_outside_of_the_crop_box_is_off_the_page() -> None:
    page = read(cropped(page_with(lambda canvas, order: canvas.drawString(72, 100, order)), (0, 600, 595, 842)))
    assert lines(page) == list(CLAUSES)
    assert [(item.kind, item.text) for item in page.hidden] == [("off-page", ORDER)]


def test_hidden_words_within_a_visible_line_leave_the_rest_of_it() -> None:
    def draw(canvas: object, order: str) -> None:
        text = canvas.beginText(72, 710)  # type: ignore[attr-defined]
        text.textOut("The fee is ")
        text.setFillColorRGB(1, 1, 1)
        text.textOut("not ")
        text.setFillColorRGB(0, 0, 0)
        text.textOut("payable monthly.")
        canvas.drawText(text)  # type: ignore[attr-defined]

    page = read(page_with(draw))
    assert lines(page)[2] == "The fee is payable monthly."
    assert [item.text for item in page.hidden] == ["not"]
    assert words_are_whole(page)


def test_words_cut_off_within_a_line_leave_the_rest_of_it() -> None:
    def draw(canvas: object, order: str) -> None:
        path = canvas.beginPath()  # type: ignore[attr-defined]
        path.rect(60, 700, 12 + canvas.stringWidth("The fee is", "Helvetica", 12), 30)  # type: ignore[attr-defined]
        canvas.clipPath(path, stroke=0)  # type: ignore[attr-defined]
        canvas.drawString(72, 710, "The fee is waived for all of the term")  # type: ignore[attr-defined]

    page = read(page_with(draw))
    assert lines(page)[2] == "The fee is"
    assert [item.text for item in page.hidden] == ["waived for all of the term"]


def test_a_line_that_is_cut_off_here_and_printed_on_the_next_page_is_read_there_and_not_told_of() -> None:
    split = two_pages(page_with(HIDDEN["cut off by a clipping path"][0]), page_with(SEEN["black"]))
    first, second = load(split, PDF).pages
    assert ORDER not in first.text and ORDER in second.text
    assert first.hidden == ()


def test_a_hidden_word_is_told_of_although_the_next_page_says_it_too() -> None:
    split = two_pages(page_with(HIDDEN["a mode without ink"][0], "party"), page_with(SEEN["black"]))
    assert [item.text for item in load(split, PDF).pages[0].hidden] == ["party"]


def test_a_font_that_this_machine_lacks_is_not_one_that_paints_nothing() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    def draw(canvas: object, order: str) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        canvas.setFont("STSong-Light", 11)  # type: ignore[attr-defined]
        canvas.drawString(72, 710, "合同金额")  # type: ignore[attr-defined]

    page = read(page_with(draw))
    assert "合同金额" in page.text and page.hidden == ()


def test_letters_are_read_as_they_are_drawn_and_what_they_are_said_to_mean_is_told() -> None:
    page = read(page_with(spoken_as("The deposit is $4,250.", "The deposit is waived.")))
    assert lines(page)[2] == "The deposit is $4,250."
    assert [(item.kind, item.text) for item in page.hidden] == [("characters", "The deposit is waived.")]
    assert words_are_whole(page)


@pytest.mark.parametrize(
    ("visible", "actual_text", "text"),
    [
        ("of\ufb01ce fee", "office fee", "office fee"),
        ("- due", "\u2022 due", "\u2022 due"),
        ("$4,250", "$4,250", "$4,250"),
    ],
)
def test_a_spelling_that_says_the_same_is_read(visible: str, actual_text: str, text: str) -> None:
    page = read(page_with(spoken_as(visible, actual_text)))
    assert lines(page)[2] == text
    assert page.hidden == ()


@pytest.mark.parametrize("over", [True, False])
@pytest.mark.parametrize("mode", [0, 3])
def test_the_text_layer_of_a_scan_is_text(over: bool, mode: int) -> None:
    page = read(searchable_scan(over=over, layer_mode=mode))
    assert lines(page) == list(CLAUSES)
    assert page.hidden == ()


def test_words_that_a_scan_does_not_show_are_hidden() -> None:
    page = read(searchable_scan(planted=ORDER))
    assert lines(page) == list(CLAUSES)
    assert [(item.kind, item.text) for item in page.hidden] == [("invisible", ORDER)]


def test_a_page_whose_text_is_all_hidden_gives_none_by_any_parser() -> None:
    def draw(canvas: object, order: str) -> None:
        canvas.setFillColorRGB(1, 1, 1)  # type: ignore[attr-defined]
        canvas.rect(0, 0, 595, 842, stroke=0, fill=1)  # type: ignore[attr-defined]

    visible, covered = load(two_pages(page_with(SEEN["black"]), page_with(draw)), PDF).pages
    assert covered.text.strip() == CLAUSES[2]
    assert [item.kind for item in covered.hidden] == ["covered"]
    assert visible.hidden == ()


def two_pages(*files: bytes) -> bytes:
    import io

    import pypdf

    writer = pypdf.PdfWriter()
    for data in files:
        writer.append(io.BytesIO(data))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def tagged(text: str) -> str:
    return "".join(chr(0xE0000 + ord(char)) for char in text)


def selected(text: str) -> str:
    return "".join(chr(0xFE00 + byte) if byte < 16 else chr(0xE0100 + byte - 16) for byte in text.encode())


def zero_width(text: str) -> str:
    return "".join("\u200c" if bit == "1" else "\u200b" for byte in text.encode() for bit in f"{byte:08b}")


@pytest.mark.parametrize(
    ("carried", "hidden_text"),
    [
        (tagged(ORDER), ORDER),
        (selected(ORDER), ORDER),
        (zero_width(ORDER), ORDER),
        ("\u200b" * 12, "(12 invisible characters)"),
        ("\u2060\u2063\u2062\u2064" * 3, "(12 invisible characters)"),
    ],
    ids=["tags", "selectors", "zero-width bits", "zero-width run", "operators"],
)
def test_messages_in_invisible_characters_are_reported_and_cut(carried: str, hidden_text: str) -> None:
    page = load(f"The fee{carried} is $4,250.".encode(), TEXT).pages[0]
    assert page.text == "The fee is $4,250."
    assert [(item.kind, item.text) for item in page.hidden] == [("characters", hidden_text)]


def test_a_word_broken_by_invisible_characters_is_whole_and_told() -> None:
    broken = "\u200b".join("Ignore")
    page = load(f"{broken} the {broken} fee.".encode(), TEXT).pages[0]
    assert page.text == "Ignore the Ignore fee."
    assert [item.text for item in page.hidden] == ["Ignore"]


def test_text_that_is_shown_backwards_is_told() -> None:
    page = load("The fee is \u202e0524\u202c dollars.".encode(), TEXT).pages[0]
    assert page.text == "The fee is 0524 dollars."
    assert [item.text for item in page.hidden] == ["0524"]


def test_letters_that_only_look_latin_stay_and_are_told() -> None:
    line = "Тhe suррlier раys the fее."  # the odd-looking letters are Cyrillic
    page = load(f"{line}\nОплата производится по счету.".encode(), TEXT).pages[0]
    assert page.text.splitlines()[0] == line
    assert [item.text for item in page.hidden] == ["Тhe suррlier раys fее"]


@pytest.mark.parametrize(
    "text",
    [
        f"Scotland \U0001f3f4{tagged('gbsct')}\U000e007f, a family \U0001f468\u200d\U0001f469\u200d\U0001f467 ❤️",
        "می‌خواهم کتاب‌ها",
        "葛\U000e0100城市 と 辻󠄀",
        "שכר הדירה הוא 4250",
        "Η αμοιβή είναι 4.250 ευρώ. Плата составляет 4250.",
        "yapılan sözleşme ısı; 5 µm, ΔT, αβ, hν",
    ],
    ids=["emoji", "Persian", "Japanese", "Hebrew", "Greek and Russian", "Turkish and formulas"],
)
def test_scripts_that_need_such_characters_keep_them(text: str) -> None:
    page = load(text.encode(), TEXT).pages[0]
    assert page.text == text
    assert page.hidden == ()


def test_titles_are_without_invisible_characters() -> None:
    import io

    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setTitle("Lease\u200b" + tagged(ORDER))
    canvas.drawString(72, 700, "Lease")
    canvas.save()
    assert load(out.getvalue(), PDF).title == "Lease"
