"""The catalogue: documents in entirely or not at all, found by words and vectors, and gone without a trace."""

import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ragnano.errors import (
    AmbiguousError,
    IndexMismatch,
    NotFoundError,
    QuestionError,
    StoreBusy,
    StoreDamaged,
    StoreError,
)
from ragnano.store import Catalogue, quote_term
from ragnano.store.trouble import from_sqlite
from ragnano.types import Chunk, Scope, Span
from tests.store_fakes import add, document, files_with, many, vectors

EVERYTHING = Scope()


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "data") as opened:
        yield opened


def texts(catalogue: Catalogue, expression: str, scope: Scope = EVERYTHING, k: int = 10) -> list[str]:
    found = catalogue.lexical(expression, scope, k)
    chunks = catalogue.chunks([identifier for identifier, _ in found])
    return [chunks[identifier].text for identifier, _ in found]


# What goes in comes out


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


# Names


def test_a_document_is_found_by_id_start_of_id_path_and_file_name(catalogue: Catalogue) -> None:
    identifier = add(catalogue, document("One."), "/docs/2024/lease.pdf")
    add(catalogue, document("Two."), "/docs/2023/loan.pdf")
    names = (identifier, identifier.upper(), identifier[:6], "/docs/2024/lease.pdf", "lease.pdf", "./2024/lease.pdf")
    assert {catalogue.resolve(name).id for name in names} == {identifier}


def test_a_path_made_elsewhere_resolves_with_either_slash(catalogue: Catalogue) -> None:
    identifier = add(catalogue, document("One."), "C:\\docs\\lease.pdf")
    assert catalogue.resolve("docs/lease.pdf").id == catalogue.resolve("lease.pdf").id == identifier


def test_a_name_that_fits_two_documents_lists_them(catalogue: Catalogue) -> None:
    first = add(catalogue, document("One."), "/2023/lease.pdf", "a")
    add(catalogue, document("Two."), "/2024/lease.pdf", "b")
    with pytest.raises(AmbiguousError, match=rf"/2023/lease.pdf \({first[:12]}\), /2024/lease.pdf"):
        catalogue.resolve("lease.pdf")
    assert catalogue.resolve("lease.pdf", "a").id == first


@pytest.mark.parametrize(
    ("name", "hint"), [("laese.pdf", "did you mean lease.pdf"), ("zzz", "docs list"), ("ease.pdf", "lease.pdf")]
)
def test_an_unknown_name_gets_a_hint(catalogue: Catalogue, name: str, hint: str) -> None:
    add(catalogue, document("One."), "/2023/lease.pdf")
    with pytest.raises(NotFoundError, match=hint):
        catalogue.resolve(name)


def test_five_digits_are_too_few_for_an_id(catalogue: Catalogue) -> None:
    identifier = add(catalogue, document("One."))
    with pytest.raises(NotFoundError):
        catalogue.resolve(identifier[:5])


def test_an_empty_catalogue_says_how_to_fill_it(catalogue: Catalogue) -> None:
    with pytest.raises(NotFoundError, match="ragnano ingest"):
        catalogue.resolve("lease.pdf")


def test_a_page_that_is_not_there_names_those_that_are(catalogue: Catalogue) -> None:
    identifier = add(catalogue, document("One."))
    with pytest.raises(NotFoundError, match="pages are 1 to 1"):
        catalogue.page(identifier, 2)
    with pytest.raises(NotFoundError, match="docs list"):
        catalogue.page("f" * 64, 1)


# Search by words


def test_words_are_found_by_stem_and_without_accents(catalogue: Catalogue) -> None:
    add(catalogue, document("Either party may terminate.", "The façade is painted yearly."))
    assert texts(catalogue, quote_term("termination")) == ["Either party may terminate."]
    assert texts(catalogue, quote_term("facade")) == ["The façade is painted yearly."]


