"""Words and sentences of legal prose, with the offsets they stand at. Knows nothing of documents, models or stores."""

import re
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

from ragnano.types import Span

WORD = re.compile(r"[^\W_]+(?:[.,'’][^\W_]+)*")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
"""A month's name or its abbreviation, for a pattern that ignores case."""
WIDE = "\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff60\uff66-\uff9f"
"""Characters of scripts that write words without spaces (Chinese, Japanese), for a pattern's class."""
_SPACELESS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff]{2,}")
_SPACE = re.compile(r"\s+")

# Words that say nothing about the subject of a question put to a contract. Question words are here too: what they ask
# for is read by `ragnano.text.query`.
STOPWORDS = frozenset(
    """
    a about above after again all also am an and any are as at be because been before being below between both
    but by can could did do does doing down during each either else ever few for from further get give given had
    has have having he her here hers him his how however i if in into is it its itself just let may me might
    mine more most much must my neither no nor not of off on once only onto or other our ours out over own per
    please same shall she should since so some such tell than that the their theirs them then there these they
    this those through to too under until up upon us very was we were what when where whether which while who
    whom whose why will with within without would you your yours agreement contract document documents contracts
    agreements say says state states stated according anything there's what's many long happens
    """.split()
)

# A full stop after one of these does not end a sentence.
_ABBREVIATIONS = frozenset(
    """
    inc ltd corp co llc lp plc no nos sec secs art arts para cl mr mrs ms dr st ave vs v etc eg ie al approx
    dept est ext fig jan feb mar apr jun jul aug sep sept oct nov dec u.s u.k e.g i.e a.m p.m u.s.a s.a n.v b.v
    n.a l.l.c l.p p.l.c ph.d d.c gmbh exh sch vol pp bros assn cf
    """.split()
)
_BOUNDARY = re.compile(r"[.?!][\"”’')\]]*(?=\s+[\"“‘'(\[]*[A-Z0-9(])|;(?=\s)|[。！？][”」』）]*|\n\s*\n")
_ROW = re.compile(r"^\|.*\|[ \t]*$", re.MULTILINE)  # of a table, as pages carry it (ragnano.documents.table_rows)
_LONGEST_ROW = 700  # characters; a longer one is text in columns and is cut like text
_CLAUSE_NUMBER = re.compile(r"(?:^|\s)\(?(?:\d+(?:\.\d+)*|[A-Za-z]|[ivxIVX]+)\.$")
_DAY_OF_A_MONTH = re.compile(rf"\b{MONTH}\s+\d{{1,2}}$", re.I)
_YEAR = re.compile(r"\s+[12]\d{3}\b")
# A sentence is cut at semicolons only when it is longer than this (characters): shorter ones read better whole.
_LONG_SENTENCE = 260

# Cyrillic and Greek letters that are drawn as Latin ones (Unicode Technical Standard 39, confusables).
LOOKALIKES = str.maketrans(
    "АВСЕНІЈКМОРЅТХУасеіјорѕхуԁɡһʟոԛᴀɑɩıΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορυϲ",
    "ABCEHIJKMOPSTXYaceijopsxydghlnqAaiiABEZHIKMNOPTYXaikvopuc",
)

_LETTERS = re.compile(r"[^\W\d_]{3,}")
# Turkish writes the "ı" beside Latin letters.
_FOREIGN = {code: plain for code, plain in LOOKALIKES.items() if chr(code) != "ı"}
_LATIN = re.compile(r"[A-Za-z]")

_stemmer = snowballstemmer.stemmer("english")


def fold(text: str) -> str:
    """`text` with every run of white space made one space, ends trimmed."""
    return _SPACE.sub(" ", text).strip()


def unfolded(text: str, start: int, end: int) -> tuple[int, int]:
    """Where characters [start, end) of `fold(text)` stand in `text`; start < end."""
    kept: list[int] = []
    for match in re.finditer(r"\S+", text):
        if kept:
            kept.append(match.start() - 1)  # the one space that stands for the white space before
        kept += range(*match.span())
    return kept[start], kept[end - 1] + 1


def lookalike_words(text: str) -> list[str]:
    """The words that mix Latin letters with others that are drawn as Latin ones, as they stand, in order."""
    return [] if text.isascii() else [word for word in _LETTERS.findall(text) if _is_mixed(word)]


