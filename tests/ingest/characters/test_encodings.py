"""Texts of any encoding: read as written, or reported; never ingested as meaningless characters."""

import pytest

from ingest.characters.encodings import decode
from ingest.discovery.file_types import CSV, TEXT
from ingest.parsers.registry import load
from ragnano.errors import DamagedFile

RUSSIAN = "Договор аренды. Арендная плата составляет 500 рублей в месяц; срок договора — три года.\n"
GREEK = "Το μίσθωμα είναι 500 ευρώ τον μήνα. Η διάρκεια της σύμβασης είναι τρία έτη.\n"
JAPANESE = "契約期間は三年とする。賃料は月額五万円とする。\n"
GERMAN = "Ein Büro für fünf Mieter, Süd. Die Miete beträgt 500 im Monat.\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN.replace("—", "-"), "iso8859-5"),
        (RUSSIAN.replace("—", "-"), "cp866"),
        (GREEK, "iso8859-7"),
        (GREEK, "cp1253"),
        ("שכר הדירה הוא 500 שקלים לחודש. תקופת השכירות היא שלוש שנים.\n", "cp1255"),
        ("الإيجار خمسمائة في الشهر. مدة العقد ثلاث سنوات.\n", "cp1256"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        ("合同期限为三年。租金为每月五万元。\n", "gbk"),
        ("合同期限為三年。租金為每月五萬元。\n", "big5"),
        ("계약 기간은 삼 년으로 한다. 임대료는 월 오만 원이다.\n", "euc_kr"),
    ],
)
@pytest.mark.parametrize("times", [1, 1_500])
def test_text_of_other_scripts_is_read_as_it_was_written(text: str, encoding: str, times: int) -> None:
    assert decode((text * times).encode(encoding)) == (text * times, True)


@pytest.mark.parametrize(
    "text",
    [
        "L'été, « déjà » été — “où ?” … ¿Él? ¡Ñandú! Ça a été créé. Œuvre.",
        "Größe: 5 m². Äußerst süße Öfen für 500 €.",
        "1. Term ········ 3\n2. Rent …………… 4\n3. Notice •••••• 5",
        "Café",
    ],
)
def test_western_text_of_windows_is_read_without_a_guess(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("charset_normalizer.from_bytes")
    assert load(text.encode("cp1252"), TEXT).pages[0].text == text


def test_bytes_that_are_no_utf_8_cost_a_text_nothing() -> None:
    data = "The café’s fee is “5 €”.\n".encode() * 3 + "The naïve clause — pasted in.".encode("cp1252")
    assert load(data, TEXT).pages[0].text.splitlines()[2:] == [
        "The café’s fee is “5 €”.",
        "The naïve clause — pasted in.",
    ]


def test_a_stray_byte_makes_no_other_encoding() -> None:
    text = "The rent is due on the first day of the month. " * 20
    assert load(text.encode() + b"\x81", TEXT).pages[0].text == text


@pytest.mark.parametrize("data", [GERMAN.encode("cp437"), RUSSIAN.replace("—", "-").encode("koi8-r")])
def test_what_cannot_be_told_is_named_and_not_taken_in_as_nonsense(data: bytes) -> None:
    for kind in (TEXT, CSV):
        with pytest.raises(DamagedFile, match=r"encoding cannot be determined.*UTF-8"):
            load(data, kind)


def test_a_table_of_another_script_is_read() -> None:
    [page] = load("Статья;Сумма\nАрендная плата;500\nДоговор поставки насосов;700\n".encode("cp1251"), CSV).pages
    assert page.text == "| Статья | Сумма |\n| Арендная плата | 500 |\n| Договор поставки насосов | 700 |"