def test_better_matches_score_higher_and_ties_go_by_id(catalogue: Catalogue) -> None:
    add(catalogue, document("rent rent rent", "rent and heating and water", "rent and heating and waste", "nothing"))
    found = catalogue.lexical("rent", EVERYTHING, 10)
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[1] == scores[2] > 0
    assert found[1][0] < found[2][0]
    assert catalogue.lexical("rent", EVERYTHING, 2) == found[:2]


def test_a_match_in_the_heading_counts_as_its_weight_says(catalogue: Catalogue) -> None:
    parsed = document("Sixty days.", "The indemnity of the parties.")
    chunks = (replace(parsed.chunks[0], section="9 Indemnity"), parsed.chunks[1])
    add(catalogue, replace(parsed, chunks=chunks))
    assert texts(catalogue, "indemnity")[0] == "Sixty days."
    reverse = catalogue.lexical("indemnity", EVERYTHING, 2, weights=(0.5, 0.1, 5))
    assert catalogue.chunks([reverse[0][0]])[reverse[0][0]].text == "The indemnity of the parties."


def test_a_scope_limits_the_search(catalogue: Catalogue) -> None:
    left, right = document("rent left"), document("rent right")
    add(catalogue, left, "/l", "x")
    add(catalogue, right, "/r", "y")
    assert texts(catalogue, "rent", Scope(collection="x")) == ["rent left"]
    assert texts(catalogue, "rent", Scope(documents=(right.document.id,))) == ["rent right"]
    assert texts(catalogue, "rent", Scope(collection="x", documents=(right.document.id,))) == []


def test_a_bad_expression_is_the_questions_fault_and_not_repeated(catalogue: Catalogue) -> None:
    for expression in ('"open', "a AND", "nocolumn : x", "(", ""):
        with pytest.raises(QuestionError) as raised:
            catalogue.lexical(expression, EVERYTHING, 3)
        assert "nocolumn" not in str(raised.value)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=30), st.text(alphabet="\"'*^:()-+{}NEARADOT \0\\section", max_size=12)))
def test_no_text_can_escape_its_quotes(catalogue: Catalogue, text: str) -> None:
    if not catalogue.counts()[0]:
        add(catalogue, document("a plain sentence", title="plain"))
    for expression in (
        quote_term(text),
        f"{quote_term(text)} OR {quote_term('plain')}",
        f"section : {quote_term(text)}",
    ):
        catalogue.lexical(expression, EVERYTHING, 3)
    assert len(catalogue.lexical(f"{quote_term('plain')} OR {quote_term(text)}", EVERYTHING, 3)) == 1


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_text_goes_in_and_out_and_leaves_the_index_sound(catalogue: Catalogue, text: str) -> None:
    parsed = document(f"start {text}", title=text)
    identifier = add(catalogue, parsed)
    assert catalogue.page(identifier, 1).text == f"start {text}"
    assert catalogue.verify() == []
    catalogue.remove(identifier)
    assert catalogue.verify() == []
    assert catalogue.lexical("start", EVERYTHING, 3) == []


# Search by vectors


def test_dense_search_is_the_exact_cosine(catalogue: Catalogue) -> None:
    for number, parsed in enumerate(many(20)):
        add(catalogue, parsed, f"/{number}", "even" if number % 2 == 0 else "odd")
    query = np.random.default_rng(7).normal(size=8).astype(np.float32)
    for scope in (EVERYTHING, Scope(collection="odd"), Scope(documents=(many(20)[3].document.id,))):
        inside = [stored.id for stored in catalogue.documents(scope)]
        ids, matrix = catalogue.embeddings(inside)
        cosines = matrix @ query / np.linalg.norm(matrix, axis=1) / np.linalg.norm(query)
        wanted = ids[np.argsort(-cosines)][:5].tolist()
        found = catalogue.dense(query, scope, 5)
        assert [identifier for identifier, _ in found] == wanted
        assert np.allclose([score for _, score in found], np.sort(cosines)[::-1][:5], atol=1e-6)


