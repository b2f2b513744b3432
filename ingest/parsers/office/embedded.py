"""Parses files embedded in Office documents (a table, an annex, a chart's data), each with its own parser.

`ingest.parsers.nested_files` and `ingest.parsers.base.zip_packages` set the limits.
"""

import posixpath
from collections.abc import Collection, Sequence

from ingest.parsers.base.heartbeat import beat
from ingest.parsers.base.interface import ReadOptions
from ingest.parsers.base.zip_packages import Package
from ingest.parsers.nested_files import inside, is_spent, member_name, numbered, read_member, unreadable
from ragnano.errors import LimitExceeded, LoadError
from ragnano.types import Page

_FOLDER = "embeddings"


def with_embedded(
    pages: Sequence[Page], package: Package, options: ReadOptions, read: Collection[str] = ()
) -> tuple[Page, ...]:
    """Return a document's pages followed by those of its embedded files; an unreadable one becomes a page with the
    reason.

    `read` names the embedded files whose content is in the pages already.
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
        beat()
        label = member_name(posixpath.basename(name))
        try:
            found += read_member(label, package.read(name), within, f"Attachment {label}")
        except LoadError as error:
            found.append(unreadable(f"Attachment {label}", str(error)))
    return numbered(found)
