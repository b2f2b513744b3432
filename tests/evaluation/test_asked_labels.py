"""Questions as people ask them: loaded with their texts, selected, and their documents erased."""

import json
from pathlib import Path
from typing import Any

import pytest

from ragnano.errors import ConfigError
from ragnano.evaluation.asked_labels import chosen_of, read_asked, texts_of
from ragnano.evaluation.erasure import erased_text, with_erased
from tests.conftest import DATA
from tests.evaluation.test_asked import ABSENT, CONSENT, CURE, LATE, LAW, label, needs_yardstick, yardstick

TEXT = f"{CURE}\n\n{CONSENT}\n\n{LATE}\n\n{LAW}\n"


def line(**fields: Any) -> str:
    known: dict[str, Any] = {
        "id": "q-1",
        "kind": "contracts",
        "split": "dev",
        "txt": "pallets.txt",
        "contract": None,
        "question": "how long?",
        "answerable": True,
        "type": "duration",
        "short": "sixty (60) days",
        "gold": [CURE],
        "also": [],
        "direct": "Sixty (60) days.",
    }
    return json.dumps(known | fields) + "\n"


ABSENT_LINE: dict[str, Any] = {"answerable": False, "gold": [], "short": None, "direct": None}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A labelled folder of three questions; the second one's text lies in the folder of other data."""
    folder = tmp_path / "asked"
    (folder / "txt").mkdir(parents=True)
    (folder / "txt" / "pallets.txt").write_text(TEXT)
    (tmp_path / "cuad" / "txt").mkdir(parents=True)
    (tmp_path / "cuad" / "txt" / "lease.txt").write_bytes(b"The rent is $5.\r\n")
    (folder / "dev.jsonl").write_text(
        line()
        + line(id="q-2", split="tune", kind="office", txt="txt/lease.txt", gold=["The rent is $5."], short="$5")
        + line(id="q-3", **ABSENT_LINE)
    )
    return folder


def test_a_folder_means_the_questions_that_measure(data: Path) -> None:
    found = read_asked(data)
    assert [one.id for one in found] == ["q-1", "q-2", "q-3"] and found == read_asked(data / "dev.jsonl")
    first, second, third = found
    assert (first.passages, first.short, first.answerable) == ((CURE,), "sixty (60) days", True)
    assert (second.document, second.kind, second.split) == ("lease.txt", "office", "tune")
    assert (third.passages, third.short, third.direct, third.answerable) == ((), "", "", False)


def test_texts_are_found_beside_the_labels_and_in_the_other_sets(data: Path) -> None:
    texts = texts_of(data, read_asked(data))
    assert texts == {"pallets.txt": TEXT, "lease.txt": "The rent is $5.\r\n"}
    (data / "txt" / "pallets.txt").unlink()
    with pytest.raises(ConfigError, match=r"pallets\.txt"):
        texts_of(data / "dev.jsonl", read_asked(data))


def test_questions_are_chosen_by_split_and_kind_and_evenly(data: Path) -> None:
    found = read_asked(data)
    assert [one.id for one in chosen_of(found, split="tune")] == ["q-2"]
    assert {one.id for one in chosen_of(found, kind="contracts")} == {"q-1", "q-3"}
    many = [label(id=str(number), gold=(CURE,) if number % 4 else ()) for number in range(40)]
    some = chosen_of(many, limit=8)
    assert len(some) == 8 and sum(one.answerable for one in some) == 6
    assert some == chosen_of(many, limit=8) != chosen_of(many, limit=8, seed=2)
    with pytest.raises(ConfigError, match="split train: there are dev, tune"):
        chosen_of(found, split="train")


@pytest.mark.parametrize(
    "text",
    ["[]\n", "{}\n", "no JSON\n", line(gold="a text"), line(gold=[]), line(txt=None), line() + line(), line(id=7)],
)
def test_labels_of_another_form_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "dev.jsonl").write_text(text)
    with pytest.raises(ConfigError, match="labels"):
        read_asked(tmp_path)


def test_labels_that_are_missing_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read the labels"):
        read_asked(tmp_path)


def test_what_is_erased_is_found_across_lines_and_everywhere() -> None:
    text = "1. The fee\n   is $5. It is due.\nAgain: The  fee is $5. End."
    assert erased_text(text, ["The fee is $5."]) == "1.  It is due.\nAgain:  End."
    assert erased_text(text, ["fee is $5. It", "It is due."]) == "1. The \nAgain: The  fee is $5. End."
    assert erased_text(text, ["", "not there"]) == text


def test_a_question_is_also_asked_of_its_document_without_its_answers() -> None:
    other = label(id="q-9", gold=(LATE,), also=(LAW,))
    labels, texts = with_erased([label(), ABSENT], {"pallets.txt": TEXT}, [label(), other, ABSENT])
    assert [one.id for one in labels] == ["q-1", "q-1-x", "q-4"]
    erased = labels[1]
    assert (erased.document, erased.question, erased.type) == ("pallets.erased.txt", label().question, "duration")
    assert erased.erased and not erased.answerable and not erased.passages and not erased.direct
    assert set(texts) == {"pallets.txt", "pallets.erased.txt"}
    assert texts["pallets.erased.txt"].split() == CONSENT.split()  # the answers of all questions are gone


@needs_yardstick
def test_documents_are_erased_as_the_yardstick_erases(tmp_path: Path) -> None:
    source = DATA / "asked" / "dev.jsonl"
    every = read_asked(source)
    labels, texts = with_erased(every, texts_of(source, every), every)
    folders = [str(DATA / name / "txt") for name in ("asked", "cuad_train", "cuad")]
    yardstick("erase", str(source), *folders, "-o", str(tmp_path))
    theirs = {path.name: path.read_text() for path in tmp_path.glob("*.txt")}
    ours = {name: text.replace("\r\n", "\n") for name, text in texts.items() if name.endswith(".erased.txt")}
    assert ours == theirs and len(ours) > 10
    asked = [json.loads(one) for one in (tmp_path / "erased.jsonl").read_text().splitlines()]
    assert [(one.id, one.document, one.question) for one in labels if one.erased] == [
        (one["id"], one["txt"], one["question"]) for one in asked
    ]
