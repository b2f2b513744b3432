"""How kinds of file are called, and which can be taken in; from ingest's own list, so that a new reader is offered."""

from ingest.discovery.file_types import KINDS

ENDINGS = tuple(
    sorted({ending[1:] for kind in KINDS if kind.media_type is not None for ending in kind.endings if ending})
)
"""Endings of the files that can be read, without the dot."""

NAMES = ", ".join(dict.fromkeys(kind.name for kind in KINDS if kind.media_type is not None))
"""The kinds that can be read, in words."""


def kind_name(media_type: str) -> str:
    """ "application/pdf": "PDF"."""
    return next((kind.name for kind in KINDS if kind.media_type == media_type), media_type)
