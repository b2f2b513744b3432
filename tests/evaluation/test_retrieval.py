"""Measuring retrieval: labels in both forms, overlap by words, intervals over documents, ablated parts."""

import json
from pathlib import Path
from typing import Any

import pytest

from ragnano.assistant import Assistant
from ragnano.errors import ConfigError
from ragnano.evaluation.labels import Labelled, documents_folder, read_labels, read_paraphrases
from ragnano.evaluation.plots import plot_retrieval
from ragnano.evaluation.retrieval import judge, runs_of, score_retrieval, score_ways, share
from ragnano.retrieval.retriever import PARTS
from ragnano.types import Chunk, Document, Hit, Span
from tests.conftest import add_text
from tests.test_assistant import DEPOSIT, LEASE

CLAUSE = "Either party may terminate this agreement upon sixty days written notice to the other"
OTHER = "The supplier shall deliver all goods to the warehouse named in schedule two below"


def hit(text: str, path: str = "lease.pdf") -> Hit:
    document = Document(path, path, "application/pdf", 1, 1, paths=(f"/files/{path}",))
    return Hit(Chunk(path, 0, text, (Span(1, 0, len(text)),)), document, 1.0)


def labelled(*passages: str, document: str = "lease.pdf", category: str = "Notice") -> Labelled:
    return Labelled("How much notice?", category, document, passages)


def test_a_passage_that_holds_most_of_the_span_is_a_hit_from_its_place_on() -> None:
    found = judge(labelled(CLAUSE), [hit(OTHER), hit(f"8.2 {CLAUSE} party.")])
    assert found["hit@1"] == 0 and found["hit@5"] == 1 and found["recall@1000"] == 1


def test_the_same_words_in_another_document_are_no_hit() -> None:
    found = judge(labelled(CLAUSE), [hit(CLAUSE, "other.pdf")])
    assert found["hit@5"] == found["recall@5000"] == found["right document first"] == 0


def test_long_passages_use_up_the_budget() -> None:
    padding = "unrelated filler words " * 60
    found = judge(labelled(CLAUSE), [hit(padding), hit(CLAUSE)])
    assert found["recall@1000"] == 0 and found["recall@2500"] == 1
    assert found["precision@2500"] < 1


def test_overlap_ignores_case_and_punctuation_and_a_short_text_is_one_run() -> None:
    assert runs_of("Sixty (60) days!") == {("sixty", "60", "days")}
    assert share(runs_of(CLAUSE.upper()), runs_of(CLAUSE)) == 1
    assert share(frozenset(), runs_of(CLAUSE)) == 0


def test_intervals_hold_the_mean_and_widen_when_whole_documents_fail() -> None:
    items = [labelled(CLAUSE, document=f"{number % 10}.pdf") for number in range(100)]
    by_document = score_retrieval("", items, lambda item: [hit(CLAUSE, item.document if item.document < "5" else "no")])
    places = iter(range(100))
    spread = score_retrieval("", items, lambda item: [hit(CLAUSE, item.document if next(places) < 50 else "no")])
    wide, narrow = by_document.measures["hit@1"], spread.measures["hit@1"]
    assert wide.mean == narrow.mean == 0.5
    assert wide.low < 0.3 and wide.high > 0.7
    assert 0.45 <= narrow.low <= narrow.mean <= narrow.high <= 0.55


def test_categories_are_counted_by_themselves() -> None:
    items = [labelled(CLAUSE), labelled(CLAUSE, category="Supply")]
    scores = score_retrieval("whole", items, lambda item: [hit(CLAUSE if item.category == "Supply" else OTHER)])
    assert scores.categories["Supply"]["hit@1"] == 1 and scores.categories["Notice"]["hit@1"] == 0
    assert scores.categories["Notice"]["questions"] == 1


@pytest.fixture
def cuad(tmp_path: Path) -> Path:
    spans = [{"text": CLAUSE, "strict": True}]
    contract: dict[str, Any] = {
        "txt": "txt/lease.txt",
        "pdf": "pdf/lease.pdf",
        "clauses": {
            "Document Name": {"spans": [], "answer": "LEASE AGREEMENT"},
            "Parties": {"spans": [{"text": "Acme Limited"}, {"text": "Tenant"}, {"text": "Beta GmbH"}]},
            "Notice": {"spans": spans},
            "Supply": {"spans": [{"text": "Section 4", "strict": True}]},
        },
    }
    (tmp_path / "contracts.jsonl").write_text(json.dumps(contract) + "\n")
    (tmp_path / "queries.json").write_text(json.dumps({"Notice": "How much notice?", "Supply": "What is supplied?"}))
    (tmp_path / "pdf").mkdir()
    return tmp_path


