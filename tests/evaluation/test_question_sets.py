"""Question sets in three forms: recognised by their files, loaded with what is known of each answer."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ragnano.errors import ConfigError
from ragnano.evaluation.contract_nli import affirms, denies, question_of
from ragnano.evaluation.labelled_questions import LabelledQuestion, documents_of, sample
from ragnano.evaluation.question_sets import read_set
from tests.conftest import DATA

NOTICE = "Either party may terminate this agreement upon sixty days written notice to the other"
YARDSTICK = DATA.parent / "score" / "score.py"
needs_yardstick = pytest.mark.skipif(
    not (YARDSTICK.is_file() and (DATA / "cuad").is_dir()), reason="../shared is not here"
)


@pytest.fixture
def cuad(tmp_path: Path) -> Path:
    contract: dict[str, Any] = {
        "txt": "txt/lease.txt",
        "pdf": "pdf/lease.pdf",
        "clauses": {
            "Parties": {"spans": [{"text": "Acme Limited"}, {"text": "Beta GmbH"}]},
            "Notice": {"spans": [{"text": NOTICE, "strict": True}, {"text": "Section 4"}]},
            "Supply": {"spans": [{"text": "Section 4", "strict": True}]},
            "Governing Law": {"spans": [{"text": "the laws of Ohio", "strict": True}], "answer": " Ohio "},
        },
    }
    nameless = {"txt": "txt/a.txt", "pdf": "pdf/a.pdf", "clauses": {}}
    (tmp_path / "contracts.jsonl").write_text(f"{json.dumps(contract)}\n{json.dumps(nameless)}\n")
    queries = {"Notice": "How much?", "Supply": "What?", "Cap": "Which cap?", "Governing Law": "Which law?"}
    (tmp_path / "queries.json").write_text(json.dumps(queries))
    (tmp_path / "pdf").mkdir()
    return tmp_path


def rgb_line(**fields: object) -> str:
    line = {
        "id": 7,
        "query": "When was it released?",
        "answer": [["May 15 2012", "15 May 2012"]],
        "fakeanswer": "May 1, 2002",
        "positive": ["It sells well.", "It was released on 15 May, 2012."],
        "positive_wrong": ["It sells well.", "It was released on May 1 2002."],
        "negative": ["The second part came later.", "On May 15, 2012 the third game was out."],
    }
    return json.dumps(line | fields) + "\n"


def nli_data(choice: str = "Entailment", spans: tuple[int, ...] = (1,)) -> str:
    text = "Agreement\nNo copy shall be made."
    annotations = {"nda-1": {"choice": choice, "spans": spans}}
    document = {
        "id": 3,
        "file_name": "../a%20b.pdf",
        "text": text,
        "spans": [[0, 9], [10, len(text)]],
        "annotation_sets": [{"annotations": annotations}],
    }
    return json.dumps({"documents": [document], "labels": {"nda-1": {"hypothesis": "All copies are banned."}}})


def test_a_contract_is_asked_what_lawyers_marked_and_what_they_did_not(cuad: Path) -> None:
    found = read_set(cuad)
    assert found.kind == "contracts" and found.documents == cuad / "pdf"
    lease = [item for item in found.items if item.document == "lease.pdf"]
    assert [(item.category, len(item.passages)) for item in lease] == [("Notice", 2), ("Cap", 0), ("Governing Law", 1)]
    law = lease[-1]
    assert (law.id, law.asked_of, law.short, law.wanted) == (
        "lease.pdf|Governing Law",
        ("lease.pdf",),
        "words",
        ("Ohio",),
    )


def test_asked_of_all_contracts_a_question_names_the_one_it_is_about(cuad: Path) -> None:
    items = read_set(cuad, named=True).items
    assert {item.document for item in items} == {"lease.pdf"}
    assert items[0].asked_of == ()
    assert items[0].question == "In the agreement between Acme Limited and Beta GmbH: How much?"


@needs_yardstick
@pytest.mark.parametrize("mode", ["one", "all"])
def test_the_questions_are_those_of_the_yardstick(mode: str) -> None:
    chosen = ["--mode", mode, "--answerable", "50", "--absent", "40", "--seed", "3"]
    command = [sys.executable, str(YARDSTICK), "questions", str(DATA / "cuad"), *chosen]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    theirs = [json.loads(line) for line in output.splitlines()]
    found = read_set(DATA / "cuad", named=mode == "all")
    ours = sample(found.items, answerable=50, absent=40, seed=3, limit=None)
    assert [(item.id, item.question) for item in ours] == [(item["id"], item["question"]) for item in theirs]


def test_a_limit_keeps_the_share_of_what_is_absent() -> None:
    items = [LabelledQuestion(str(number), "?", "", "a", ("x",) if number < 30 else ()) for number in range(40)]
    taken = sample(items, answerable=20, absent=None, seed=1, limit=6)
    assert [bool(item.passages) for item in taken] == [True] * 4 + [False] * 2
    assert sample(items, answerable=20, absent=None, seed=1, limit=6) == taken
    assert len(sample(items, answerable=0, absent=3, seed=1, limit=None)) == 3


def test_passages_are_asked_right_false_and_alone_among_noise_that_gives_nothing_away(tmp_path: Path) -> None:
    (tmp_path / "en_fact.jsonl").write_text(rgb_line())
    found = read_set(tmp_path)
    assert isinstance(found.documents, dict)
    right, false, alone = found.items
    assert right.passages == ("It was released on 15 May, 2012.",) and "15 May 2012" in right.wanted
    assert false.passages == ("It was released on May 1 2002.",) and false.wanted == ("May 1, 2002",)
    assert alone.passages == () and [found.documents[name] for name in alone.asked_of] == [
        "The second part came later."
    ]
    assert found.documents[right.document] == right.passages[0]
    assert right.asked_of == (right.document, *alone.asked_of)
    assert len(found.documents) == 3
    assert documents_of(found, [alone]) == {alone.asked_of[0]: "The second part came later."}


def test_a_question_without_noise_or_passage_is_left_out(tmp_path: Path) -> None:
    lines = rgb_line(negative=[]), rgb_line(positive=["It sells well."])
    (tmp_path / "en_fact.jsonl").write_text("".join(lines))
    assert [item.category for item in read_set(tmp_path).items] == ["counterfactual among noise", "noise alone"]


def test_a_hypothesis_is_asked_of_its_agreement(tmp_path: Path) -> None:
    (tmp_path / "dev.json").write_text(nli_data())
    found = read_set(tmp_path)
    (item,) = found.items
    assert item.question == "Does the agreement say that all copies are banned?"
    assert (item.category, item.says, item.passages) == ("entailed", "yes", ("No copy shall be made.",))
    assert item.document == "3 a%20b.txt" and found.documents == {"3 a%20b.txt": "Agreement\nNo copy shall be made."}
    (tmp_path / "dev.json").write_text(nli_data("NotMentioned", ()))
    (item,) = read_set(tmp_path).items
    assert (item.category, item.says, item.passages) == ("not mentioned", "", ())


def test_a_name_keeps_its_capital_in_the_question() -> None:
    assert question_of("Receiving Party may copy.") == "Does the agreement say that Receiving Party may copy?"


@pytest.mark.parametrize("answer", ["Yes.", "yes, it does", "The agreement states that copies are banned.", "“Yes”"])
def test_what_affirms(answer: str) -> None:
    assert affirms(answer) and not denies(answer)


@pytest.mark.parametrize("answer", ["No.", "No, it may be copied.", "The agreement does not say that.", "no"])
def test_what_denies(answer: str) -> None:
    assert denies(answer) and not affirms(answer)


@pytest.mark.parametrize(
    "answer", ["“No licence is granted hereby.” [1]", "Copies are banned.", "Nothing", "Yesterday"]
)
def test_words_of_the_agreement_alone_neither_affirm_nor_deny(answer: str) -> None:
    assert not affirms(answer) and not denies(answer)


def test_a_folder_of_no_known_kind_is_told_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "dev.json").write_text("[]")
    with pytest.raises(ConfigError, match=r"contracts\.jsonl.*en_fact\.jsonl.*dev\.json"):
        read_set(tmp_path)


def test_only_contracts_are_asked_of_all(tmp_path: Path) -> None:
    (tmp_path / "en_fact.jsonl").write_text(rgb_line())
    with pytest.raises(ConfigError, match="--mode one"):
        read_set(tmp_path, named=True)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("en_fact.jsonl", '{"id": 1}\n'),
        ("en_fact.jsonl", "{"),
        ("dev.json", "{"),
        ("dev.json", '{"documents": [{}], "labels": {}}'),
        ("dev.json", nli_data(spans=(9,))),
        ("dev.json", nli_data("Perhaps")),
    ],
)
def test_malformed_sets_are_named(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError, match="malformed"):
        read_set(tmp_path)
