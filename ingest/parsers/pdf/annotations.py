"""Extracts what people have added to a PDF page: form field values, ticked boxes and comments.

The page's own text does not contain them, although a viewer displays them. They are appended to that text, one line
each, with a mark for the field. The label of a ticked box or chosen button is the text printed beside it, or its name;
boxes that are not ticked are left out. Passwords are left out, too; annotations that a viewer must not display count as
hidden text. Takes an open page, and later the text that was read from it.
"""

import ctypes
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pypdfium2.raw as pdfium

from ingest.characters.sanitize import clean
from ingest.parsers.pdf.page_text import on_picture
from ragnano.documents.word_boxes import Word, pack_words, unpack_words
from ragnano.types import Box, Hidden, Mark, Page

_COMMENTS = frozenset(
    {
        pdfium.FPDF_ANNOT_TEXT,
        pdfium.FPDF_ANNOT_FREETEXT,
        pdfium.FPDF_ANNOT_HIGHLIGHT,
        pdfium.FPDF_ANNOT_UNDERLINE,
        pdfium.FPDF_ANNOT_SQUIGGLY,
        pdfium.FPDF_ANNOT_STRIKEOUT,
        pdfium.FPDF_ANNOT_CARET,
    }
)
_WRITTEN = frozenset({pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX})
_BUTTONS = frozenset({pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON})
_PASSWORD = 1 << 13  # flag of a text field, ISO 32000-1 table 228
_NOT_SHOWN = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
_MOST_NOTES = 2_000  # per page
_MOST_BYTES = 1 << 20  # per value
_NAME = re.compile(r"[^\W\d_][\w /.,()'-]*")  # "Monthly rent", not "topmostSubform[0].f1_01[0]"
_GIVEN = re.compile(r"(?i)(check ?box|radio ?button|button|group|text( ?field)?|field|undefined|untitled)[ _]*\d*")
_NEAR = 1.5  # of a box's height: largest distance to its label
_NEXT = 0.8  # of a letter's height: largest distance to the label's next word
_MOST_LABEL = 100  # characters


class Note(NamedTuple):
    """An annotation's content and position. `kind` is one of pdfium's form field types, None for a comment.

    `name` is the field's name ("" if it has none that people use), `description` the author's description of it;
    `value` of a button is the option it represents. `visible`: a viewer displays it.
    """

    kind: int | None
    name: str
    description: str
    value: str
    visible: bool
    box: Box


def notes_of(page: Any, form: Any) -> tuple[Note, ...]:
    """Return the annotations of the open page. `form`: the file's form environment, or None."""
    return tuple(_notes(page, form))


def with_notes(read: Page, notes: Sequence[Note]) -> Page:
    """Return the page with its annotations appended to its text."""
    if not notes:
        return read
    text, words, marks, hidden = read.text.rstrip("\n"), list(unpack_words(read.words)), list(read.marks), []
    printed = tuple(words)
    for note in notes:
        line, name = _line_and_name(note, lambda box: _beside(read.text, printed, box))
        if not note.visible:
            hidden.append(Hidden("invisible", line, note.box))
            continue
        text += "\n\n" if text else ""
        start = len(text)
        text += line
        marks.append(Mark(start, len(text), "note" if note.kind is None else f"form field {name}".strip()))
        words += [Word(start + at.start(), start + at.end(), note.box) for at in re.finditer(r"\S+", line)]
    return replace(read, text=text, words=pack_words(words), marks=tuple(marks), hidden=(*read.hidden, *hidden))


def _line_and_name(note: Note, beside: Callable[[Box], str]) -> tuple[str, str]:
    """Return the line that reports an annotation, and the name of its field."""
    if note.kind == pdfium.FPDF_FORMFIELD_CHECKBOX:
        name = note.description or beside(note.box) or note.name
        return (f"{name}: ticked" if name else "ticked"), name
    if note.kind == pdfium.FPDF_FORMFIELD_RADIOBUTTON:
        # For all buttons of a group, pdfium returns the description of the first one.
        chosen = beside(note.box) or note.value
        return (f"{note.name}: {chosen} (chosen)" if note.name else f"{chosen}: chosen"), note.name
    name = note.description or note.name
    return (f"{name}: {note.value}" if name else note.value), name


def _beside(text: str, words: Sequence[Word], box: Box) -> str:
    """Return the words printed to the right of a box, on its line, up to the next gap."""
    level = [
        word for word in words if word.box.x0 >= box.x0 and box.y0 - 2 <= (word.box.y0 + word.box.y1) / 2 <= box.y1 + 2
    ]
    label: list[str] = []
    end, reach = box.x1, _NEAR * (box.y1 - box.y0)
    for word in sorted(level, key=lambda word: word.box.x0):
        if word.box.x0 - end > reach:
            break
        label.append(text[word.start : word.end])
        end, reach = word.box.x1, _NEXT * (word.box.y1 - word.box.y0)
    return " ".join(label)[:_MOST_LABEL]


def _notes(page: Any, form: Any) -> Iterator[Note]:
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), _MOST_NOTES)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        try:
            found = _note(annotation, form)
            if found is not None:
                visible = not pdfium.FPDFAnnot_GetFlags(annotation) & _NOT_SHOWN
                yield Note(*found, visible, _box(annotation, page))
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _note(annotation: Any, form: Any) -> tuple[int | None, str, str, str] | None:
    """Return kind, name, description and value, as in `Note`; None if there is nothing to report."""
    subtype = pdfium.FPDFAnnot_GetSubtype(annotation)
    if subtype in _COMMENTS:
        text = _string(lambda buffer, size: pdfium.FPDFAnnot_GetStringValue(annotation, b"Contents", buffer, size))
        return (None, "", "", text) if text else None
    if subtype != pdfium.FPDF_ANNOT_WIDGET or form is None:
        return None

    def ask(function: Any) -> str:
        return _string(lambda buffer, size: function(form, annotation, buffer, size))

    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in _BUTTONS:
        if not pdfium.FPDFAnnot_IsChecked(form, annotation):
            return None
        value = ask(pdfium.FPDFAnnot_GetFormFieldExportValue)
    elif kind in _WRITTEN and not pdfium.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD:
        value = ask(pdfium.FPDFAnnot_GetFormFieldValue)
    else:
        return None
    name = ask(pdfium.FPDFAnnot_GetFormFieldName)
    name = name if _NAME.fullmatch(name) and not _GIVEN.fullmatch(name) else ""
    return (kind, name, ask(pdfium.FPDFAnnot_GetFormFieldAlternateName), value) if value else None


def _string(ask: Callable[[Any, int], int]) -> str:
    """Return a zero-terminated UTF-16 string from pdfium on one line; "" if there is none or it is too long."""
    size = ask(None, 0)
    if not 2 < size <= _MOST_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(size)
    ask(ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return " ".join(clean(buffer.raw[: size - 2].decode("utf-16-le", "replace")).split())


def _box(annotation: Any, page: Any) -> Box:
    rect = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(annotation, ctypes.byref(rect))
    edges = np.array([[[rect.left, rect.top, rect.right, rect.bottom]] * 2], dtype=np.float32)
    width, height = page.get_size()
    return Box(*np.clip(on_picture(edges, page)[0], 0, (width, height, width, height)).tolist())
