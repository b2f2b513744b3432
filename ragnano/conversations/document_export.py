"""Exports a kept conversation as a Word document or a PDF, with its citations. All text is literal: what looks like
markup in a question or a document is displayed and has no effect.

The PDF uses DejaVu Sans, which comes with matplotlib: Latin, Greek and Cyrillic letters. Characters missing from it
(Chinese, Japanese, Korean …) appear as boxes there; Markdown and Word keep them.
"""

import importlib.util
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from ragnano.answering.presentation import direct_line, quote_of, words_beside
from ragnano.conversations.transcript import REMOVED
from ragnano.documents.locations import where
from ragnano.extras import require
from ragnano.types import Answer, Citation, ConversationInfo, Turn

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfgen.canvas import Canvas

Kind = Literal["title", "note", "question", "direct", "answer", "quote", "source"]

VERDICTS = {
    "answered": "Answered from the documents",
    "quoted": "Quoted from the documents",
    "not_found": "Not in the documents",
}

_FONT = "DejaVuSans"
_MARGIN_POINTS = 64
_COLOURS = {"note": "#5a5a5a", "source": "#5a5a5a"}


class Part(NamedTuple):
    """A paragraph and its kind. `bold` is the range [start, end) of the direct answer in it."""

    kind: Kind
    text: str
    bold: tuple[int, int] = (0, 0)

    def runs(self) -> tuple[str, str, str]:
        """Returns the text before the bold part, the bold part, and the text after it."""
        start, end = self.bold
        return self.text[:start], self.text[start:end], self.text[end:]


def parts(info: ConversationInfo, turns: Sequence[Turn]) -> Iterator[Part]:
    """Yields the conversation, paragraph by paragraph, without unprintable characters."""
    for part in _parts(info, turns):
        text = "".join(char if char.isprintable() else " " for char in " ".join(part.text.split()))
        yield part._replace(text=text)


def word(info: ConversationInfo, turns: Sequence[Turn]) -> bytes:
    """Returns the conversation as a Word document (.docx)."""
    from docx import Document
    from docx.shared import Pt

    document = Document()
    document.core_properties.title = info.title
    document.core_properties.author = "ragnano"
    document.core_properties.created = document.core_properties.modified = _moment(info.updated)
    document.styles["Normal"].font.size = Pt(10.5)
    styles: dict[Kind, str] = {"title": "Title", "question": "Heading 2", "quote": "Quote", "answer": "Normal"}
    for part in parts(info, turns):
        paragraph = document.add_paragraph(style=styles.get(part.kind, "Normal"))
        for at, text in enumerate(part.runs()):
            run = paragraph.add_run(text)
            run.bold = (at == 1) or None  # None: inherited from the paragraph style
            if part.kind in ("note", "source"):
                run.font.size, run.italic = Pt(9), part.kind == "note"
        if part.kind == "quote":
            paragraph.paragraph_format.keep_with_next = True
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def pdf(info: ConversationInfo, turns: Sequence[Turn]) -> bytes:
    """Returns the conversation as a PDF of numbered A4 pages."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    styles = _styles()
    packed = io.BytesIO()
    SimpleDocTemplate(
        packed,
        pagesize=A4,
        title=info.title,
        author="ragnano",
        invariant=1,
        **dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), _MARGIN_POINTS),
    ).build(
        [Paragraph(_markup(part), styles[part.kind]) for part in parts(info, turns)],
        onFirstPage=_number,
        onLaterPages=_number,
    )
    return packed.getvalue()


def _parts(info: ConversationInfo, turns: Sequence[Turn]) -> Iterator[Part]:
    yield Part("title", info.title)
    yield Part(
        "note", f"Begun {_local_time(info.created)}, last question {_local_time(info.updated)}. Made by ragnano."
    )
    for turn in turns:
        yield Part("question", f"{turn.number}. {turn.asked}")
        if turn.read_as != turn.asked:
            yield Part("note", f"Read as: {turn.read_as}")
        if turn.answer is None:
            yield Part("note", REMOVED)
            continue
        yield Part("note", f"{VERDICTS[turn.answer.verdict]} · {turn.answer.model} · {_local_time(turn.created)}")
        yield from _answered(turn.answer)


def _answered(answer: Answer) -> Iterator[Part]:
    if direct := direct_line(answer):
        yield Part("direct", direct, (0, len(direct)))
    for line in words_beside(answer).splitlines():
        yield Part("answer", line)
    for citation in answer.citations:
        yield from _cited(answer, citation, f"[{citation.number}] ")
    if answer.nearest:
        yield Part("note", "Closest clauses:")
        for citation in answer.nearest:
            yield from _cited(answer, citation, "")


def _cited(answer: Answer, citation: Citation, mark: str) -> Iterator[Part]:
    quote = quote_of(answer, citation)
    start = len(quote.before) + 1
    yield Part("quote", f"“{quote.whole}”", (start, start + len(quote.words)))
    yield Part("source", f"{mark}{where(citation)}")


def _markup(part: Part) -> str:
    """Returns the part as markup for reportlab's paragraphs."""
    from xml.sax.saxutils import escape

    before, bold, behind = map(escape, part.runs())
    return f'{before}<font name="{_FONT}-Bold">{bold}</font>{behind}' if bold else before + behind


def _moment(time: str) -> datetime:
    """Returns the time without its zone, which is UTC and which Word does not store."""
    return datetime.fromisoformat(time).replace(tzinfo=None)


def _local_time(time: str) -> str:
    return f"{time[:16].replace('T', ' ')} UTC"


def _number(canvas: "Canvas", _template: object) -> None:
    canvas.setFont(_FONT, 8)
    canvas.drawRightString(canvas._pagesize[0] - _MARGIN_POINTS, _MARGIN_POINTS / 2, str(canvas.getPageNumber()))


@lru_cache(maxsize=1)
def _styles() -> "dict[Kind, ParagraphStyle]":
    """Returns the styles of a PDF's paragraphs; registers the font once. Raises ExtraMissing without matplotlib."""
    require("pdf", "a conversation as PDF")
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    spec = importlib.util.find_spec("matplotlib")  # located, not imported: that takes 0.3 s
    assert spec is not None and spec.origin is not None
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    bold = f"{_FONT}-Bold"
    for name in (_FONT, bold):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))

    def style(kind: Kind, size: float, before: float = 0, after: float = 4, indent: float = 0) -> ParagraphStyle:
        return ParagraphStyle(
            kind,
            fontName=bold if kind in ("title", "question", "direct") else _FONT,
            fontSize=size,
            leading=size * 1.4,
            spaceBefore=before,
            spaceAfter=after,
            leftIndent=indent,
            textColor=_COLOURS.get(kind, "#1d1d1d"),
            keepWithNext=kind in ("question", "quote"),
        )

    return {
        "title": style("title", 17, after=8),
        "note": style("note", 8.5),
        "question": style("question", 11.5, before=14),
        "direct": style("direct", 11.5),
        "answer": style("answer", 10),
        "quote": style("quote", 9.5, before=4, after=2, indent=14),
        "source": style("source", 8.5, after=6, indent=14),
    }
