"""The catalogue: documents are stored completely or not at all, at their paths, and recorded in a log."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ragnano.errors import (
    IndexMismatch,
    NotFoundError,
    StoreError,
)
from ragnano.store import Catalogue, quote_term
from ragnano.types import Scope
from tests.store.fakes import EVERYTHING, add, document, many, texts, vectors


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "data") as opened:
        yield opened


# Round trip


def test_a_document_comes_back_as_it_was_stored(catalogue: Catalogue) -> None:
    parsed = document("The rent is due monthly.", "Notice is sixty days.")
    identifier = add(catalogue, parsed)
    stored = catalogue.document(identifier)
    assert stored.added
    assert replace(stored, added="", paths=(), collections=()) == parsed.document
    assert (stored.paths, stored.collections) == (("/docs/a.pdf",), ("default",))
    assert catalogue.pages(identifier) == list(parsed.pages)
    assert catalogue.page(identifier, 1) == parsed.pages[0]
    assert [replace(chunk, id=0) for chunk in catalogue.chunks_of(identifier)] == list(parsed.chunks)
    assert catalogue.counts() == (1, 1, 2)


def test_chunk_ids_lead_to_their_own_embeddings(catalogue: Catalogue) -> None:
    first, second = many(2)
    add(catalogue, first, "/a")
    add(catalogue, second, "/b")
    ids, matrix = catalogue.embeddings([second.document.id])
    assert ids.tolist() == [chunk.id for chunk in catalogue.chunks_of(second.document.id)]
    assert matrix.dtype == np.float32
    assert np.array_equal(matrix, vectors(second).astype(np.float16).astype(np.float32))


def test_embeddings_come_in_batches_of_whole_documents(catalogue: Catalogue) -> None:
    for number, parsed in enumerate(many(5)):
        add(catalogue, parsed, f"/{number}")
    batches = list(catalogue.embedding_batches(size=6))
    assert [len(batch.ids) for batch in batches] == [6, 6, 3]
    ids, matrix = catalogue.embeddings()
    assert np.array_equal(np.concatenate([batch.ids for batch in batches]), ids)
    assert np.array_equal(np.concatenate([batch.vectors for batch in batches]), matrix)
    assert batches[2].documents == [many(5)[4].document.id] * 3


def test_a_document_without_chunks_is_stored_too(catalogue: Catalogue) -> None:
    parsed = document(status="partial")
    catalogue.add(parsed, np.zeros((0, 8), np.float32), collection="c", path="/scan.pdf", size=1, mtime_ns=1)
    assert catalogue.document(parsed.document.id).status == "partial"
    assert catalogue.dense(np.ones(8, np.float32), EVERYTHING, 3) == []
    assert catalogue.verify() == []


@pytest.mark.parametrize(
    "wrong", [np.zeros((1, 8), np.float32), np.zeros(2, np.float32), np.full((2, 8), np.nan), np.full((2, 8), 1e9)]
)
def test_vectors_that_do_not_fit_leave_nothing_behind(catalogue: Catalogue, wrong: np.ndarray) -> None:
    parsed = document("One.", "Two.")
    with pytest.raises(StoreError, match="doctor"):
        catalogue.add(parsed, wrong, collection="c", path="/a", size=1, mtime_ns=1)
    assert catalogue.counts() == (0, 0, 0)
    assert not catalogue.has(parsed.document.id)
    assert catalogue.head_seq() == 0


def test_half_a_character_is_refused_in_words(catalogue: Catalogue) -> None:
    with pytest.raises(StoreError, match="half a character"):
        add(catalogue, document("Fine."), path="/docs/\udcff.pdf")
    assert catalogue.counts() == (0, 0, 0)


# Places


def test_the_same_bytes_at_two_places_are_one_document(catalogue: Catalogue) -> None:
    parsed = document("The rent is due monthly.")
    add(catalogue, parsed, "/docs/a.pdf")
    add(catalogue, parsed, "/docs/b.pdf", "other")
    stored = catalogue.document(parsed.document.id)
    assert (stored.paths, stored.collections) == (("/docs/a.pdf", "/docs/b.pdf"), ("default", "other"))
    assert catalogue.counts() == (1, 1, 1)


def test_a_document_stays_until_its_last_placement_goes(catalogue: Catalogue) -> None:
    identifier = add(catalogue, document("The rent is due monthly."))
    catalogue.place(identifier, collection="other", path="/copy.pdf", size=10, mtime_ns=2)
    assert catalogue.unplace("default", "/docs/a.pdf")
    assert catalogue.has(identifier)
    assert catalogue.unplace("other", "/copy.pdf")
    assert not catalogue.has(identifier)
    assert catalogue.counts() == (0, 0, 0)
    assert texts(catalogue, "rent") == []
    assert not catalogue.unplace("other", "/copy.pdf")


def test_changed_bytes_replace_what_stood_at_the_path(catalogue: Catalogue) -> None:
    old = add(catalogue, document("The rent is 900 a month."))
    new = add(catalogue, document("The rent is 950 a month."))
    assert not catalogue.has(old)
    assert texts(catalogue, "rent") == ["The rent is 950 a month."]
    assert catalogue.document(new).paths == ("/docs/a.pdf",)


def test_what_stands_elsewhere_survives_a_replacement(catalogue: Catalogue) -> None:
    old = add(catalogue, document("The rent is 900 a month."), "/a")
    catalogue.place(old, collection="default", path="/b", size=1, mtime_ns=1)
    add(catalogue, document("The rent is 950 a month."), "/a")
    assert catalogue.document(old).paths == ("/b",)


def test_a_placement_tells_whether_a_file_has_changed(catalogue: Catalogue) -> None:
    identifier = add(catalogue, document("One."), "/docs/a.pdf")
    place = catalogue.placement("default", "/docs/a.pdf")
    assert place is not None
    assert (place.document, place.size, place.mtime_ns) == (identifier, 10, 1)
    assert catalogue.placement("other", "/docs/a.pdf") is None


def test_placements_under_a_folder_are_counted_in_whole_names(catalogue: Catalogue) -> None:
    for path in ("/docs/a.pdf", "/docs2/b.pdf", "/docs/sub/c.pdf"):
        add(catalogue, document(path), path)
    add(catalogue, document("x"), "/docs/a.pdf", "other")
    under = catalogue.placements("default", under="/docs/")
    assert [place.path for place in under] == ["/docs/a.pdf", "/docs/sub/c.pdf"]
    assert len(catalogue.placements()) == 4


def test_placing_or_removing_a_stranger_says_so(catalogue: Catalogue) -> None:
    identifier = add(catalogue, document("One."))
    with pytest.raises(NotFoundError, match="docs list"):
        catalogue.place("f" * 64, collection="c", path="/a", size=1, mtime_ns=1)
    with pytest.raises(NotFoundError, match="docs list"):
        catalogue.remove("f" * 64)
    with pytest.raises(NotFoundError, match="'other'"):
        catalogue.remove(identifier, "other")


def test_removing_from_one_collection_leaves_the_other(catalogue: Catalogue) -> None:
    parsed = document("One.")
    add(catalogue, parsed, "/a", "left")
    add(catalogue, parsed, "/a", "right")
    catalogue.remove(parsed.document.id, "left")
    assert catalogue.collections() == [("right", 1)]
    catalogue.remove(parsed.document.id)
    assert catalogue.collections() == []


def test_collections_are_renamed_and_deleted_whole(catalogue: Catalogue) -> None:
    one, two = many(2)
    add(catalogue, one, "/1", "old")
    add(catalogue, two, "/2", "old")
    add(catalogue, two, "/2", "kept")
    with pytest.raises(StoreError, match="already"):
        catalogue.rename_collection("old", "kept")
    catalogue.rename_collection("old", "new")
    assert catalogue.collections() == [("kept", 1), ("new", 2)]
    assert catalogue.delete_collection("new") == 1
    assert [stored.id for stored in catalogue.documents()] == [two.document.id]
    for call in (lambda: catalogue.delete_collection("new"), lambda: catalogue.rename_collection("new", "newer")):
        with pytest.raises(NotFoundError):
            call()


def test_documents_are_listed_by_title_and_limited_by_scope(catalogue: Catalogue) -> None:
    for title, path, collection in (("beta", "/2", "x"), ("Alpha", "/3", "x"), ("alpha", "/1", "y")):
        add(catalogue, document(title, title=title), path, collection)
    assert [stored.title for stored in catalogue.documents()] == ["Alpha", "alpha", "beta"]
    inside = catalogue.documents(Scope(collection="x"))
    assert [stored.title for stored in inside] == ["Alpha", "beta"]
    both = Scope(collection="x", documents=(inside[1].id, "f" * 64))
    assert [stored.title for stored in catalogue.documents(both)] == ["beta"]
    assert catalogue.documents(Scope(documents=())) == []


# Fingerprint, rebuild, log


def test_an_empty_catalogue_takes_the_fingerprint_it_is_given(catalogue: Catalogue) -> None:
    assert catalogue.fingerprint() == {}
    catalogue.require_fingerprint({"embedder": "a"})
    catalogue.require_fingerprint({"embedder": "b"})
    assert catalogue.fingerprint() == {"embedder": "b"}


def test_a_changed_fingerprint_names_what_changed(catalogue: Catalogue) -> None:
    catalogue.require_fingerprint({"embedder": "a", "chunk_tokens": "200"})
    add(catalogue, document("One."))
    catalogue.require_fingerprint({"chunk_tokens": "200", "embedder": "a"})
    with pytest.raises(IndexMismatch, match=r"embedder was a, is now b.*`ragnano docs rebuild --reembed`") as raised:
        catalogue.require_fingerprint({"embedder": "b", "chunk_tokens": "200"})
    assert "chunk_tokens" not in str(raised.value)


def test_an_interrupted_rebuild_is_noticed_and_goes_on_where_it_was(catalogue: Catalogue) -> None:
    catalogue.require_fingerprint({"embedder": "a"})
    one, two = many(2)
    add(catalogue, one, "/1")
    add(catalogue, two, "/2")
    catalogue.adopt_fingerprint({"embedder": "b"})
    assert catalogue.stale_documents() == [one.document.id, two.document.id]
    wider = np.ones((3, 12), np.float32)
    catalogue.replace_chunks(one.document.id, one.chunks, wider)
    with pytest.raises(IndexMismatch, match="1 documents to go"):
        catalogue.require_fingerprint({"embedder": "b"})
    with pytest.raises(IndexMismatch, match="different models"):
        catalogue.embeddings()
    assert catalogue.stale_documents() == [two.document.id]
    catalogue.replace_chunks(two.document.id, two.chunks[:1], wider[:1])
    catalogue.require_fingerprint({"embedder": "b"})
    assert catalogue.counts() == (2, 2, 4)
    assert texts(catalogue, quote_term("Sentence 2 of document 1")) == []
    assert catalogue.verify() == []


def test_the_log_tells_every_change_once_and_can_be_forgotten(catalogue: Catalogue) -> None:
    one, two = many(2)
    add(catalogue, one, "/1")
    add(catalogue, two, "/2")
    catalogue.remove(one.document.id)
    log = [(entry.op, entry.document) for entry in catalogue.pending_vectors(0)]
    assert log == [("add", one.document.id), ("add", two.document.id), ("remove", one.document.id)]
    assert [entry.seq for entry in catalogue.pending_vectors(1)] == [2, 3]
    catalogue.trim_log(catalogue.head_seq())
    assert catalogue.pending_vectors(0) == []
    assert catalogue.head_seq() == catalogue.trimmed_seq() == 3
    add(catalogue, one, "/1")
    assert catalogue.head_seq() == 4


def test_chunk_ids_are_never_used_twice(catalogue: Catalogue) -> None:
    parsed = document("a", "b")
    first = {chunk.id for chunk in catalogue.chunks_of(add(catalogue, parsed))}
    catalogue.remove(parsed.document.id)
    assert not first & {chunk.id for chunk in catalogue.chunks_of(add(catalogue, parsed))}


def test_each_catalogue_has_an_id_of_its_own_that_stays(catalogue: Catalogue, tmp_path: Path) -> None:
    with Catalogue(tmp_path / "other") as other, Catalogue(tmp_path / "data") as same:
        assert catalogue.id == same.id != other.id