def plain_spellings(text: str) -> list[str]:
    """Those words spelled as they look, each once: a search finds them by that, and the text stays as it is."""
    return list(dict.fromkeys(word.translate(_FOREIGN) for word in lookalike_words(text)))


def spelled_plainly(text: str) -> str:
    """The text with those words spelled as they look."""
    if text.isascii():
        return text
    return _LETTERS.sub(lambda found: found[0].translate(_FOREIGN) if _is_mixed(found[0]) else found[0], text)


def _is_mixed(word: str) -> bool:
    return not word.isascii() and word.translate(_FOREIGN).isascii() and _LATIN.search(word) is not None


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The word's stem in lower case ("Terminated" and "termination" share one). Snowball English."""
    return str(_stemmer.stemWord(word.lower().replace("’", "'")))


def words(text: str) -> list[str]:
    """Words and numbers in order, lower case ("10,000", "8.2" and "party's" are one word each)."""
    return [match.group().lower() for match in WORD.finditer(text)]


def pairs(text: str) -> list[str]:
    """Pairs of neighbouring characters of words that no space parts (Chinese, Japanese, Korean), each once, in order.

    Pairs of hiragana alone say how words go together and are left out.
    """
    runs = _SPACELESS.findall(text)
    found = [run[at : at + 2] for run in runs for at in range(len(run) - 1)]
    return [pair for pair in dict.fromkeys(found) if not all("\u3040" <= char <= "\u309f" for char in pair)]


def content_stems(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order, each once."""
    return list(dict.fromkeys(stem(word) for word in words(text) if word not in STOPWORDS))


LEAST_FUNCTION_WORDS = 0.1
"""Share of the words of three letters and more that say nothing of a subject ("the", "shall"): see `is_english`."""
_LEAST_TOLD = 8  # words; fewer don't tell a language


def is_english(text: str) -> bool:
    """Whether a text is English, by its function words; what has few words is taken for it, and so are capitals.

    Passages of English contracts, reports and letters have a share of .2 to .5, German, French, Spanish, Italian,
    Dutch and Portuguese ones .0 to .05. Words of two letters are left out: other languages share them ("an", "no").
    """
    own = [word for word in re.findall(r"[^\W\d_]{3,}", text) if word.islower()]
    return len(own) < _LEAST_TOLD or sum(word in STOPWORDS for word in own) >= LEAST_FUNCTION_WORDS * len(own)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans [start, end) of the sentences of `text`, in order, white space at their ends left out.

    Line breaks inside a sentence stay inside it; an empty line always ends one. A table's row is one.
    """
    start = 0
    for row in _ROW.finditer(text):
        if row.end() - row.start() <= _LONGEST_ROW:
            yield from _of_prose(text, start, row.start())
            yield from _trimmed(text, row.start(), row.end())
            start = row.end()
    yield from _of_prose(text, start, len(text))


def _of_prose(text: str, start: int, last: int) -> Iterator[tuple[int, int]]:
    for match in _BOUNDARY.finditer(text, start, last):
        end = match.end()
        if not _ends_sentence(text, start, match):
            continue
        yield from _trimmed(text, start, end)
        start = end
    yield from _trimmed(text, start, last)


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    mark = match.group()[0]
    if mark == ";":
        return match.end() - start > _LONG_SENTENCE
    if mark != ".":
        return True
    before = text[start : match.start()]
    last = before.split()[-1].lstrip("\"“‘'(").lower() if before.strip() else ""
    if last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha()):
        return False
    # "until March 18. 2021": a slip of the pen for a comma.
    if _DAY_OF_A_MONTH.search(before) and _YEAR.match(text, match.end()):
        return False
    # "8.2." at the head of a clause is its number, not a sentence.
    return not _CLAUSE_NUMBER.fullmatch(" " + before.strip() + ".")


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    if right > left:
        yield start + left, start + right


def sentence_spans(page_text: str, span: Span) -> list[Span]:
    """The sentences inside `span`, as spans of the same page."""
    piece = page_text[span.start : span.end]
    return [Span(span.page, span.start + start, span.start + end) for start, end in sentences(piece)]
