"""Right-to-left scripts, and scripts without spaces: order, sentences, sections and chunks."""

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.characters.bidi import as_spoken
from ingest.characters.sanitize import clean_mapped
from ingest.chunking.chunker import Chunker
from ragnano.documents.word_boxes import unpack_words
from ragnano.text.words import sentences
from tests.ingest.fakes import bare_pdf
from tests.ingest.structure.fakes import blocks, loaded, printed

HEBREW = "שלום עולם 30 ימים"
ARABIC = "عقد الإيجار"
CHINESE = [
    "第一条 合同期限",
    "本合同自双方签字之日起生效，有效期为三年。合同期满前",
    "三十日内，任何一方均可以书面形式通知对方终止本合同。逾期",
    "未通知的，本合同自动延长一年。",
    "第二条 价款",
    "乙方应当在收到发票后三十日内支付货款人民币十万元。",
]
JAPANESE = [
    "第1条（契約期間）",
    "本契約の有効期間は、締結の日から三年間とする。期間満了の",
    "三か月前までに申し出がないときは、さらに一年間延長する。",
]


def mapped(text: str) -> tuple[dict[str, str], bytes]:
    """Returns a code for each character of the text except digits and spaces, and the character map for them."""
    letters = sorted(set(text) - set(" 0123456789"))
    codes = {letter: chr(65 + place) for place, letter in enumerate(letters)}
    pairs = [(ord(code), ord(letter)) for letter, code in codes.items()]
    pairs += [(ord(char), ord(char)) for char in set(text) - set(letters)]
    chars = " ".join(f"<{code:02X}> <{char:04X}>" for code, char in sorted(pairs))
    return codes, f"{len(pairs)} beginbfchar {chars} endbfchar".encode()


def drawn(text: str, codes: dict[str, str]) -> bytes:
    return "".join(codes.get(char, char) for char in text).encode()


@pytest.mark.parametrize("text", [HEBREW, ARABIC])
def test_text_drawn_from_the_left_with_its_last_letter_first_is_read_from_its_first(text: str) -> None:
    codes, cmap = mapped(text)
    seen = text[::-1].replace("03", "30")
    page = loaded(bare_pdf(b"BT /F1 10 Tf 20 170 Td (%s) Tj ET" % drawn(seen, codes), to_unicode=cmap)).pages[0]
    assert page.text == text
    lefts = [word.box.x0 for word in unpack_words(page.words)]
    assert lefts == sorted(lefts, reverse=True)


def test_text_drawn_letter_by_letter_from_the_right_is_read_as_it_is_drawn() -> None:
    codes, cmap = mapped(ARABIC)
    shown = b"".join(
        b"1 0 0 1 %d 100 Tm (%s) Tj " % (250 - 8 * place, drawn(char, codes)) for place, char in enumerate(ARABIC)
    )
    page = loaded(bare_pdf(b"BT /F1 10 Tf " + shown + b"ET", to_unicode=cmap)).pages[0]
    assert page.text.replace(" ", "") == ARABIC.replace(" ", "")


def test_backward_runs_whose_letters_have_one_place_are_turned_round_with_their_numbers_kept() -> None:
    """pdfium returns text like this where a file stores it behind its glyphs."""
    turned = as_spoken(clean_mapped("to " + HEBREW[::-1].replace("03", "30") + " from"), lambda at: 20.0)
    assert turned.text == f"to {HEBREW} from"
    assert [turned.units[turned.text.index(char)] for char in "t\u05e93f"] == [0, 19, 8, 21]


def test_runs_that_begin_right_of_their_end_are_left_alone() -> None:
    given = clean_mapped(HEBREW)
    assert as_spoken(given, lambda at: 300.0 - at) is given


def asian(lines: list[str], font: str) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(font))

    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, 11)
        for row, line in enumerate(lines):
            canvas.drawString(60, 700 - 18 * row, line)

    return printed(draw)


@pytest.mark.parametrize(("lines", "font"), [(CHINESE, "STSong-Light"), (JAPANESE, "HeiseiMin-W3")])
def test_lines_of_chinese_and_japanese_lose_no_character_and_get_no_spaces(lines: list[str], font: str) -> None:
    data = asian(lines, font)
    pages = loaded(data).pages
    assert pages[0].text == "\n".join(lines)
    chunks = Chunker(200, lambda texts: [len(text) for text in texts]).chunks("d", pages, blocks(data), "")
    assert "".join(chunk.text for chunk in chunks).replace("\n", "") == "".join(lines)


def test_chinese_articles_are_sections_and_sentences_end_at_their_full_stop() -> None:
    data = asian(CHINESE, "STSong-Light")
    assert [block.section for block in blocks(data)] == [("第一条 合同期限",)] * 2 + [("第二条 价款",)] * 2
    body = "".join(CHINESE[1:4])
    assert [body[start:end] for start, end in sentences(body)] == [
        "本合同自双方签字之日起生效，有效期为三年。",
        "合同期满前三十日内，任何一方均可以书面形式通知对方终止本合同。",
        "逾期未通知的，本合同自动延长一年。",
    ]


def test_a_long_chinese_clause_is_cut_between_sentences_and_without_stops_between_characters() -> None:
    def count(texts: object) -> list[int]:
        return [len(text) for text in texts]  # type: ignore[attr-defined]

    data = asian(CHINESE, "STSong-Light")
    chunks = Chunker(64, count).chunks("d", loaded(data).pages, blocks(data), "")
    assert all(chunk.text.endswith("。") and chunk.tokens <= 64 for chunk in chunks)
    endless = asian(["货物价款合同期限"[row:] * 5 for row in range(4)], "STSong-Light")
    pieces = Chunker(64, count).chunks("d", loaded(endless).pages, blocks(endless), "")
    assert sum(len(chunk.text.replace("\n", "")) for chunk in pieces) == 5 * (8 + 7 + 6 + 5)
    assert max(chunk.tokens for chunk in pieces) <= 64
