"""Versions of one text are recognised by their overlap, without comparing all pairs of documents."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ragnano.store import Catalogue, Version
from ragnano.store.minhash import ALIKE, bands, likeness, sketch_of, unpack
from ragnano.types import ParsedDocument
from tests.conftest import DATA
from tests.store.fakes import add, document, files_with

WORDS = [f"{first}{second}" for first in "kel bor tin mas rud".split() for second in "da mi so pe lu na ro".split()]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "data") as opened:
        yield opened


def sentences(seed: int, count: int = 30) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=14)) + "." for _ in range(count)]


def changed(lines: list[str], number: int) -> list[str]:
    """Returns the text with `number` of its sentences reworded."""
    return [f"{line} amended" if place < number else line for place, line in enumerate(lines)]


def contract(lines: list[str], title: str) -> ParsedDocument:
    return document(*lines, title=title)


def test_a_changed_copy_is_a_version_and_another_text_is_none(catalogue: Catalogue) -> None:
    draft = add(catalogue, contract(sentences(1), "Draft"), "/draft")
    final = add(catalogue, contract(changed(sentences(1), 3), "Final"), "/final")
    other = add(catalogue, contract(sentences(2), "Other"), "/other")
    [version] = catalogue.versions_of(draft)
    assert version.document == final
    assert 0.7 < version.likeness < 1
    assert catalogue.versions_of(other) == []
    assert catalogue.versions() == {draft: [version], final: [Version(draft, version.likeness)]}


def test_versions_come_most_alike_first(catalogue: Catalogue) -> None:
    first = add(catalogue, contract(sentences(1), "First"), "/1")
    third = add(catalogue, contract(changed(sentences(1), 8), "Third"), "/3")
    second = add(catalogue, contract(changed(sentences(1), 2), "Second"), "/2")
    assert [version.document for version in catalogue.versions_of(first)] == [second, third]


def test_too_little_text_is_no_version_of_anything(catalogue: Catalogue) -> None:
    one = add(catalogue, document("Please find the signed copy enclosed.", title="Letter"), "/1")
    add(catalogue, document("Please find the signed copy enclosed.", title="Another letter"), "/2")
    assert catalogue.versions_of(one) == []
    assert catalogue.versions() == {}


def test_a_form_that_comes_often_is_compared_with_few_of_its_copies(catalogue: Catalogue) -> None:
    copies = [add(catalogue, contract([*sentences(1), f"Number {n}."], f"Form {n}"), f"/{n}") for n in range(60)]
    assert 30 <= len(catalogue.versions_of(copies[0])) < 59


def test_a_removed_document_takes_its_sketch_along(catalogue: Catalogue, tmp_path: Path) -> None:
    draft = add(catalogue, contract(sentences(1), "Draft"), "/draft")
    final = add(catalogue, contract(changed(sentences(1), 3), "Final"), "/final")
    sketch = sketch_of([catalogue.pages(draft)[0].text])
    assert files_with(tmp_path, sketch)
    catalogue.remove(draft)
    catalogue.trim_log(catalogue.head_seq())
    assert catalogue.compact()
    assert files_with(tmp_path, sketch) == []
    assert catalogue.versions_of(final) == []
    with catalogue.reading() as connection:
        assert connection.execute("SELECT count(*) FROM sketch_bands").fetchone() == (32,)


def test_documents_taken_in_before_there_were_sketches_are_sketched_later(catalogue: Catalogue) -> None:
    draft = add(catalogue, contract(sentences(1), "Draft"), "/draft")
    final = add(catalogue, contract(changed(sentences(1), 3), "Final"), "/final")
    with closing(sqlite3.connect(catalogue.path)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM sketches")
        connection.commit()
    assert catalogue.versions_of(draft) == []
    catalogue.sketch_missing()
    assert [version.document for version in catalogue.versions_of(draft)] == [final]


def test_the_estimate_is_near_the_share_of_runs_in_common() -> None:
    lines = sentences(3, 200)
    runs = [set(_runs(" ".join(text))) for text in (lines, changed(lines, 60))]
    true = len(runs[0] & runs[1]) / len(runs[0] | runs[1])
    one, other = (unpack(sketch_of(text)) for text in (lines, changed(lines, 60)))
    assert abs(float(likeness(one, other[None])[0]) - true) < 0.12
    assert (bands(one) == bands(other)).any()


def _runs(text: str) -> list[str]:
    words = text.replace(".", "").split()
    return [" ".join(words[at : at + 5]) for at in range(len(words) - 4)]


@pytest.mark.skipif(not (DATA / "cuad" / "txt").is_dir(), reason="real contracts are not here")
def test_real_contracts_of_different_deals_are_no_versions_and_their_edited_copies_are() -> None:
    texts = [path.read_text("utf-8", "replace") for path in sorted((DATA / "cuad" / "txt").glob("*"))[:40]]
    known = [unpack(sketch_of([text])) for text in texts]
    for place, sketch in enumerate(known):
        assert all(float(likeness(sketch, other[None])[0]) < ALIKE for other in known[:place])
    chance = random.Random(4)
    for text, sketch in list(zip(texts, known, strict=True))[::4]:
        edited = " ".join("changed" if chance.random() < 0.03 else word for word in text.split())
        assert float(likeness(sketch, unpack(sketch_of([edited]))[None])[0]) >= ALIKE
