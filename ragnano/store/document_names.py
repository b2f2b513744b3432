"""Resolves a name that a user typed to a document, by its id or path."""

import difflib
import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from ragnano.errors import AmbiguousError, NotFoundError
from ragnano.types import Document

_ID_START = re.compile(r"[0-9a-fA-F]{6,64}")
# Limit for the candidates or suggestions in a message.
_LISTED = 5


def resolve(name: str, documents: Sequence[Document], collection: str | None = None) -> Document:
    """Returns the document that `name` matches: by full id, exact path, end of a path or start of an id, in this order.

    Raises NotFoundError with the nearest names, AmbiguousError with the candidates.
    """
    for fits in (_is_id, _is_path, _is_path_end, _is_id_start):
        found = [document for document in documents if fits(document, name)]
        if len(found) == 1:
            return found[0]
        if found:
            raise AmbiguousError(
                f"{name!r} fits {len(found)} documents: {_listed(found)}; use more of the path, the id, or --collection"
            )
    where = f" in collection {collection!r}" if collection is not None else ""
    raise NotFoundError(f"no document {name!r}{where}; {_hint(name, documents)}")


def is_under(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or inside it, compared by whole path components."""
    base = _slashed(folder).rstrip("/")
    return _slashed(path) == base or _slashed(path).startswith(base + "/")


def _is_id(document: Document, name: str) -> bool:
    return document.id == name.lower()


def _is_path(document: Document, name: str) -> bool:
    return name in document.paths


def _is_path_end(document: Document, name: str) -> bool:
    end = "/" + _slashed(name).removeprefix("./").strip("/")
    return len(end) > 1 and any(("/" + _slashed(path)).endswith(end) for path in document.paths)


def _is_id_start(document: Document, name: str) -> bool:
    return _ID_START.fullmatch(name) is not None and document.id.startswith(name.lower())


def _slashed(path: str) -> str:
    return path.replace("\\", "/")


def _listed(documents: Sequence[Document]) -> str:
    listed = ", ".join(f"{document.path} ({document.id[:12]})" for document in documents[:_LISTED])
    return listed if len(documents) <= _LISTED else f"{listed} and {len(documents) - _LISTED} more"


def _hint(name: str, documents: Sequence[Document]) -> str:
    if not documents:
        return "nothing has been taken in yet: run `ragnano ingest FOLDER`"
    files = {PurePosixPath(_slashed(path)).name for document in documents for path in document.paths}
    requested = PurePosixPath(_slashed(name)).name.casefold()
    folded = {file.casefold(): file for file in sorted(files)}
    near = [folded[match] for match in difflib.get_close_matches(requested, folded, n=_LISTED)]
    return f"did you mean {' or '.join(near)}?" if near else "`ragnano docs list` shows what is stored"
