"""Plain text and Markdown to pages. Leaves encodings to `ingest.characters.encodings`, headings and lists to
`ingest.structure.blocks`.

A page is what a citation points to. Text files have none, so form feeds part pages, and a part longer than
`MOST_PAGE_CHARACTERS` is cut at the end of a paragraph.
"""

from collections.abc import Iterator

from ingest.characters.encodings import UNKNOWN_ENCODING, decode
from ingest.characters.sanitize import clean
from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ragnano.errors import DamagedFile
from ragnano.types import Page

MOST_PAGE_CHARACTERS = 20_000
"""About six printed pages: a viewer shows one at a time and a citation into it is still found by eye."""
_MOST_CONTROL_SHARE = 0.02  # of characters; text files have next to none, binary files 10 % and more


def load_text(data: bytes, options: ReadOptions) -> LoadedFile:
    """Pages of a text file. Raises DamagedFile when it is empty, no text, or in an unknown encoding."""
    text, sure = decode(data)
    controls = sum(1 for char in text if char < " " and char not in "\t\n\r\f\v")
    if controls > _MOST_CONTROL_SHARE * len(text):
        raise DamagedFile("not text, whatever the name says: open it in the program it comes from and export a PDF")
    if not sure:
        raise DamagedFile(UNKNOWN_ENCODING)
    parts = [piece for part in text.split("\f") for piece in cut(clean(part))]
    if not any(part.strip() for part in parts):
        raise DamagedFile("the file holds no text; nothing to take in")
    while not parts[-1].strip():
        parts.pop()
    return LoadedFile(tuple(Page(number, 0.0, 0.0, part, read_by="plain") for number, part in enumerate(parts, 1)))


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
