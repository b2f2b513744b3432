"""Detects the encoding of bytes and decodes them to text.

A guess is accepted only where the decoded text supports it. Windows' Latin accepts every byte, so decoding without an
error proves nothing: Russian or Japanese read that way becomes letters that no language has ("Äîãîâîð"), and a search
never finds them.
"""

import codecs
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

UNKNOWN_ENCODING = "its text encoding cannot be determined; open it in its program and save it as UTF-8"
"""The message for a text whose encoding is uncertain."""

_SNIFFED = 2_000  # bytes
_GUESSED_BY = 50_000  # bytes

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: this mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_FOREIGN = re.compile(rb"(?:([\xa1-\xff])(?!\1)){3,}|(?:([\x80-\xff])(?!\2)){6,}|[\x81\x8d\x8f\x90\x9d]")
"""Three accented letters in a row, six of any bytes beyond ASCII, and the bytes that Windows' Latin leaves unassigned.

Leaders ("········") are exempt.
"""
_MOST_FOREIGN = 0.3  # of the bytes beyond ASCII; German, French and Spanish have under .05
_LEAST_FOREIGN = 0.002  # of all bytes: below that, stray bytes do not mean another encoding
_LEAST_COHERENCE = 0.3  # of a guess: 17 lines in encodings of one byte a letter had .44 to .82 where it was right
_LEAST_ALONE = 0.3  # of all letters: the least share in its own script that Chinese, Japanese or Korean text has

_KANA = re.compile("[\u3041-\u30fe]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]")
_BEYOND_ASCII = re.compile("[^\\x00-\\x7f\u3000-\u303f\uff00-\uffef]")


class Decoded(NamedTuple):
    """Text, and whether its encoding is certain or supported by the text; where not, it is read as Windows' Latin."""

    text: str
    sure: bool = True


def decoded(data: bytes) -> str:
    """Decodes by byte order mark, as UTF-16 without one, as UTF-8, as Windows' Latin, or by a guess that fits."""
    return decode(data).text


def decode(data: bytes) -> Decoded:
    """Decodes as `decoded` does, and says whether the encoding is certain."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(data.decode(encoding, "replace"))
    # Latin text in UTF-16 without a mark has a zero in most second bytes, and none elsewhere.
    first, second = data[:_SNIFFED:2], data[1:_SNIFFED:2]
    if second.count(0) > 0.6 * len(second) and not first.count(0):
        return Decoded(data.decode("utf-16-le", "replace"))
    if first.count(0) > 0.6 * len(first) and not second.count(0):
        return Decoded(data.decode("utf-16-be", "replace"))
    try:
        return Decoded(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    rest, sequences = _SEQUENCE.subn(b"", data)
    high = len(_HIGH.findall(rest))
    if sequences > high:
        return Decoded(data.decode("utf-8", _AS_LATIN))
    foreign = sum(len(found[0]) for found in _FOREIGN.finditer(rest))
    if foreign <= max(_MOST_FOREIGN * high, _LEAST_FOREIGN * len(data)):
        # Latin-1 accepts every byte; `clean` then reads the 32 codes that Windows uses differently.
        return Decoded(data.decode("latin-1"))
    return _guessed(data)


def _guessed(data: bytes) -> Decoded:
    from charset_normalizer import from_bytes  # imported here because few files need it

    # Up to a line's end, so that no multi-byte letter is cut.
    sample = data if len(data) <= _GUESSED_BY else data[: data.rfind(b"\n", 0, _GUESSED_BY) + 1 or _GUESSED_BY]
    for match in from_bytes(sample):
        if _is_plausible(match, len(sample)):
            try:
                return Decoded(data.decode(match.encoding))
            except UnicodeDecodeError:
                continue
    return Decoded(data.decode("latin-1"), sure=False)


def _is_plausible(match: "CharsetMatch", size: int) -> bool:
    """Returns whether the decoded text supports the guess; one-byte encodings are judged by letter frequency.

    Guesses with Latin letters are rejected: one text decodes to words in several encodings, and most of them are wrong.
    """
    text = str(match)
    letters = len(_BEYOND_ASCII.findall(text))
    if len(text) == size:
        return match.coherence >= _LEAST_COHERENCE and len(_LATIN.findall(text)) < 0.05 * letters
    kana, hangul, han = (len(script.findall(text)) / max(letters, 1) for script in (_KANA, _HANGUL, _HAN))
    # Letters of another script amid Latin words are as likely misread bytes of those words.
    alone = letters > _LEAST_ALONE * sum(map(str.isalpha, text))
    return alone and kana + hangul + han > 0.95 and (kana > 0.1 or hangul > 0.5 or han > 0.95)


def _as_latin(error: UnicodeError) -> tuple[str, int]:
    """Decodes bytes that are not UTF-8 amid UTF-8, such as text pasted from an older file."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


_AS_LATIN = "ragnano-as-latin"
codecs.register_error(_AS_LATIN, _as_latin)
