"""Builds blocks from pages: headings, paragraphs, list items and tables, each with its exact span and section path.

Every character that is not white space or furniture is in exactly one block, and blocks come in reading order.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence

from ingest.structure.bookmarks import Bookmarks
from ingest.structure.boundaries import MOST_TITLE_CHARACTERS, Draft, begins_block, is_complete, joins_heading
from ingest.structure.footnotes import footnotes_of, mark_footnotes, mark_of
from ingest.structure.headers_footers import mark_furniture
from ingest.structure.headings import (
    ARTICLE,
    LETTER,
    PAREN,
    SECTION,
    SUBHEAD,
    Label,
    SectionPath,
    has_verb,
    is_capitals,
    is_signature,
    is_title,
    label_of,
    run_in_title,
)
from ingest.structure.layout import PageLayouts
from ingest.structure.lines import Layout, Line, lines_of
from ingest.structure.tables import NO_TABLE, mark_rows
from ragnano.text.word_lists import LEGAL_FORM
from ragnano.text.words import fold
from ragnano.types import Block, OutlineEntry, Page, Span

_PAGE_OF_PART = re.compile(r",? ?(?:page \d+|notes)$")  # "Attachment lease.pdf, page 2" is a page of the attachment
_FRONT_BLOCKS = 8  # above a filed contract's title, "EXHIBIT 10.18" is the number of the filing, not a section
_COMPANY = re.compile(rf"\b(?:{LEGAL_FORM})\b\.?$", re.I)
_TWO_SENTENCES = re.compile(r"[.:;]\s+[A-Z]")
_NO_TITLE = re.compile(r"[,\d]")  # an address or a name, when only capitals at word starts suggest a heading
_QUOTE = re.compile(r"[“\"]")  # a defined name, as under a party of a contract
_MOST_PLAIN_WORDS = 12
_WITNESS = re.compile(r"in witness whereof\b", re.I)  # opens the signatures, which belong to no clause


def part_of(page: Page) -> str:
    """Returns the self-contained part that a page belongs to: a slide with its notes, a sheet, an attachment."""
    return _PAGE_OF_PART.sub("", page.place)


def blocks_of(pages: Sequence[Page], outline: Sequence[OutlineEntry] = ()) -> list[Block]:
    """Returns all blocks of a document's pages (in order, counted from 1), without furniture. `outline`: its bookmarks.

    When a page's end splits a block, the page's footnotes follow the whole block, so that nothing separates its halves.
    """
    lines = [lines_of(page) for page in pages]
    # A slide or a sheet has no running header: what repeats there is the same title or the same columns.
    mark_furniture([found for page, found in zip(pages, lines, strict=True) if page.width or not page.place])
    builder = _Builder(pages, lines, Bookmarks(outline))
    return list(_finish(builder, {page.number: page.text for page in pages}))


class _Builder:
    """Decides line by line whether a block continues or a new one begins, and of what kind."""

    def __init__(self, pages: Sequence[Page], printed: Sequence[Sequence[Line]], bookmarks: Bookmarks) -> None:
        body = [[line for line in lines if not line.furniture] for lines in printed]
        self.columns: dict[tuple[int, str], str] = {}  # column names by page and row
        self._parts_of = {page.number: part_of(page) for page in pages}
        above, part = NO_TABLE, ""
        for page, lines in zip(pages, body, strict=True):
            rows, above = mark_rows(lines, page, above if part == self._parts_of[page.number] else NO_TABLE)
            part = self._parts_of[page.number]
            self.columns.update(((page.number, row), names) for row, names in rows.items())
            mark_footnotes(lines)
        self._bookmarks = bookmarks
        self._notes = deque(footnotes_of(line for lines in body for line in lines))
        body = [[line for line in lines if not line.footnote] for lines in body]
        self._lines = [line for lines in body for line in lines]
        self._layouts = PageLayouts(printed, body)
        self._path = SectionPath()
        self._count = 0  # blocks so far

    def drafts(self) -> Iterator[tuple[Draft, tuple[str, ...]]]:
        """Yields drafts with the section path they are under."""
        draft: Draft | None = None
        for index, line in enumerate(self._lines):
            after = self._lines[index + 1] if index + 1 < len(self._lines) else None
            if draft is not None and self._is_elsewhere(draft.lines[-1], line):
                yield draft, self._enter(draft)
                yield from self._footnotes(line.page)
                draft, self._path = None, SectionPath()
            after = None if after is not None and self._is_elsewhere(line, after) else after
            fresh = self._open(draft, line, after)
            if fresh is None and draft is not None:
                draft.lines.append(line)
                continue
            if draft is not None:
                yield draft, self._enter(draft)
                self._count += 1
                if fresh is None or not fresh.continues:
                    yield from self._footnotes(line.page)
            draft = fresh
        if draft is not None:
            yield draft, self._enter(draft)
        yield from self._footnotes(None)

    def _footnotes(self, before: int | None) -> Iterator[tuple[Draft, tuple[str, ...]]]:
        """Yields the remaining footnotes of the pages before this one (None: all)."""
        while self._notes and (before is None or self._notes[0][0].page < before):
            lines = self._notes.popleft()
            yield Draft("paragraph", lines, note=mark_of(lines[0])), self._path.path

    def _is_elsewhere(self, before: Line, line: Line) -> bool:
        """Returns whether `line` is in another slide, sheet or attachment: no heading or sentence spans two."""
        return self._parts_of[before.page] != self._parts_of[line.page]

    def _is_filing_number(self, label: Label) -> bool:
        return "." in label.number and self._count < _FRONT_BLOCKS

    def _open(self, draft: Draft | None, line: Line, after: Line | None) -> Draft | None:
        """Returns a new draft that begins with `line`, or None when `line` continues `draft`."""
        previous = draft.lines[-1] if draft else None
        if draft and previous and joins_heading(draft, previous, line, self._layouts):
            draft.title = fold(f"{draft.title} {line.text.rstrip('.:')}")
            draft.closed = draft.rank is not None or bool(draft.label and draft.label.kind != "hash")
            return None
        if line.row:
            if (
                draft
                and draft.kind == "table"
                and self._layouts.near(previous, line)
                and draft.lines[0].cells == line.cells
            ):
                return None
            return Draft("table", [line])
        if draft and draft.kind == "table":
            previous = None  # whatever follows a table begins a new block
        if self._bookmarks and (named := self._bookmarked(line, after)):
            return named
        starts = previous is None or begins_block(draft, previous, line, self._layouts)
        label = label_of(line.text) if starts else None
        heading = self._heading(line, label, after) if starts else None
        if heading:
            return heading
        if starts and label:
            title, _ = run_in_title(line.text[label.rest :] + (" " + after.text if after else ""))
            if label.kind in ("exhibit", "article", "hash") or not self._path.believes(label, is_capitals(title)):
                label = None
            else:
                inner = self._path.is_inner_list(label)
                label = label._replace(rank=LETTER) if inner else label
                item = inner or label.rank >= LETTER
                return Draft("list_item" if item else "paragraph", [line], label, title)
        if starts and draft and previous is not None and not is_complete(draft, previous, line, self._layouts):
            return Draft(draft.kind if draft.kind == "list_item" else "paragraph", [line], continues=True)
        return Draft("paragraph", [line]) if starts else None

    def _bookmarked(self, line: Line, after: Line | None) -> Draft | None:
        """Returns the heading that begins here according to the document's bookmarks, if any."""
        lines = [line, after] if after is not None and after.page == line.page else [line]
        for count in range(1, len(lines) + 1):
            rank = self._bookmarks.rank(line.page, [one.text for one in lines[:count]])
            if rank is not None:
                label = label_of(line.text)
                title = line.text[label.rest if label else 0 :].strip().rstrip(".:").strip()
                if label:
                    self._path.believes(label, True)
                return Draft("heading", [line], label, title, closed=count == 1, rank=rank)
        return None

    def _heading(self, line: Line, label: Label | None, after: Line | None) -> Draft | None:
        text = line.text[label.rest :] if label else line.text
        title = text.strip().rstrip(".:").strip()
        layout = self._layouts.layout(line)
        if label is None or label.kind in ("paren", "letter", "bullet"):
            lone = label is None and self._lone_title(line, title, layout, after)
            return Draft("heading", [line], None, title) if lone else None
        short = len(title) <= MOST_TITLE_CHARACTERS and not (
            layout.wrapped and len(title) > 60 and layout.is_full(line)
        )
        if label.kind == "hash":
            return Draft("heading", [line], label, title, closed=True)
        if _TWO_SENTENCES.search(title) and label.kind not in ("exhibit", "article"):
            return None
        if title and not (short and (is_title(title) or self._plain_title(line, label, title, after))):
            return None
        if label.kind == "exhibit" and self._is_filing_number(label):
            return Draft("heading", [line], label, title, closed=True)
        if not title and label.kind not in ("exhibit", "article", "section"):
            titled = (
                after is not None
                and self._layouts.near(line, after)
                and is_capitals(after.text)
                and is_title(after.text)
            )
            if not titled:
                return None
        if after is not None and self._layouts.near(line, after) and after.text[0].islower():
            return None  # the line only looks complete: its sentence continues below
        if not self._path.believes(label, bool(title)):
            return None
        return Draft("heading", [line], label, title)

    def _plain_title(self, line: Line, label: Label, title: str, after: Line | None) -> bool:
        """Returns whether a numbered line in small letters is a title: no verb, and its clauses or a gap follow."""
        if label.kind not in ("integer", "decimal", "section") or after is None or not self._layouts.near(line, after):
            return False
        if len(title.split()) > _MOST_PLAIN_WORDS or has_verb(title) or line.text.endswith((".", ";", ",")):
            return False
        below = label_of(after.text)
        deeper = below is not None and below.rank > label.rank
        return title[0].isupper() and (deeper or (self._layouts.wide(line, after) and after.text[0].isupper()))

    def _lone_title(self, line: Line, title: str, layout: Layout, after: Line | None) -> bool:
        """Returns whether a line without a number is a heading; strict, because names and cells look alike."""
        if not is_title(title) or len(title) > MOST_TITLE_CHARACTERS or line.text.endswith((",", ";")):
            return False
        if _COMPANY.search(title) or _QUOTE.search(title) or is_signature(line.text) or after is None:
            return False
        if is_capitals(title):
            if has_verb(title):
                return False
            centred_or_short = layout.is_centred(line) or line.right < layout.left + 0.8 * layout.width
            return centred_or_short and not after.text[0].islower() and len(title) > 3
        below = after.page == line.page and self._layouts.wide(line, after)
        body = len(after.text) > 0.6 * max(len(line.text), 60) and not is_title(after.text)
        return body and (layout.is_centred(line) or below) and len(title.split()) <= 8 and not _NO_TITLE.search(title)

    def _enter(self, draft: Draft) -> tuple[str, ...]:
        """Moves the section path to `draft` and returns it."""
        label, title = draft.label, draft.title
        if label is None:
            if draft.kind == "heading":
                usual = SECTION if is_capitals(title) else SUBHEAD
                self._path.enter(usual if draft.rank is None else draft.rank, title)
            elif _WITNESS.match(draft.lines[0].text):
                self._path.enter(ARTICLE, "")
            return self._path.path
        if label.kind == "exhibit" and self._is_filing_number(label):
            return self._path.path
        number = "" if label.kind in ("hash", "bullet") else label.number
        if label.rank < LETTER or title:
            self._path.enter(label.rank, fold(f"{number} {title}"))
        elif label.rank <= PAREN:
            self._path.enter(label.rank, "")
        return self._path.path


def _finish(builder: _Builder, texts: dict[int, str]) -> Iterator[Block]:
    for draft, section in builder.drafts():
        first, last = draft.lines[0], draft.lines[-1]
        span = Span(first.page, first.start, last.end)
        number = draft.label.number if draft.label and draft.label.kind not in ("hash", "bullet") else draft.note
        text = fold(texts[span.page][span.start : span.end])
        columns = builder.columns.get((first.page, first.cells), "") if first.cells else ""
        yield Block(draft.kind, span, text, number, section, draft.continues, columns)
