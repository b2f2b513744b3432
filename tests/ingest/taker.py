"""Ingesting into one data directory with fakes, for the tests of the pipeline."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.pipeline import ingest
from ingest.workers.pool import ParserPool
from ragnano.settings import Settings
from ragnano.store import Catalogue, Vectors
from ragnano.types import IngestReport
from tests.ingest.fakes import LetterEmbedder, fragile_parser


class Taker:
    """One data directory, and `ingest` into it with fakes."""

    def __init__(self, home: Path, file_seconds: float = 20.0) -> None:
        self.settings = Settings.load(data_dir=home, file_seconds=file_seconds, file_megabytes=1)
        self.catalogue = Catalogue(home)
        self.vectors = Vectors(home, self.catalogue)
        self.embedder = LetterEmbedder()

    def __call__(self, *paths: Path, **options: Any) -> IngestReport:
        given = {
            "embedder": self.embedder,
            "parser_pool": lambda: ParserPool(self.settings, make=fragile_parser),
        } | options
        return ingest(paths, settings=self.settings, catalogue=self.catalogue, vectors=self.vectors, **given)

    def state(self) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
        """Returns (title, paths' names, chunks' texts) of every document, sorted."""
        return sorted(
            (
                document.title,
                tuple(Path(path).name for path in document.paths),
                tuple(chunk.text for chunk in self.catalogue.chunks_of(document.id)),
            )
            for document in self.catalogue.documents()
        )

    def close(self) -> None:
        self.vectors.close()
        self.catalogue.close()


class Idle(LetterEmbedder):
    """Has a fingerprint, and embeds nothing."""

    def embed_passages(self, texts: Sequence[str], progress: object = None) -> NDArray[np.float32]:
        raise AssertionError("the embedder was asked although there was nothing to embed")
