"""Text layers that are no text: what a font without a character map leaves behind. Knows characters only.

A page whose letters a person can read and a program cannot must not be indexed as it stands: its words would be found
by nobody, and nobody would know. It is read by OCR instead.
"""

import re
import unicodedata
from collections.abc import Sequence

_FEWEST = 24  # characters; fewer say nothing about a page
_MOST_STRANGE = 0.25  # of the characters: private use, unassigned, replacement; bullets of symbol fonts stay far below
_MOST_ODD_WORDS = 0.6  # of the Latin words: no vowel, or a sign between letters
_FEWEST_WORDS = 12
_FEWEST_SIGNS = 4  # different ones in a word without letters; "[***]" stands for what was struck out
_FEWEST_VOWELS = (
    0.22  # of the letters of small words; English, German and Polish have .35 to .45, letters moved by three .14
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
    """Whether a page's text is none: glyph numbers, shifted letters, characters of no script."""
    shown = [char for char in text if not char.isspace()]
    if len(shown) < _FEWEST:
        return False
    strange = sum(char == "\ufffd" or unicodedata.category(char) in _STRANGE for char in shown)
    if strange > _MOST_STRANGE * len(shown):
        return True
    words = [word for word in _RUN.findall(text) if not _FIGURES.fullmatch(word)]
    latin = [word for word in words if word.isascii() and (_LATIN.search(word) or len(set(word)) >= _FEWEST_SIGNS)]
    if len(latin) < _FEWEST_WORDS or len(latin) < 0.5 * len(words):
        return False  # too few to tell, or another script
    if _is_without_vowels(latin):
        return True
    odd = sum(not _VOWEL.search(word) or bool(_SIGN_INSIDE.search(word)) for word in latin)
    return odd > _MOST_ODD_WORDS * len(latin)


def _is_without_vowels(words: Sequence[str]) -> bool:
    """Whether words of small letters have too few vowels for a language: each letter stands for another."""
    small = "".join(word for word in words if word.isalpha() and word[1:].islower())
    return len(small) >= _FEWEST_LETTERS and len(_VOWELS.findall(small)) < _FEWEST_VOWELS * len(small)
