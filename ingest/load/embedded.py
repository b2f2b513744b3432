"""Files embedded in Office documents (a table, an annex, a chart's figures), each read by its own reader.

Knows where Office keeps them; limits are `ingest.load.members`'s, those of unpacking `ingest.load.packages`'s.
"""

import posixpath
from collections.abc import Collection, Sequence

from ingest.load.loaded import ReadOptions
from ingest.load.members import inside, is_spent, member_name, numbered, read_member, unreadable
from ingest.load.packages import Package
from ingest.signs import alive
from ragnano.errors import LimitExceeded, LoadError
from ragnano.types import Page

_FOLDER = "embeddings"


def with_embedded(
    pages: Sequence[Page], package: Package, options: ReadOptions, read: Collection[str] = ()
) -> tuple[Page, ...]:
    """A document's pages and behind them those of its embedded files; of one that cannot be read why.

    `read`: names of those whose content the pages have already.
    """
    inside_folder = (name for name in package.names if posixpath.basename(posixpath.dirname(name)) == _FOLDER)
    names = sorted(set(inside_folder) - set(read))
    if not names:
        return tuple(pages)
    try:
        within = inside(options)
    except LimitExceeded as error:
        return numbered([*pages, unreadable("Attachments", str(error))])
    found = list(pages)
    for name in filter(posixpath.basename, names):
        if is_spent(within):
            break
        alive()
        label = member_name(posixpath.basename(name))
        try:
            found += read_member(label, package.read(name), within, f"Attachment {label}")
        except LoadError as error:
            found.append(unreadable(f"Attachment {label}", str(error)))
    return numbered(found)
