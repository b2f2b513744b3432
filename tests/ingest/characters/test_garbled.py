"""A page with undecodable characters is distinguished from text of any kind and script."""

import pytest

from ingest.characters.garbled import is_noise

CLAUSE = "Either party may terminate this Agreement for convenience on sixty (60) days' prior written notice. "


def shifted(text: str, by: int) -> str:
    """Returns the text as left by a font without a character map: its glyph numbers taken for characters."""
    return "".join(char if char.isspace() else chr(33 + (ord(char) - 33 + by) % 94) for char in text)


@pytest.mark.parametrize("by", [3, 11, 29])
def test_shifted_letters_are_noise(by: int) -> None:
    assert is_noise(shifted(CLAUSE * 4, by))


def test_private_characters_and_replacements_are_noise() -> None:
    assert is_noise("\ue012\ue034\ue001 " * 20)
    assert is_noise("\ufffd\ufffd\ufffd\ufffd " * 20)


@pytest.mark.parametrize(
    "text",
    [
        CLAUSE * 3,
        "| 1 | $1,250.00 | 12% |\n" * 20,
        "Jan-07 Feb-07 Mar-07 [***] [***] 000s N/A " * 10,
        "ACCT# QX-7731-B REF# ZZ-8810-K SKU# 44-PLM-09 and the price of each item is stated " * 5,
        "甲方应当在合同终止后三十日内支付全部款项。" * 5,
        "يجب على الطرف الأول دفع المبلغ خلال ثلاثين يوما. " * 5,
        "Каждая сторона вправе расторгнуть договор. " * 5,
        "\uf0b7 The first item of a list with a symbol font's bullet\n" * 5,
        "",
        "x9$",
    ],
    ids=["clause", "figures", "struck out", "codes", "Chinese", "Arabic", "Russian", "bullets", "empty", "short"],
)
def test_text_is_no_noise(text: str) -> None:
    assert not is_noise(text)
