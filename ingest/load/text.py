"""Plain text and Markdown to pages. Knows encodings; leaves headings and lists to `ingest.blocks`.

A page is what a citation points to. Text files have none, so form feeds part pages, and a part longer than
`MOST_PAGE_CHARACTERS` is cut at the end of a paragraph.
"""

import codecs
from collections.abc import Iterator

from ingest.load.clean import clean
from ingest.load.loaded import LoadedFile, ReadOptions
from ragnano.errors import DamagedFile
from ragnano.types import Page

MOST_PAGE_CHARACTERS = 20_000
"""About six printed pages: a viewer shows one at a time and a citation into it is still found by eye."""
_MOST_CONTROL_SHARE = 0.02  # of characters; text files have next to none, binary files 10 % and more

_SNIFFED = 2_000  # bytes

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def load_text(data: bytes, options: ReadOptions) -> LoadedFile:
    """Pages of a text file. Raises DamagedFile when it is empty or no text."""
    text = decoded(data)
    controls = sum(1 for char in text if char < " " and char not in "\t\n\r\f\v")
    if controls > _MOST_CONTROL_SHARE * len(text):
        raise DamagedFile("not text, whatever the name says: open it in the program it comes from and export a PDF")
    parts = [piece for part in text.split("\f") for piece in cut(clean(part))]
    if not any(part.strip() for part in parts):
        raise DamagedFile("the file holds no text; nothing to take in")
    while not parts[-1].strip():
        parts.pop()
    return LoadedFile(tuple(Page(number, 0.0, 0.0, part, read_by="plain") for number, part in enumerate(parts, 1)))


def decoded(data: bytes) -> str:
    """Text by its byte order mark, as UTF-16 without one, as UTF-8, or as Windows' Latin."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    # Latin text in UTF-16 without a mark has a zero in most second bytes, and none elsewhere.
    first, second = data[:_SNIFFED:2], data[1:_SNIFFED:2]
    if second.count(0) > 0.6 * len(second) and not first.count(0):
        return data.decode("utf-16-le", "replace")
    if first.count(0) > 0.6 * len(first) and not second.count(0):
        return data.decode("utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # Latin-1 takes every byte; `clean` then reads the 32 codes that Windows uses differently.
        return data.decode("latin-1")


def cut(text: str) -> Iterator[str]:
    """`text` in parts of at most MOST_PAGE_CHARACTERS, parted at an empty line, a line end or a space."""
    start = 0
    while len(text) - start > MOST_PAGE_CHARACTERS:
        limit = start + MOST_PAGE_CHARACTERS
        end = limit
        for joint in ("\n\n", "\n", " "):
            found = text.rfind(joint, start + MOST_PAGE_CHARACTERS // 2, limit)
            if found > 0:
                end = found + len(joint)
                break
        yield text[start:end]
        start = end
    yield text[start:]
