"""Ingesting files: what is stored, counted and reported."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from ingest.chunking.chunker import embedding_text
from ingest.options import IngestOptions
from ingest.pipeline import Progress
from ragnano.types import TypeCount
from tests.ingest.commands import CLAUSES
from tests.ingest.taker import Idle, Taker

pytestmark = pytest.mark.slow


def test_a_folder_is_taken_in_with_its_clauses(take: Taker, files: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    (files / "b.md").write_text("# Lease\n\nRent is due monthly.\n")
    report = take(files)
    assert (report.files, report.pages, report.chunks, report.failed) == (2, 2, 2, ())
    [document] = [d for d in take.catalogue.documents() if d.title == "Services Agreement"]
    chunk = take.catalogue.chunks_of(document.id)[-1]
    assert chunk.section == "8 TERM > 8.1 Notice"
    assert chunk.context == "Services Agreement"
    assert take.catalogue.verify() == []
    assert take.embedder.calls == [1, 1]


def test_progress_counts_every_file_once(take: Taker, files: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    take(files)
    for name in ("b.txt", "c.txt", "d.docx"):
        (files / name).write_text(CLAUSES + name)
    shutil.copy(files / "b.txt", files / "e.txt")
    seen: list[Progress] = []
    take(files, progress=seen.append)
    assert [state.done for state in seen] == [2, 3, 4, 5]
    assert {state.total for state in seen} == {5}
    assert seen[-1].seconds_left == 0


def test_collections_are_apart(take: Taker, files: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    take(files, options=IngestOptions(collection="one"))
    report = take(files, options=IngestOptions(collection="two"), embedder=Idle())
    assert (report.files, report.skipped) == (1, 0)
    assert [name for name, _ in take.catalogue.collections()] == ["one", "two"]


def test_vectors_are_those_of_the_chunks_they_stand_by(take: Taker, files: Path) -> None:
    for name in ("rent", "term", "price"):
        (files / f"{name}.txt").write_text(f"{name.upper()} AGREEMENT\n\nThis is about {name}.")
    take(files)
    ids, stored = take.catalogue.embeddings()
    chunks = take.catalogue.chunks(ids.tolist())
    expected = take.embedder.embed_passages([embedding_text(chunks[i]) for i in ids.tolist()])
    assert np.allclose(stored, expected, atol=1e-3)


def test_the_report_counts_by_kind_and_names_near_copies(take: Taker, files: Path) -> None:
    lines = [f"{number}. The Supplier shall deliver part {number * 37} in week {number}." for number in range(1, 40)]
    (files / "a.txt").write_text("\n\n".join(lines))
    (files / "b.md").write_text("\n\n".join([*lines[:-2], "38. The Buyer pays the price."]))
    (files / "c.md").write_text("# Lease\n\nRent is due monthly.\n")
    report = take(files)
    assert report.types == {"Markdown": TypeCount(2, 2), "text": TypeCount(1, 1)}
    [near] = report.versions
    assert (Path(near.path).name, Path(near.of).name) == ("b.md", "a.txt")
    assert near.likeness > 0.7


def test_patterns_choose_what_is_taken_in(take: Taker, files: Path) -> None:
    for name in ("a.txt", "b.txt", "c.md"):
        (files / name).write_text(CLAUSES + name)
    assert take(files, options=IngestOptions(include=["*.txt"], exclude=["b.*"])).files == 1
    assert [names for _, names, _ in take.state()] == [("a.txt",)]
