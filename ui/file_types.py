"""Names of file types and the list of supported ones, taken from ingest's registry so that new parsers are included."""

from ingest.discovery.file_types import KINDS

ENDINGS = tuple(
    sorted({ending[1:] for kind in KINDS if kind.media_type is not None for ending in kind.endings if ending})
)
"""Supported file name endings, without the dot."""

NAMES = ", ".join(dict.fromkeys(kind.name for kind in KINDS if kind.media_type is not None))
"""Supported file types as text."""


def kind_name(media_type: str) -> str:
    """ "application/pdf": "PDF"."""
    return next((kind.name for kind in KINDS if kind.media_type == media_type), media_type)
