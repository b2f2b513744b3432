"""Parses plain text and Markdown into pages. `ingest.characters.encodings` decodes the bytes; `ingest.structure.blocks`
finds headings and lists.

A page is the unit that citations refer to. Text files have none, so form feeds separate pages, and a part longer than
`MOST_PAGE_CHARACTERS` is split at the end of a paragraph.
"""

from collections.abc import Iterator

from ingest.characters.encodings import UNKNOWN_ENCODING, decode
from ingest.characters.sanitize import clean
from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ragnano.errors import DamagedFile
from ragnano.types import Page

MOST_PAGE_CHARACTERS = 20_000
"""About six printed pages. A viewer shows one page at a time, and a cited passage can still be found by eye."""
_MOST_CONTROL_SHARE = 0.02  # share of characters; text files have almost none, binary files 10 % and more


def load_text(data: bytes, options: ReadOptions) -> LoadedFile:
    """Return the pages of a text file. Raises DamagedFile if it is empty, not text, or in an unknown encoding."""
    text, sure = decode(data)
    controls = sum(1 for char in text if char < " " and char not in "\t\n\r\f\v")
    if controls > _MOST_CONTROL_SHARE * len(text):
        raise DamagedFile("the content is not text, despite the file name: open it in its program and export a PDF")
    if not sure:
        raise DamagedFile(UNKNOWN_ENCODING)
    parts = [piece for part in text.split("\f") for piece in cut(clean(part))]
    if not any(part.strip() for part in parts):
        raise DamagedFile("the file holds no text; nothing to take in")
    while not parts[-1].strip():
        parts.pop()
    return LoadedFile(tuple(Page(number, 0.0, 0.0, part, read_by="plain") for number, part in enumerate(parts, 1)))


def cut(text: str) -> Iterator[str]:
    """Split `text` into parts of at most MOST_PAGE_CHARACTERS, at an empty line, a line end or a space."""
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
