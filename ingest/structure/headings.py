"""Parses clause numbers and titles at the head of a line, and tracks the path of headings above a clause.

It sees one line of text at a time; `ingest.structure.blocks` handles geometry and paragraphs.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from ragnano.text.word_lists import ONES, any_of


class Label(NamedTuple):
    """A clause number as printed, its nesting rank (0 outermost), and where the text behind it starts in the line."""

    kind: str
    number: str
    rank: int
    rest: int


# Ranks: exhibits are above articles, articles above numbered sections, sections above lettered items.
EXHIBIT, ARTICLE, SECTION, SUBHEAD, LETTER, PAREN, ROMAN = 0, 10, 20, 25, 55, 60, 70
_DEPTH = 10  # ranks that each point of a decimal number adds

_NUMBER = rf"(?:\d+(?:\.\d+)*[A-Z]?|[IVXLC]+|[A-Z]{{1,2}}|{any_of(ONES[1:11]).upper()})"
_CHINESE = "0-9０-９一二三四五六七八九十百零〇两兩"
_LABELS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("hash", re.compile(r"(?P<n>#{1,6})\s+(?=\S)")),
    (
        "exhibit",
        re.compile(
            r"(?P<n>(?:EXHIBIT|Exhibit|SCHEDULE|Schedule|APPENDIX|Appendix|ANNEX|Annex|ANNEXURE|Annexure|ATTACHMENT|"
            rf"Attachment|ADDENDUM|Addendum)\s+(?:No\.?\s*)?[\"“]?{_NUMBER}(?:[-.(]\w+\)?)*[\"”]?)(?![\w-])[.:]?\s*"
        ),
    ),
    ("article", re.compile(rf"(?P<n>(?:ARTICLE|Article|PART|Part|CHAPTER|Chapter)\s+{_NUMBER})(?!\w)[.:]?\s*")),
    (
        "section",
        re.compile(r"(?P<n>(?:SECTION|Section|CLAUSE|Clause|§)\s*(?:\d+(?:\.\d+)*[A-Za-z]?|[IVXLC]+))(?!\w)[.:]?\s*"),
    ),
    ("article", re.compile(rf"(?P<n>第[{_CHINESE}]{{1,5}}[章编編部])\s*")),
    ("section", re.compile(rf"(?P<n>第[{_CHINESE}]{{1,5}}[条條])\s*")),
    ("decimal", re.compile(r"(?P<n>\d{1,2}(?:\.\d{1,3}){1,4})(?:\.(?!\d)|\))?(?:\s+|$|(?=[A-Z]))")),
    ("integer", re.compile(r"(?P<n>\d{1,2})(?P<mark>\.(?!\d)|(?=\s+[A-Z“\"]))(?:\s+|$|(?=[A-Z]))")),
    ("caps-roman", re.compile(r"(?P<n>[IVX]{1,6})\.\s+(?=[A-Z])")),
    (
        "paren",
        re.compile(
            r"(?P<n>\(\s*(?:[a-z]{1,2}|[ivxl]{1,6}|\d{1,2}|[A-Z])\s*\)|(?:[a-z]|\d{1,2}|[ivx]{2,5})\))(?:\s+|$|(?=\S))"
        ),
    ),
    ("letter", re.compile(r"(?P<n>[A-Z]|[a-z]|[ivx]{2,5})\.(?:\s+|$)")),
    ("bullet", re.compile(r"(?P<n>[•▪●◦○■□➢·*–—-])\s+(?=\S)|(?P<o>o)\s+(?=[A-Z])")),
)


_CHINESE_LABEL = re.compile(rf"(?P<n>第[{_CHINESE}]{{1,5}}(?:(?P<part>[章編编部])|[条條]))\s*")


def label_of(line: str) -> Label | None:
    """Returns the number or bullet a line begins with, None when it begins with text."""
    if line[:1] == "第" and (found := _CHINESE_LABEL.match(line)):
        kind = "article" if found["part"] else "section"
        return Label(kind, found["n"], _rank(kind, found["n"]), found.end())
    for kind, pattern in _LABELS:
        if found := pattern.match(line):
            number = found["n"] or "o" if kind == "bullet" else " ".join(found["n"].split())
            return Label(kind, number, _rank(kind, number), found.end())
    return None


def _rank(kind: str, number: str) -> int:
    if kind in ("decimal", "integer", "section"):
        points = [point for point in number.split(".")[1:] if point.strip("0")]
        return SECTION + _DEPTH * len(points)
    if kind == "hash":
        return _DEPTH * len(number)
    if kind in ("paren", "letter"):
        inner = number.strip("(). ")
        roman = len(inner) > 1 and set(inner.lower()) <= set("ivxl")
        return ROMAN if roman else PAREN if kind == "paren" else LETTER
    return {"exhibit": EXHIBIT, "article": ARTICLE, "caps-roman": ARTICLE}.get(kind, ROMAN)


_SMALL_WORDS = frozenset(
    "a an and as at by for from in into of on or per the to under upon via with without vs not no its".split()
)
_SIGNATURE = re.compile(
    r"^(?:by|name|title|date|its|signed|attest|witness|print name|per|signature)\s*(?::|/s/|__|$)", re.I
)
_MOST_TITLE_WORDS = 14
_CHINESE_TITLE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff・（）]{2,20}")
_MOST_SKIPPED = 3  # clause numbers that may be missing (reserved, or lost in the text layer)
_MOST_SKIPPED_BY_TITLES = 20  # an amendment or excerpt skips numbers; a title makes the number certain
_TITLE_END = re.compile(r"(?<!\b[A-Z])(?<!\bNo)(?<!\bInc)[.:](?=[\s”\"]|$)|\s+[-–—]+\s+|[-–—]{2,}|\s{3,}")
_VERB = re.compile(r"\b(?:is|are|was|were|shall|will|may|must|has|have|hereby|agrees?|means)\b", re.I)
_DEFINED = re.compile(r"[“\"'‘](?P<term>[^”\"’]{2,60})[”\"'’],?\s+(?:shall\s+)?(?:mean|has|have|is\s+defined|refers)")


def is_title(text: str) -> bool:
    """Returns True when the words look like a heading: all capitals, or a capital on each significant word."""
    if not text.isascii() and _CHINESE_TITLE.fullmatch(text):
        return True
    words = re.findall(r"[^\W_][\w’'&/.-]*", text)
    if not words or len(words) > _MOST_TITLE_WORDS or not (words[0][0].isupper() or words[0][0].isdigit()):
        return False
    if sum(char.isalpha() for char in text) < 2 or "__" in text or "$" in text:
        return False
    return all(word[0].isupper() or word[0].isdigit() or word.lower() in _SMALL_WORDS for word in words)


def is_capitals(text: str) -> bool:
    """Returns True when no letter is small and there are at least three."""
    letters = [char for char in text if char.isalpha()]
    return len(letters) >= 3 and not any(char.islower() for char in letters)


def is_signature(text: str) -> bool:
    """Returns True for a signature line, or a line of a signature block: "By: ____", "Title: Director"."""
    return (bool(_SIGNATURE.match(text)) and len(text) < 60) or "___" in text


def has_verb(text: str) -> bool:
    """Returns True when the words make a statement ("THE PARTIES ARE FREE TO …") rather than a title."""
    return bool(_VERB.search(text))


def run_in_title(rest: str) -> tuple[str, str]:
    """Splits "Termination for Convenience. Either party may …" into (title, rest); ("", rest) without a title."""
    if defined := _DEFINED.match(rest):
        return defined["term"].strip(" ,"), rest[defined.end() :]
    for end in _TITLE_END.finditer(rest[:160]):
        title, after = rest[: end.start()].strip(), rest[end.end() :].strip()
        if not is_title(title):
            return "", rest
        if not after or after[0].isupper() or after[0] in "“\"‘'([" or after[0].isdigit():
            return title, after
        return "", rest
    return "", rest


@dataclass(slots=True)
class SectionPath:
    """The headings above the current line, outermost first."""

    _levels: list[tuple[int, str]] = field(default_factory=list)
    _counts: list[int] = field(default_factory=list)
    _counts_before: list[int] = field(default_factory=list)  # as they were before the last exhibit
    _levels_before: list[tuple[int, str]] = field(default_factory=list)
    _returns: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(name for _, name in self._levels)

    def enter(self, rank: int, name: str) -> None:
        """Closes all levels as deep as `rank` or deeper, then opens `name` ("" only closes)."""
        if rank == EXHIBIT and self._levels and self._levels[0][0] != EXHIBIT:
            self._levels_before = list(self._levels)
        if self._returns and rank >= SECTION:
            self._levels[:], self._returns = self._levels_before, False
        while self._levels and self._levels[-1][0] >= rank:
            self._levels.pop()
        if name:
            self._levels.append((rank, name))

    def believes(self, label: Label, titled: bool) -> bool:
        """Returns whether a number can come next here: wrapped text also begins lines with "30 days" or "2.5 million".

        A numbered list inside a clause has its own count, so that the count of clauses continues after it.
        """
        if label.kind in ("exhibit", "article", "caps-roman", "hash"):
            if label.kind == "exhibit" and self._counts:
                self._counts_before = list(self._counts)
            self._counts.clear()
        if label.kind not in ("decimal", "integer"):
            return True
        top = int(label.number.split(".")[0])
        self._go_back(top)
        for place in range(len(self._counts) - 1, -1, -1):
            most = _MOST_SKIPPED_BY_TITLES if titled else _MOST_SKIPPED
            if self._counts[place] <= top <= self._counts[place] + most:
                self._counts[place:] = [top]
                return True
        if top == 1 and titled:
            self._counts[:] = [1]
            return True
        if top == 1 or (not self._counts and (titled or label.kind == "decimal" or top <= _MOST_SKIPPED)):
            self._counts.append(top)
            return True
        return False

    def _go_back(self, top: int) -> None:
        """Restores the count before an exhibit when clauses continue it.

        Clauses that continue to count after "Schedule F" show that it was only mentioned there, in a list of schedules.
        """
        before = self._counts_before
        if before and not self._counts and before[-1] < top <= before[-1] + _MOST_SKIPPED:
            self._counts[:] = before
            self._returns = True  # the path follows when the clause is entered
        self._counts_before = []

    def is_inner_list(self, label: Label) -> bool:
        """Returns True when a plain integer counts the items of a list inside a clause rather than clauses."""
        return label.kind == "integer" and len(self._counts) > 1
