"""Errors of the catalogue are explained in words, with a remedy."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ragnano.errors import (
    StoreBusy,
    StoreDamaged,
    StoreError,
)
from ragnano.store import Catalogue
from ragnano.store.sqlite_errors import from_sqlite
from ragnano.types import Chunk, Span
from tests.store.fakes import add, contract, document, many, texts


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "data") as opened:
        yield opened


# Errors


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    Catalogue(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "catalogue.sqlite3")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="made by a newer ragnano"):
        Catalogue(tmp_path)


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "catalogue.sqlite3")
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    with pytest.raises(StoreDamaged, match="not a ragnano catalogue"):
        Catalogue(tmp_path)


def test_garbage_is_not_a_catalogue(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite3").write_bytes(b"no database at all" * 400)
    with pytest.raises(StoreDamaged, match="your own files are untouched"):
        Catalogue(tmp_path)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """Returns the closed file of a catalogue of twenty documents."""
    with Catalogue(tmp_path) as whole:
        for number, parsed in enumerate(many(20)):
            add(whole, parsed, f"/{number}")
        whole.compact()
        return whole.path


def test_a_torn_file_is_told_as_damage(filled: Path) -> None:
    filled.write_bytes(filled.read_bytes()[: filled.stat().st_size // 2])
    with pytest.raises(StoreDamaged, match="ragnano ingest"):
        Catalogue(filled.parent)


def test_a_garbled_page_is_found_by_verify_and_told_as_damage(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'pages'").fetchone()
    content = bytearray(filled.read_bytes())
    content[(root - 1) * size : (root - 1) * size + 64] = b"\xff" * 64
    filled.write_bytes(content)
    with Catalogue(filled.parent) as garbled:
        assert garbled.verify()
        with pytest.raises(StoreDamaged, match="ragnano ingest"):
            garbled.pages(contract(0).document.id)


def test_text_that_no_longer_reads_is_damage_and_is_not_shown(catalogue: Catalogue) -> None:
    identifier = add(catalogue, document("The secret price."))
    with catalogue.writing() as connection:
        connection.execute("UPDATE pages SET text = CAST(CAST(text AS BLOB) || x'FF' AS TEXT)")
    with pytest.raises(StoreDamaged) as raised:
        catalogue.pages(identifier)
    assert "secret" not in str(raised.value)


def test_a_folder_that_cannot_be_made_is_told_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="--data-dir"):
        Catalogue(tmp_path / "file" / "data")


def test_a_writer_elsewhere_is_told_as_busy(catalogue: Catalogue) -> None:
    other = sqlite3.connect(catalogue.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    catalogue._writer.execute("PRAGMA busy_timeout = 10")
    with pytest.raises(StoreBusy, match="try again"):
        add(catalogue, document("One."))
    other.execute("ROLLBACK")
    other.close()
    add(catalogue, document("One."))


def test_a_full_disk_is_told_and_leaves_the_catalogue_as_it_was(catalogue: Catalogue) -> None:
    add(catalogue, document("One."), "/1")
    pages = catalogue._writer.execute("PRAGMA page_count").fetchone()[0]
    catalogue._writer.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreError, match="full; free some space"):
        add(catalogue, document("Two. " * 50_000), "/2")
    assert catalogue.counts() == (1, 1, 1)
    assert catalogue.verify() == []


def test_using_a_closed_catalogue_says_so(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path)
    catalogue.close()
    catalogue.close()
    for use in (catalogue.documents, lambda: catalogue.remove("f" * 64)):
        with pytest.raises(StoreError, match="closed"):
            use()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SQLITE_BUSY_SNAPSHOT", StoreBusy),
        ("SQLITE_LOCKED", StoreBusy),
        ("SQLITE_CORRUPT_VTAB", StoreDamaged),
        ("SQLITE_NOTADB", StoreDamaged),
        ("SQLITE_FULL", StoreError),
        ("SQLITE_READONLY_DIRECTORY", StoreError),
        ("SQLITE_PERM", StoreError),
        ("SQLITE_CANTOPEN", StoreError),
        ("SQLITE_IOERR_FSYNC", StoreError),
        ("SQLITE_NOMEM", StoreError),
        ("SQLITE_MISUSE", StoreError),
    ],
)
def test_each_sqlite_error_has_a_ragnano_error_that_names_the_file(name: str, kind: type[StoreError]) -> None:
    error = sqlite3.OperationalError("message")
    error.sqlite_errorname = name
    message = from_sqlite(error, Path("/data/catalogue.sqlite3"))
    assert type(message) is kind
    assert "/data/catalogue.sqlite3" in str(message)


# Verification


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("UPDATE chunks SET spans = '[[1,0,9999]]' WHERE ordinal = 0", "outside its page"),
        ("UPDATE chunks SET spans = '[[2,0,3]]' WHERE ordinal = 0", "outside its page"),
        ("UPDATE pages SET text = 'Une two three.' || substr(text, 15)", "not what its pages say"),
        ("DELETE FROM pages", "pages are missing"),
        ("DELETE FROM embeddings", "vectors do not fit"),
        ("UPDATE embeddings SET vectors = substr(vectors, 3)", "vectors do not fit"),
        ("UPDATE embeddings SET vectors = CAST(x'00FC' || substr(vectors, 3) AS BLOB)", "not numbers"),
        ("DELETE FROM placements", "stands at no path"),
        ("UPDATE chunks SET text = 'One two four.' WHERE ordinal = 0", "word index does not fit"),
    ],
)
def test_verify_finds_each_kind_of_fault_without_showing_text(catalogue: Catalogue, fault: str, message: str) -> None:
    add(catalogue, document("One two three.", "Four five six."))
    assert catalogue.verify() == []
    with catalogue.writing() as connection:
        connection.execute(fault)
    problems = catalogue.verify()
    assert any(message in problem for problem in problems)
    assert not any("three" in problem for problem in problems)


def test_a_chunk_may_join_broken_words_and_fold_white_space(catalogue: Catalogue) -> None:
    parsed = document("Notice of termi-\nnation   is sixty days.")
    span = parsed.chunks[0].spans[0]
    chunk = Chunk(parsed.document.id, 0, "Notice of termination is sixty days.", (Span(1, span.start, span.end),))
    add(catalogue, replace(parsed, chunks=(chunk,)))
    assert catalogue.verify() == []


def test_the_word_index_can_be_made_again(catalogue: Catalogue) -> None:
    add(catalogue, document("One two three."))
    with catalogue.writing() as connection:
        connection.execute("INSERT INTO chunk_index (chunk_index) VALUES ('delete-all')")
    assert texts(catalogue, "three") == []
    catalogue.reindex_words()
    assert texts(catalogue, "three") == ["One two three."]