def test_equal_vectors_come_in_order_of_their_ids(catalogue: Catalogue) -> None:
    parsed = document("a", "b", "c", "d")
    same = np.ones((4, 8), np.float32)
    catalogue.add(parsed, same, collection="c", path="/a", size=1, mtime_ns=1)
    ids = [chunk.id for chunk in catalogue.chunks_of(parsed.document.id)]
    assert [identifier for identifier, _ in catalogue.dense(same[0], EVERYTHING, 3)] == ids[:3]


def test_a_vector_of_zeros_is_like_nothing(catalogue: Catalogue) -> None:
    parsed = document("a", "b")
    catalogue.add(parsed, np.eye(2, 8, 7, dtype=np.float32), collection="c", path="/a", size=1, mtime_ns=1)
    assert [score for _, score in catalogue.dense(np.eye(1, 8, 7, dtype=np.float32)[0], EVERYTHING, 3)] == [1.0, 0.0]
    assert [score for _, score in catalogue.dense(np.zeros(8, np.float32), EVERYTHING, 3)] == [0.0, 0.0]


def test_another_width_is_an_index_mismatch_not_a_numpy_error(catalogue: Catalogue) -> None:
    add(catalogue, document("a", "b"))
    with pytest.raises(IndexMismatch, match="9 dimensions, the index 8"):
        catalogue.dense(np.ones(9, np.float32), EVERYTHING, 3)
    other = document("c")
    with pytest.raises(IndexMismatch, match="docs rebuild"):
        catalogue.add(other, np.ones((1, 9), np.float32), collection="c", path="/c", size=1, mtime_ns=1)


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
    with pytest.raises(IndexMismatch, match=r"embedder was a, is now b.*`ragnano docs rebuild`") as raised:
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


# Privacy and durability


def test_only_the_owner_can_read_it(catalogue: Catalogue, tmp_path: Path) -> None:
    add(catalogue, document("One."))
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "data").iterdir()}
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert modes["catalogue.sqlite3"] == modes["catalogue.sqlite3-wal"] == 0o600


def test_a_folder_that_holds_other_things_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    tmp_path.chmod(0o755)
    Catalogue(tmp_path).close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "catalogue.sqlite3").stat().st_mode) == 0o600


def test_a_removed_document_leaves_no_word_in_any_file(catalogue: Catalogue, tmp_path: Path) -> None:
    for number, parsed in enumerate(many(30, chunks=20)):
        add(catalogue, parsed, f"/{number}")
    secret = document(*(f"Kanarienvogel{number} sings." for number in range(50)), title="Geheimsache")
    add(catalogue, secret, "/verschlusssache.pdf")
    # The index keeps words folded to lower case, neighbours without what they share: look for a middle part.
    needles = (
        b"Kanarienvogel",
        b"anarienvogel",
        b"Geheimsache",
        b"eheimsach",
        b"verschlusssache",
        secret.document.id.encode(),
    )
    assert files_with(tmp_path, needles[0])
    catalogue.remove(secret.document.id)
    catalogue.trim_log(catalogue.head_seq())
    assert catalogue.compact()
    assert {needle: files_with(tmp_path, needle) for needle in needles} == {needle: [] for needle in needles}
    assert catalogue.counts() == (30, 30, 600)
    assert catalogue.verify() == []


def test_compacting_gives_the_space_back(catalogue: Catalogue) -> None:
    for number, parsed in enumerate(many(40, chunks=40)):
        add(catalogue, parsed, f"/{number}")
    catalogue.compact()
    before = catalogue.path.stat().st_size
    for stored in catalogue.documents()[1:]:
        catalogue.remove(stored.id)
    assert catalogue.compact()
    assert catalogue.path.stat().st_size < before / 4


def test_compacting_says_when_a_reader_is_in_the_way(catalogue: Catalogue) -> None:
    add(catalogue, document("One."))
    catalogue._writer.execute("PRAGMA busy_timeout = 10")
    with catalogue.reading() as connection:
        connection.execute("SELECT count(*) FROM documents").fetchone()
        add(catalogue, document("Two."), "/2")
        assert not catalogue.compact()
    assert catalogue.compact()


