"""Displays document text exactly as it is: never as Markdown, HTML, LaTeX, emoji codes or links.

`escape` is for places where Streamlit expects Markdown (labels, messages, captions); the `…_html` functions are for
longer text, passed to `st.html`.
"""

import html
import re
import string
from collections.abc import Iterable, Sequence

# An empty coloured span shows nothing and separates the text before it from the text after it. Needed where Streamlit
# replaces runs of plain text after processing Markdown escapes: `:smile:`, ` -> `, www., mail addresses.
PART = ":gray[]"

_PUNCTUATION = re.compile("[" + re.escape(string.punctuation) + "]")
_EMOJI = re.compile(r":(?=[\w+-]+:)")
_ARROWS = re.compile(r"[<>~=-]{2,}")
_LINKS = re.compile(r"(?:https?:(?=//)|www(?=\.)|@)", re.IGNORECASE)
_MARK = re.compile(r"\[(\d{1,2})\]")
_CUT = "\x00"


def escape(text: str) -> str:
    """Return Markdown that Streamlit displays as `text`, in one line: white space is folded, the rest unchanged."""
    text = " ".join(text.replace(_CUT, "\ufffd").split())
    text = _EMOJI.sub(":" + _CUT, text)
    text = _LINKS.sub(lambda match: match.group() + _CUT, text)
    text = _ARROWS.sub(lambda match: _CUT.join(match.group()), text)
    return _PUNCTUATION.sub(r"\\\g<0>", text).replace(_CUT, PART)


def answer_html(text: str, citations: int = 0, key: str = "") -> str:
    """Return an answer as HTML; its marks [1] … [citations] become raised numbers, other brackets are unchanged.

    With a key they are buttons, whose clicks js_bridge.py handles; the key must be safe in HTML.
    """

    def raised(match: re.Match[str]) -> str:
        number = int(match.group(1))
        return _mark_html(number, key) if 1 <= number <= citations else match.group()

    return f'<div class="rn-answer">{_MARK.sub(raised, _lines(text))}</div>'


def direct_html(text: str, number: int, key: str = "") -> str:
    """Return the direct answer as HTML with the mark of its citation; a key makes the mark a button, as in
    `answer_html`.
    """
    return f'<div class="rn-direct">{html.escape(" ".join(text.split()))} {_mark_html(number, key)}</div>'


def copy_html(text: str, label: str = "Copy") -> str:
    """Return a button that copies the text to the clipboard; js_bridge.py handles the click."""
    return (
        f'<button class="rn-copy" type="button" data-copy="{html.escape(text)}">'
        f'<span aria-live="polite">{html.escape(label)}</span></button>'
    )


def quote_html(quote: str, marked: tuple[int, int] | None = None) -> str:
    """Return quoted words as HTML, with those at `marked`, [start, end), marked.

    Lines are reflowed, because line breaks on the page have no meaning here.
    """
    start, end = marked or (len(quote), len(quote))
    words = f"<mark>{html.escape(quote[start:end])}</mark>" if start < end else ""
    return f'<blockquote class="rn-quote">{html.escape(quote[:start])}{words}{html.escape(quote[end:])}</blockquote>'


def marked_html(text: str, start: int, end: int, around: int = 600) -> str:
    """Return the words [start, end) marked, with up to `around` characters of text on each side."""
    first, last = max(start - around, 0), min(end + around, len(text))
    before = ("…" if first else "") + text[first:start]
    behind = text[end:last] + ("…" if last < len(text) else "")
    return f'<div class="rn-text">{_lines(before)}<mark>{_lines(text[start:end])}</mark>{_lines(behind)}</div>'


def highlighted_html(text: str, marks: Sequence[tuple[int, int]]) -> str:
    """Return a passage with the words at `marks`, [start, end) in order, marked. Its lines are reflowed."""
    pieces, done = [], 0
    for start, end in marks:
        pieces += [html.escape(text[done:start]), f"<mark>{html.escape(text[start:end])}</mark>"]
        done = end
    flowing = re.sub(r"[ \t]*\n[ \t]*", " ", "".join([*pieces, html.escape(text[done:])]))
    return f'<div class="rn-passage">{flowing}</div>'


def facts_html(facts: Iterable[tuple[str, str]]) -> str:
    """Return names and values in two columns; empty values are left out."""
    rows = (f"<dt>{html.escape(name)}</dt><dd>{_lines(value)}</dd>" for name, value in facts if value)
    return f'<dl class="rn-facts">{"".join(rows)}</dl>'


def line_html(text: str, kind: str) -> str:
    """Return one line of text as HTML; `kind` is its class in style.css."""
    return f'<div class="rn-{kind}">{_lines(text)}</div>'


def _mark_html(number: int, key: str) -> str:
    if not key:
        return f'<sup class="rn-mark">{number}</sup>'
    return (
        f'<sup><button class="rn-mark" type="button" data-cite="{key}:{number}" '
        f'aria-label="Open citation {number}">{number}</button></sup>'
    )


def _lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")
