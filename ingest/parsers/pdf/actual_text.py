"""Finds and removes false /ActualText marks, which state that a PDF's letters are to be read as other text.

Programs use the marks for ligatures, hyphens and fonts without a character map. They can also state anything else,
while a person sees the letters. The functions take an open page and compare with the text pdfium reads without the
marks.
"""

import ctypes
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import pypdfium2.raw as pdfium

from ingest.characters.sanitize import clean
from ingest.parsers.pdf.hidden.unpainted import address_of
from ragnano.types import Hidden

_KEY = b"ActualText"
_DEEPEST = 6  # nested forms
_MOST_UNITS = 1 << 16  # UTF-16 units of one object's text
_RIGHT_TO_LEFT = ("R", "AL")
_UNMAPPED = ("Cc", "Cf", "Cn", "Co", "So")  # Unicode categories that pdfium returns for unmapped letters
_MOST_LETTERS = 4  # that one such letter may represent: a ligature

Marked = tuple[Any, Any]  # a text object and its mark


def remove_false_actual_text(page: Any, number: int) -> tuple[Hidden, ...]:
    """Remove the marks from the open page whose text differs from the letters; returns their text as hidden text."""
    marked = _marked(page)
    if not marked:
        return ()
    copy = page.pdf[number - 1]
    bare = _marked(copy)
    for text, mark in bare:
        pdfium.FPDFPageObj_RemoveMark(text, mark)
    actual_texts, visible_texts = _texts(page, marked), _texts(copy, bare)
    copy.close()
    removed: list[Hidden] = []
    for _, group in groupby(range(len(marked)), key=lambda at: address_of(marked[at][1])):
        places = list(group)
        actual_text, visible_text = ("".join(texts[at] for at in places) for texts in (actual_texts, visible_texts))
        if _differ(actual_text, visible_text):
            removed.append(Hidden("characters", " ".join(clean(actual_text).split())))
            for at in places:
                pdfium.FPDFPageObj_RemoveMark(*marked[at])
    return tuple(removed)


def _differ(actual_text: str, visible_text: str) -> bool:
    """Return whether letters or digits differ. For letters without a character map, the mark is the only source of the
    text.
    """
    one, other = _plain(actual_text), _plain(visible_text)
    if any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in actual_text):
        one, other = "".join(sorted(one)), "".join(sorted(other))
    if one == other or not one or not other:
        return False
    unmapped = sum(unicodedata.category(char) in _UNMAPPED for char in visible_text)
    if not 0 < len(one) - len(other) <= _MOST_LETTERS * unmapped:
        return True
    letters = iter(one)
    return not all(char in letters for char in other)


def _plain(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def _marked(page: Any) -> list[Marked]:
    return list(_walk(page.raw, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, 0))


def _walk(parent: Any, count: Any, get: Any, depth: int) -> Iterator[Marked]:
    """Yield the text objects with such a mark, in drawing order."""
    kind_of, marks = pdfium.FPDFPageObj_GetType, pdfium.FPDFPageObj_CountMarks
    for index in range(count(parent)):
        raw = get(parent, index)
        kind = kind_of(raw)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            for place in range(marks(raw)):
                mark = pdfium.FPDFPageObj_GetMark(raw, place)
                if pdfium.FPDFPageObjMark_GetParamValueType(mark, _KEY) == pdfium.FPDF_OBJECT_STRING:
                    yield raw, mark
                    break
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            yield from _walk(raw, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, depth + 1)


def _texts(page: Any, marked: Sequence[Marked]) -> list[str]:
    """Return the page's text for each object."""
    textpage = page.get_textpage()
    try:
        return [_text(text, textpage.raw) for text, _ in marked]
    finally:
        textpage.close()


def _text(text: Any, textpage: Any) -> str:
    size = pdfium.FPDFTextObj_GetText(text, textpage, None, 0)
    if not 2 < size <= 2 * _MOST_UNITS:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFTextObj_GetText(text, textpage, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")