def test_every_transaction_reaches_the_disk(catalogue: Catalogue) -> None:
    with catalogue.maintaining() as connection:
        told = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in _WANTED}
    assert told == _WANTED


_WANTED = {"synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "journal_mode": "wal", "temp_store": 2}


# Many at once


def test_threads_read_while_one_writes(catalogue: Catalogue) -> None:
    add(catalogue, document("The rent is due monthly."), "/first")
    failures: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set() and not failures:
            # A snapshot: a document is never seen without its pages and chunks.
            documents, pages, chunks = catalogue.counts()
            if pages != documents or chunks != 1 + 3 * (documents - 1):
                failures.append(f"{documents} documents, {pages} pages, {chunks} chunks")
            if texts(catalogue, "rent") != ["The rent is due monthly."]:
                failures.append("a document that was there all the time was not found")

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number, parsed in enumerate(many(25)):
        add(catalogue, parsed, f"/{number}")
    done.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert catalogue.counts() == (26, 26, 76)


def test_writers_in_several_threads_take_turns(catalogue: Catalogue) -> None:
    threads = [
        threading.Thread(target=add, args=(catalogue, parsed, f"/{number}")) for number, parsed in enumerate(many(12))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert catalogue.counts() == (12, 12, 36)
    assert catalogue.verify() == []


def test_the_write_lock_names_its_holder_and_is_free_afterwards(catalogue: Catalogue, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom ragnano.store import Catalogue\n"
        "with Catalogue(Path(sys.argv[1])).write_lock():\n print('held', flush=True)\n sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "data")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    with pytest.raises(StoreBusy, match=rf"process {child.pid}\)"), catalogue.write_lock():
        pass
    child.communicate("")
    with catalogue.write_lock():
        pass


def test_the_write_lock_excludes_threads_but_not_its_own(catalogue: Catalogue) -> None:
    refused: list[bool] = []

    def try_it() -> None:
        try:
            with catalogue.write_lock():
                refused.append(False)
        except StoreBusy:
            refused.append(True)

    with catalogue.write_lock(), catalogue.write_lock():
        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()
    try_it()
    assert refused == [True, False]


def test_two_catalogues_on_one_folder_see_each_other(catalogue: Catalogue, tmp_path: Path) -> None:
    with Catalogue(tmp_path / "data") as other:
        identifier = add(other, document("One."))
        assert catalogue.has(identifier)
        with other.write_lock(), pytest.raises(StoreBusy), catalogue.write_lock():
            pass


def test_many_may_make_the_same_catalogue_at_once(tmp_path: Path) -> None:
    made: list[str] = []

    def make() -> None:
        with Catalogue(tmp_path / "data") as opened:
            made.append(opened.id)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert len(set(made)) == 1


# Trouble


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
    """The file of a catalogue of twenty documents, closed."""
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
    content = bytearray(filled.read_bytes())
    # Past the first pages, which hold the schema: opening still works.
    for start in range(20 * 4096, len(content), 4096):
        content[start : start + 64] = b"\xff" * 64
    filled.write_bytes(content)
    with Catalogue(filled.parent) as garbled:
        assert garbled.verify()
        with pytest.raises(StoreDamaged, match="ragnano ingest"):
            for parsed in many(20):
                garbled.pages(parsed.document.id)


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
    told = from_sqlite(error, Path("/data/catalogue.sqlite3"))
    assert type(told) is kind
    assert "/data/catalogue.sqlite3" in str(told)


# Verification


@pytest.mark.parametrize(
    ("fault", "told"),
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
def test_verify_finds_each_kind_of_fault_without_showing_text(catalogue: Catalogue, fault: str, told: str) -> None:
    add(catalogue, document("One two three.", "Four five six."))
    assert catalogue.verify() == []
    with catalogue.writing() as connection:
        connection.execute(fault)
    problems = catalogue.verify()
    assert any(told in problem for problem in problems)
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
