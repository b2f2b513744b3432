"""Searching the catalogue: a document by name, chunks by words and by vectors."""

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
)
from ragnano.store import Catalogue, quote_term
from ragnano.types import Scope
from tests.store.fakes import EVERYTHING, add, document, many, texts


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "data") as opened:
        yield opened


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


def test_documents_that_open_with_a_phrase_are_told_from_those_that_say_it_later(catalogue: Catalogue) -> None:
    opens = add(catalogue, document("Between Acme Metals and us.", "Terms."), "/a")
    add(catalogue, document("Terms.", "More.", "Acme Metals is named here."), "/b", "x")
    assert list(catalogue.opening_with("ACME Metals", EVERYTHING, 2)) == [opens]
    assert len(catalogue.opening_with("acme metals", EVERYTHING, 3)) == 2
    assert catalogue.opening_with("acme metals", Scope("x"), 2) == {}
    assert list(catalogue.opening_with("acme metal", EVERYTHING, 2)) == [opens]
    assert catalogue.opening_with("Acmes", EVERYTHING, 2) == {}
    assert catalogue.opening_with('"', EVERYTHING, 2) == {}


# Search by vectors


def test_dense_search_is_the_exact_cosine(catalogue: Catalogue) -> None:
    for number, parsed in enumerate(many(20)):
        add(catalogue, parsed, f"/{number}", "even" if number % 2 == 0 else "odd")
    query = np.random.default_rng(7).normal(size=8).astype(np.float32)
    for scope in (EVERYTHING, Scope(collection="odd"), Scope(documents=(many(20)[3].document.id,))):
        inside = [stored.id for stored in catalogue.documents(scope)]
        ids, matrix = catalogue.embeddings(inside)
        cosines = matrix @ query / np.linalg.norm(matrix, axis=1) / np.linalg.norm(query)
        expected = ids[np.argsort(-cosines)][:5].tolist()
        found = catalogue.dense(query, scope, 5)
        assert [identifier for identifier, _ in found] == expected
        assert np.allclose([score for _, score in found], np.sort(cosines)[::-1][:5], atol=1e-6)


def test_a_chunks_cosine_comes_with_the_better_one_of_its_neighbours(catalogue: Catalogue) -> None:
    parsed = document("a", "b", "c", "d")
    angles = np.array([0.0, 0.4, 1.0, 0.2])
    vectors = np.zeros((4, 8), np.float32)
    vectors[:, 0], vectors[:, 1] = np.cos(angles), np.sin(angles)
    catalogue.add(parsed, vectors, collection="c", path="/a", size=1, mtime_ns=1)
    add(catalogue, document("alone"), "/b")
    query = np.eye(8, dtype=np.float32)[0]
    first = [chunk.id for chunk in catalogue.chunks_of(parsed.document.id)]
    found = catalogue.cosines(query, [*first[:3], 10_000])
    assert set(found) == set(first[:3])
    near = np.cos(angles)
    expected = [(near[0], near[1]), (near[1], near[0]), (near[2], near[3])]
    assert np.allclose([found[identifier] for identifier in first[:3]], expected, atol=2e-3)
    (lonely,) = [chunk.id for chunk in catalogue.chunks_of(document("alone").document.id)]
    assert catalogue.cosines(query, [lonely])[lonely][1] == 0
    with pytest.raises(IndexMismatch, match="8"):
        catalogue.cosines(np.ones(3, np.float32), first)


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
