"""What describes a kind of file: one of ragnano's (`file_types`) or a plug-in's (`plugins`)."""

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of file: its name for users, media type (None: no parser), endings, leading bytes, and remedy."""

    name: str
    media_type: str | None
    endings: tuple[str, ...]
    magic: tuple[bytes, ...] = ()
    remedy: str = "convert it to PDF or text"
