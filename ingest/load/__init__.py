"""Readers: bytes of a known media type to pages of text. Which reader takes what is data."""

from collections.abc import Callable, Sequence

from ingest.load.loaded import LoadedFile
from ingest.load.pdf import load_pdf
from ingest.load.text import load_text
from ingest.walk import MARKDOWN, PDF, TEXT
from ragnano.errors import UnsupportedFile

__all__ = ["LOADERS", "LoadedFile", "load"]

Loader = Callable[[bytes, Sequence[str]], LoadedFile]
LOADERS: dict[str, Loader] = {PDF: load_pdf, TEXT: load_text, MARKDOWN: load_text}


def load(data: bytes, media_type: str, passwords: Sequence[str] = ()) -> LoadedFile:
    """Read a file's bytes. Raises UnsupportedFile, PasswordNeeded or DamagedFile."""
    loader = LOADERS.get(media_type)
    if loader is None:
        raise UnsupportedFile(f"not readable yet: {media_type}; convert it to PDF or text")
    return loader(data, passwords)
