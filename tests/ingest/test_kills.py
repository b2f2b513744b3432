"""Kill -9 at any moment of an ingest loses nothing: after the next run the result is as if it had not happened."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ragnano.assistant import Assistant
from ragnano.settings import Settings
from ragnano.types import Scope
from tests.conftest import SAMPLES, FakeEmbedder

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
MOMENTS = 8
KILLS_EACH = 4  # kills of one data directory before a run may finish
RUN = """
import sys
from pathlib import Path
from ingest.pipeline import ingest
from ragnano.settings import Settings
from ragnano.store import Catalogue, Vectors
from tests.conftest import FakeEmbedder
settings = Settings.load(data_dir=Path(sys.argv[1]))
catalogue = Catalogue(settings.data_dir)
vectors = Vectors(settings.data_dir, catalogue)
print("begun", flush=True)
ingest([Path(sys.argv[2])], settings=settings, catalogue=catalogue, vectors=vectors, embedder=FakeEmbedder())
"""


def start(data_dir: Path, documents: Path) -> "subprocess.Popen[str]":
    """Starts an ingest in a separate process; returns when its work begins."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(data_dir), str(documents)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def contents(data_dir: Path) -> tuple[object, ...]:
    """Returns documents, chunks, and the results of a few searches, without the numbers assigned by the store."""
    with Assistant(Settings.load(data_dir=data_dir), embedder=FakeEmbedder()) as assistant:  # type: ignore[arg-type]
        assert assistant.catalogue.verify() == []
        assistant.settle()
        assert assistant.vectors.verify() == []
        documents = sorted((document.id, document.title, document.paths) for document in assistant.documents())
        chunks = [
            (chunk.document, chunk.ordinal, chunk.text, chunk.spans)
            for document, _, _ in documents
            for chunk in assistant.catalogue.chunks_of(document)
        ]
        found = [
            sorted(
                (round(hit.score, 9), hit.chunk.document, hit.chunk.ordinal)
                for hit in assistant.search(text, Scope(), 10)
            )
            for text in ("notice of termination", "security deposit", "governing law")
        ]
        query = np.ones(64, dtype=np.float32) / 8
        exact = [round(score, 5) for _, score in assistant.catalogue.dense(query, Scope(), 10)]
    return documents, chunks, found, exact


def test_an_ingest_killed_at_random_moments_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    shutil.copytree(SAMPLES / "documents", documents, ignore=shutil.ignore_patterns("*-scan.pdf"))  # OCR takes longest
    process = start(tmp_path / "whole", documents)
    begun = time.monotonic()
    assert process.wait(timeout=600) == 0
    duration = time.monotonic() - begun
    expected = contents(tmp_path / "whole")
    rng = random.Random(20)
    for folder in range(MOMENTS // KILLS_EACH):
        data_dir = tmp_path / f"killed-{folder}"
        killed = 0
        while killed < KILLS_EACH:
            process = start(data_dir, documents)
            try:
                process.wait(timeout=rng.uniform(0, duration / KILLS_EACH))
                shutil.rmtree(data_dir)  # finished before the kill: start again from the beginning
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                killed += 1
            process.wait(timeout=600)
        assert start(data_dir, documents).wait(timeout=600) == 0
        assert contents(data_dir) == expected
