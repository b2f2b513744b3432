"""Comparison of an answer's words with the known ones; the benchmark's own scorer must agree."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ragnano.evaluation.answer_checks import dates_in, holds, short_right, unsupported
from ragnano.evaluation.labelled_questions import sample
from ragnano.evaluation.question_sets import read_set
from ragnano.evaluation.saved_answers import reply_of
from ragnano.evaluation.scores import score_answers
from tests.conftest import DATA
from tests.evaluation.test_question_sets import YARDSTICK, needs_yardstick


@pytest.mark.parametrize(
    "text",
    ["the 3rd day of May, 2019", "May 3, 2019", "3 May 2019", "Sept. 3 2018 and may 3rd 2019", "5/3/19", "2019-05-03"],
)
def test_a_date_is_one_date_in_any_writing(text: str) -> None:
    assert (2019, 5, 3) in dates_in(text)


def test_what_is_no_date_gives_none() -> None:
    assert dates_in("Section 12 2019 and version 3.4, in the year 2019; clause 7 hereof 2020") == set()


@pytest.mark.parametrize(
    ("short", "answer", "expected", "right"),
    [
        ("date", "It ends on 3 May 2019 [1].", "5/3/19", True),
        ("date", "It ends on 4 May 2019 [1].", "5/3/19", False),
        ("date", "It ends on 4 May 2019.", "perpetual", None),
        ("names", "Acme Ltd and others", 'Acme Ltd ("Seller"); Beta GmbH', True),
        ("names", "others", "Acme Ltd; Beta GmbH", False),
        ("names", "others", "(none);", None),
        ("words", "Sixty days' notice", "60 days", True),
        ("words", "thirty days", "60 months", False),
        ("words", "the laws of Ohio", "the State of Ohio", True),
        ("words", "Ohio", "", None),
        ("verbatim", "It made $10.4 billion.", "$10.4 billion", True),
        ("verbatim", "It made $104 billion.", "$10.4 billion", False),
        ("", "Ohio", "Ohio", None),
    ],
)
def test_a_short_answer_is_compared_as_its_kind_asks(
    short: str, answer: str, expected: str, right: bool | None
) -> None:
    assert short_right(short, answer, (expected,)) is right  # type: ignore[arg-type]


def test_any_of_several_wordings_is_right() -> None:
    assert short_right("verbatim", "on 15 May 2012", ("May 15, 2012", "15 May 2012")) is True
    assert holds("on 15 May 2012", ("May 15, 2012", "15 May 2012")) and not holds("in 2012", ("15 May 2012",))


def test_facts_that_no_quote_holds_are_found() -> None:
    answer = "Acme Holdings pays $5,000 within 30 days, at 5% [1][12]."
    assert unsupported(answer, "Acme Holdings shall pay $5,000 at 5 %") == ("30",)
    assert unsupported(answer, "") == ("Acme Holdings", "$5,000", "30", "5%")


@needs_yardstick
def test_counts_are_those_of_the_yardstick(tmp_path: Path) -> None:
    items = sample(read_set(DATA / "cuad").items, answerable=60, absent=30, seed=5, limit=None)
    records = []
    for place, item in enumerate(items[:-2]):  # two are missing
        quote = " ".join(item.passages)[: 400 - place] if place % 3 else "words of no clause whatever at all"
        other = "elsewhere.pdf" if place % 7 == 0 else item.document
        cited = {"document": "0" * 64, "path": f"/files/{other}", "quote": quote}
        answer = (item.wanted[0] if place % 2 else quote) + (
            " Acme Holdings pays $7,777." if place % 5 == 0 else " [1]"
        )
        refused = place % 4 == 0
        records.append(
            {
                "id": item.id,
                "answer": answer,
                "verdict": "not_found" if refused else "answered",
                "confidence": 0.5,
                "citations": [] if refused else [cited],
                "timings": {"total_s": 0.5 + place / 8, "first_token_s": None if refused else place / 8},
                "tokens": {"prompt": 0 if refused else 100 + place},
            }
        )
    (tmp_path / "questions").write_text("".join(json.dumps({"id": item.id}) + "\n" for item in items))
    (tmp_path / "results").write_text("".join(json.dumps(record) + "\n" for record in records))
    files = [str(DATA / "cuad"), str(tmp_path / "questions"), str(tmp_path / "results")]
    result = subprocess.run([sys.executable, str(YARDSTICK), "ask", *files], capture_output=True, text=True, check=True)
    theirs = json.loads(result.stdout)
    ours = score_answers("ragnano", "m", items, [*map(reply_of, records), None, None])
    shares = {
        "citation hit (answerable)": "citation hit",
        "short answer right": "short answer right",
        "refusal recall (absent refused)": "refusal recall",
        "refusal precision": "refusal precision",
        "wrongly refused (answerable)": "wrongly refused",
        "answers with an unsupported fact": "unsupported fact",
    }
    assert {name: theirs[name] for name in shares} == {name: ours.shares[own].share for name, own in shares.items()}
    assert 0 < ours.shares["citation hit"].share < 1 and 0 < ours.shares["short answer right"].share < 1
    medians = {
        "median total_s": "total s",
        "median first_token_s": "first word s",
        "median prompt tokens": "prompt tokens",
    }
    assert {name: theirs[name] for name in medians} == {name: ours.medians[own].median for name, own in medians.items()}
    assert theirs["counts"]["missing"] == ours.missing == 2
