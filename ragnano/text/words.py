"""Splits legal prose into words and sentences, with their offsets."""

import re
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

from ragnano.text.word_lists import MONTH
from ragnano.types import Span

WORD = re.compile(r"[^\W_]+(?:[.,'’][^\W_]+)*")
WIDE = "\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff60\uff66-\uff9f"
"""Characters of scripts that write words without spaces (Chinese, Japanese), for use in a character class."""
_SPACELESS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff]{2,}")
_SPACE = re.compile(r"\s+")

# Words that do not describe the subject of a question about a contract. Question words are included:
# `ragnano.text.query` derives the kind of answer from them.
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
    n.a l.l.c l.p p.l.c ph.d d.c u.s.c c.f.r gmbh exh sch vol pp bros assn cf
    """.split()
)
_BOUNDARY = re.compile(r"[.?!][\"”’')\]]*(?=\s+[\"“‘'(\[]*[A-Z0-9(])|;(?=\s)|[。！？][”」』）]*|\n\s*\n")
_ROW = re.compile(r"^\|.*\|[ \t]*$", re.MULTILINE)  # a table's row in a page's text (ragnano.documents.table_rows)
_LONGEST_ROW = 700  # characters; a longer row is text in columns and is split like text
_CLAUSE_NUMBER = re.compile(r"(?:^|\s)\(?(?:\d+(?:\.\d+)*|[A-Za-z]|[ivxIVX]+)\.$")
_DAY_OF_A_MONTH = re.compile(rf"\b{MONTH}\s+\d{{1,2}}$", re.I)
_YEAR = re.compile(r"\s+[12]\d{3}\b")
# A sentence is split at semicolons only when it is longer than this (characters): shorter ones read better whole.
_LONG_SENTENCE = 260

# Cyrillic and Greek letters that look like Latin ones (Unicode Technical Standard 39, confusables).
LOOKALIKES = str.maketrans(
    "АВСЕНІЈКМОРЅТХУасеіјорѕхуԁɡһʟոԛᴀɑɩıΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορυϲ",
    "ABCEHIJKMOPSTXYaceijopsxydghlnqAaiiABEZHIKMNOPTYXaikvopuc",
)

_LETTERS = re.compile(r"[^\W\d_]{3,}")
# Turkish uses "ı" together with Latin letters.
_FOREIGN = {code: plain for code, plain in LOOKALIKES.items() if chr(code) != "ı"}
_LATIN = re.compile(r"[A-Za-z]")

_stemmer = snowballstemmer.stemmer("english")


def fold(text: str) -> str:
    """Replaces each run of white space in `text` by one space and trims the ends."""
    return _SPACE.sub(" ", text).strip()


def unfolded(text: str, start: int, end: int) -> tuple[int, int]:
    """Returns the offsets in `text` of characters [start, end) of `fold(text)`; requires start < end."""
    positions: list[int] = []
    for match in re.finditer(r"\S+", text):
        if positions:
            positions.append(match.start() - 1)  # the one space that replaces the white space before
        positions += range(*match.span())
    return positions[start], positions[end - 1] + 1


def lookalike_words(text: str) -> list[str]:
    """Returns the words that mix Latin letters with lookalikes of other alphabets, unchanged and in order."""
    return [] if text.isascii() else [word for word in _LETTERS.findall(text) if _is_mixed(word)]


def plain_spellings(text: str) -> list[str]:
    """Returns the lookalike words of `text` in Latin letters, each once.

    They are indexed beside the text, which stays unchanged, so that a search finds these words.
    """
    return list(dict.fromkeys(word.translate(_FOREIGN) for word in lookalike_words(text)))


def spelled_plainly(text: str) -> str:
    """Returns `text` with its lookalike words in Latin letters."""
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
    """Returns pairs of adjacent characters in Chinese, Japanese and Korean text, each once, in order.

    Pairs that consist of hiragana only are left out: they are grammar.
    """
    runs = _SPACELESS.findall(text)
    found = [run[at : at + 2] for run in runs for at in range(len(run) - 1)]
    return [pair for pair in dict.fromkeys(found) if not all("\u3040" <= char <= "\u309f" for char in pair)]


def content_stems(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order, each once."""
    return list(dict.fromkeys(stem(word) for word in words(text) if word not in STOPWORDS))


LEAST_FUNCTION_WORDS = 0.1
"""Minimum share of stop words ("the", "shall") among words of three letters and more: see `is_english`."""
_LEAST_TOLD = 8  # words; fewer are not enough to identify a language


def is_english(text: str) -> bool:
    """Whether a text is English, judged by its share of function words. Short texts and texts in capitals count as
    English.

    Passages of English contracts, reports and letters have a share of .2 to .5; German, French, Spanish, Italian,
    Dutch and Portuguese ones have .0 to .05. Words of two letters are left out: other languages share them ("an",
    "no").
    """
    own = _words_of_prose(text)
    return len(own) < _LEAST_TOLD or sum(word in STOPWORDS for word in own) >= LEAST_FUNCTION_WORDS * len(own)


def tells_its_language(text: str) -> bool:
    """Whether a text has enough words to judge its language by."""
    return len(_words_of_prose(text)) >= _LEAST_TOLD


def _words_of_prose(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]{3,}", text) if word.islower()]


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yields the spans [start, end) of the sentences in `text`, in order, without white space at their ends.

    A sentence may contain line breaks; an empty line always ends it. A table's row is one sentence.
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
    # "until March 18. 2021": a typing error for a comma.
    if _DAY_OF_A_MONTH.search(before) and _YEAR.match(text, match.end()):
        return False
    # "8.2." at the start of a clause is its number, not a sentence.
    return not _CLAUSE_NUMBER.fullmatch(" " + before.strip() + ".")


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    if right > left:
        yield start + left, start + right


def sentence_spans(page_text: str, span: Span) -> list[Span]:
    """Returns the sentences inside `span`, as spans of the same page."""
    piece = page_text[span.start : span.end]
    return [Span(span.page, span.start + start, span.start + end) for start, end in sentences(piece)]