def test_labelled_contracts_are_read_with_a_question_that_names_the_contract(cuad: Path) -> None:
    (item,) = read_labels(cuad)  # a span of two words proves nothing
    assert item == Labelled(
        "How much notice?",
        "Notice",
        "lease.pdf",
        (CLAUSE,),
        "In the Lease Agreement between Acme Limited and Beta GmbH: How much notice?",
    )
    assert documents_folder(cuad).name == "pdf"


def test_other_wordings_take_the_questions_place(cuad: Path) -> None:
    (item,) = read_labels(cuad, {"Notice": "How far ahead?"})
    assert item.question == "How far ahead?" and item.named.endswith(": How far ahead?")
    assert read_labels(cuad, {"Supply": "How far ahead?"}) == ()


def test_another_wording_of_our_own_labels_names_no_document(tmp_path: Path) -> None:
    line = {
        "question": "How much?",
        "category": "Rent",
        "document": "a.pdf",
        "passages": [CLAUSE],
        "named": "In A: how?",
    }
    (tmp_path / "retrieval.jsonl").write_text(json.dumps(line))
    assert read_labels(tmp_path)[0].named == "In A: how?"
    (item,) = read_labels(tmp_path, {"Rent": "What is due?"})
    assert (item.question, item.named) == ("What is due?", "")


@pytest.mark.parametrize("text", ["{", '{"question": "?"}\n', "[]\n"])
def test_malformed_labels_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "retrieval.jsonl").write_text(text)
    with pytest.raises(ConfigError, match="malformed"):
        read_labels(tmp_path)


def test_a_folder_without_labels_or_documents_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"retrieval\.jsonl"):
        read_labels(tmp_path)
    with pytest.raises(ConfigError, match="documents"):
        documents_folder(tmp_path)
    with pytest.raises(ConfigError, match="cannot read"):
        read_paraphrases(tmp_path / "none.json")


def test_each_part_of_the_search_can_be_left_out(assistant: Assistant) -> None:
    add_text(assistant, LEASE, name="lease.txt")
    item = Labelled(DEPOSIT, "Deposit", "lease.txt", tuple(line for line in LEASE.splitlines() if "deposit" in line))
    whole, *others = score_ways(assistant, [item], named=False, left_out=(None, *PARTS))
    assert whole.measures["hit@1"].mean == 1
    assert [way.way for way in others] == [f"without {part}" for part in PARTS]
    with pytest.raises(ConfigError, match="no labelled question is left"):
        score_ways(assistant, [labelled(CLAUSE, document="absent.pdf")], named=False)


@pytest.mark.parametrize("name", ["scores.svg", "scores.PNG"])
def test_scores_are_drawn_alike_each_time(assistant: Assistant, tmp_path: Path, name: str) -> None:
    add_text(assistant, CLAUSE, name="a.pdf")
    scores = score_ways(assistant, [labelled(CLAUSE, document="a.pdf")], named=False, left_out=(None, "dense"))
    drawn = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        plot_retrieval(scores, tmp_path / folder / name)
        drawn.append((tmp_path / folder / name).read_bytes())
    assert drawn[0] == drawn[1] and len(drawn[0]) > 1000
    if name.endswith("svg"):
        assert b"without dense" in drawn[0] and b"hit@5 by category" in drawn[0]


@pytest.mark.parametrize("name", ["scores.gif", "scores", "missing/scores.svg"])
def test_a_plot_that_cannot_be_written_is_an_error_that_says_why(
    assistant: Assistant, tmp_path: Path, name: str
) -> None:
    add_text(assistant, CLAUSE, name="a.pdf")
    with pytest.raises(ConfigError, match="plot"):
        plot_retrieval(score_ways(assistant, [labelled(CLAUSE, document="a.pdf")], named=False), tmp_path / name)
