"""Shared parts of the measurements: options, and the index that holds the labelled documents."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragnano.cli.options import settings

if TYPE_CHECKING:
    from ragnano.assistant import Assistant

Data = Annotated[Path, typer.Option("--data", help="The folder with the labelled documents.")]
Index = Annotated[
    Path | None,
    typer.Option("--index", help="Keep the index in this folder, for the next measurement (default: thrown away)."),
]
TEXTS = "documents"
"""The folder in the index for documents whose labels contain their texts."""


class Mode(StrEnum):
    """Whether a question is asked of its own document, or of all with the document named in it."""

    one = "one"
    all = "all"


@contextmanager
def index_of(documents: Path | Mapping[str, str], index: Path | None, **overrides: Any) -> Iterator["Assistant"]:
    """Yields an assistant over the documents, ingested into `index` or into a temporary index.

    `documents` is a folder, or texts by file name, which are first written into the index's folder. `overrides` are
    settings. A temporary index is deleted at the end.
    """
    import tempfile

    from ingest.pipeline import ingest
    from ragnano.assistant import Assistant

    with ExitStack() as stack:
        folder = index or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ragnano-eval-")))
        assistant = stack.enter_context(Assistant(settings(data_dir=folder, **overrides)))
        ingest(
            [documents if isinstance(documents, Path) else _written(documents, folder / TEXTS)],
            settings=assistant.settings,
            catalogue=assistant.catalogue,
            vectors=assistant.vectors,
            embedder=lambda: assistant.embedder,
        )
        yield assistant


def _written(texts: Mapping[str, str], folder: Path) -> Path:
    """Writes the texts as files, except those already there with the same content, and returns the folder."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        path, whole = folder / name, text.encode()
        if not path.is_file() or path.read_bytes() != whole:
            path.write_bytes(whole)
    return folder
