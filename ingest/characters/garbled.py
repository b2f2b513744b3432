"""Detects text layers that are not text, as fonts without a character map leave them.

A page whose letters a person can read and a program cannot must not be indexed as it is: nobody would find its words,
or notice that they are missing. It is read by OCR instead.
"""

import re
import unicodedata
from collections.abc import Sequence

_FEWEST = 24  # characters; fewer are no evidence about a page
_MOST_STRANGE = 0.25  # of the characters: private use, unassigned, replacement; bullets of symbol fonts stay far below
_MOST_ODD_WORDS = 0.6  # of the Latin words: no vowel, or a sign between letters
_FEWEST_WORDS = 12
_FEWEST_SIGNS = 4  # distinct signs in a word without letters; "[***]" marks redacted text
_FEWEST_VOWELS = (
    0.22  # of the letters of lower-case words; English, German and Polish have .35 to .45, letters shifted by three .14
)
_FEWEST_LETTERS = 100
_STRANGE = frozenset({"Co", "Cn", "Cs"})
_LATIN = re.compile(r"[A-Za-z]")
_RUN = re.compile(r"\S{4,}")
_VOWEL = re.compile(r"[aeiouyAEIOUYÀ-ÿ]")
_VOWELS = re.compile(r"[aeiouAEIOU]")
_SIGN_INSIDE = re.compile(r"[A-Za-z][!-&*+;-@\[-`{-~][A-Za-z]")
_FIGURES = re.compile(r"[\d.,:/%$€£()+\-–—_*#&@=|]+")


def is_noise(text: str) -> bool:
    """Returns whether a page's text is noise: glyph numbers, shifted letters, characters of no script."""
    shown = [char for char in text if not char.isspace()]
    if len(shown) < _FEWEST:
        return False
    strange = sum(char == "\ufffd" or unicodedata.category(char) in _STRANGE for char in shown)
    if strange > _MOST_STRANGE * len(shown):
        return True
    words = [word for word in _RUN.findall(text) if not _FIGURES.fullmatch(word)]
    latin = [word for word in words if word.isascii() and (_LATIN.search(word) or len(set(word)) >= _FEWEST_SIGNS)]
    if len(latin) < _FEWEST_WORDS or len(latin) < 0.5 * len(words):
        return False  # too few to judge, or another script
    if _is_without_vowels(latin):
        return True
    odd = sum(not _VOWEL.search(word) or bool(_SIGN_INSIDE.search(word)) for word in latin)
    return odd > _MOST_ODD_WORDS * len(latin)


def _is_without_vowels(words: Sequence[str]) -> bool:
    """Returns whether lower-case words have too few vowels for a language, as when each letter replaces another."""
    small = "".join(word for word in words if word.isalpha() and word[1:].islower())
    return len(small) >= _FEWEST_LETTERS and len(_VOWELS.findall(small)) < _FEWEST_VOWELS * len(small)
