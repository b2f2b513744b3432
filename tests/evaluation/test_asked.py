"""Answers to questions as people ask them: judged and counted as by the benchmark's own scorer."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ragnano.evaluation.asked_checks import answer_right, direct_right, quote_right
from ragnano.evaluation.asked_labels import Label, read_asked
from ragnano.evaluation.asked_scores import score_asked
from ragnano.evaluation.calibration import calibration_of
from ragnano.evaluation.saved_answers import Reply, reply_of
from tests.conftest import DATA

YARDSTICK = DATA.parent / "score" / "asked.py"
needs_yardstick = pytest.mark.skipif(
    not (YARDSTICK.is_file() and (DATA / "asked").is_dir()), reason="../shared is not here"
)
CURE = "The Supplier shall replace broken pallets within sixty (60) days after notice, at its own cost."
CONSENT = "The Supplier shall not sell the pallets without the consent of the Customer."
LATE = "Who pays late is charged $250 for each week, and nothing else."
LAW = "This agreement is governed by the laws of Ohio."


def label(**fields: Any) -> Label:
    known: dict[str, Any] = {
        "id": "q-1",
        "kind": "contracts",
        "split": "dev",
        "document": "pallets.txt",
        "question": "how long have they got to replace pallets that broke?",
        "type": "duration",
        "gold": (CURE,),
        "short": "sixty (60) days",
        "direct": "Sixty (60) days after notice.",
    }
    return Label(**known | fields)


NO_UNLESS = label(
    id="q-2",
    question="Can they sell the pallets?",
    type="no-unless",
    gold=(CONSENT,),
    short="",
    direct="No, unless the Customer consents.",
)
YES = label(id="q-3", question="Is there a charge?", type="yes", gold=(LATE,), short="", direct="Yes, $250 a week.")
ABSENT = label(id="q-4", question="Who insures the pallets?", type="party", gold=(), short="", direct="")


def reply(*quotes: str, direct: str = "", answer: str = "", worded: bool = False, confidence: float = 0.9) -> Reply:
    cited = tuple(("pallets.txt", quote) for quote in quotes)
    return Reply(False, answer, confidence, cited, 1.0, 0.0, 0, direct=direct, worded=worded)


REFUSED = Reply(True, "The documents don't say.", 0.1, (), 1.0, 0.0, 0)


def test_a_quote_is_right_that_is_half_gold_or_holds_half_of_it() -> None:
    assert quote_right(CURE, [CONSENT, CURE]) and quote_right("within sixty (60) days after notice", [CURE])
    assert quote_right(f"{CURE} {CONSENT}", [CURE]) and not quote_right(LATE, [CURE]) and not quote_right("", [CURE])
    filler = " ".join(f"word{number}" for number in range(100))
    assert not quote_right(f"{CURE} {filler}", [CURE])  # long, and hardly any of it gold
    assert quote_right(f"{CURE} {' '.join(['the notice'] * 50)}", [CURE])
    assert not quote_right(f"{CURE} {' '.join(['the notice'] * 125)}", [CURE])  # nobody reads that much


@pytest.mark.parametrize(
    ("question", "direct", "right"),
    [
        (label(), "Sixty (60) days [1].", True),
        (label(), "60 days after notice", True),
        (label(), "ninety (90) days", False),
        (label(), "90 days, not 60 days", False),  # a figure that occurs nowhere
        (label(), "", False),
        (label(), "[1]", False),
        (label(), "sixty 60 days " + "and much more besides " * 6, False),
        (label(short=""), "Sixty (60) days after notice, at own cost", True),
        (label(short=""), "at its own cost", False),
        (YES, "Yes.", True),
        (YES, "No.", False),
        (YES, "There is.", False),
        (NO_UNLESS, "No, unless the Customer consents", True),
        (NO_UNLESS, "No.", False),  # the condition is missing
        (NO_UNLESS, "Yes, unless the Customer consents", False),
    ],
)
def test_a_direct_answer_is_exact_and_short(question: Label, direct: str, right: bool) -> None:
    assert direct_right(question, reply(CURE, direct=direct)) is right


def test_words_are_right_only_where_the_model_said_them() -> None:
    answer_text = "They have sixty (60) days after they were told."
    assert answer_right(label(), reply(CURE, answer=answer_text, worded=True))
    assert not answer_right(label(), reply(CURE, answer=answer_text))
    assert not direct_right(label(), REFUSED) and not answer_right(label(), REFUSED)


def test_a_kept_answer_brings_its_direct_answer() -> None:
    record = {
        "verdict": "answered",
        "answer": "Sixty days [1].",
        "confidence": 0.8,
        "citations": [],
        "timings": {"total_s": 1.0, "first_token_s": None},
        "tokens": {"prompt": 0},
    }
    before = reply_of(record)  # of a run without direct answers
    assert (before.direct, before.direct_kind, before.worded) == ("", "", True)
    assert (
        reply_of(record | {"direct": None}) == before and reply_of(record | {"direct": "60 days"}).direct == "60 days"
    )
    saved_reply = reply_of(record | {"direct": {"text": "60 days", "kind": "span", "citation": 1}, "verdict": "quoted"})
    assert (saved_reply.direct, saved_reply.direct_kind, saved_reply.worded) == ("60 days", "span", False)


def test_all_is_counted_whole_by_type_and_by_kind() -> None:
    office = label(id="q-5", kind="office", gold=(LAW,), short="Ohio")
    erased = label(id="q-1-x", gold=(), short="", direct="", erased=True)
    pairs: list[tuple[Label, Reply | None]] = [
        (label(), reply(CURE, LATE, direct="60 days")),
        (NO_UNLESS, reply(LATE, CONSENT, answer="No, unless the Customer consents.", worded=True)),
        (YES, REFUSED),
        (office, None),
        (ABSENT, REFUSED),
        (erased, reply(LATE)),
    ]
    found = {"q-1": (True, True, True), "q-2": (False, False, True)}
    scores = score_asked("ragnano", "none", [one for one, _ in pairs], [saved_reply for _, saved_reply in pairs], found)
    whole = scores.scores
    assert (whole.questions, whole.missing) == (6, 1)
    counted = {name: (share.right, share.of) for name, share in whole.shares.items()}
    assert counted == {
        "first citation right": (1, 3),
        "any citation right": (2, 3),
        "right share of citations": (2, 4),
        "direct right": (1, 3),
        "answer right": (1, 3),
        "wrongly refused": (1, 3),
        "erased refused": (0, 1),
        "absent refused": (1, 1),
        "refusals that were right": (1, 2),
        "refusals that were right, of pairs": (0, 1),
        "hit@1": (1, 2),
        "hit@5": (1, 2),
        "hit@8": (2, 2),
    }
    assert whole.medians["words shown"].median == 28  # the upper of two: 16 + 12 words, and 12 + 13
    assert set(scores.by_type) == {"duration", "no-unless", "yes", "party"}
    assert scores.by_type["duration"].shares["erased refused"].of == 1 and scores.by_type["duration"].missing == 1
    assert scores.by_kind["office"].missing == 1 and scores.by_kind["office"].shares == {}
    assert [(point.coverage, point.risk) for point in scores.curve.points] == [(0.6, 0.6667)]
    assert set(scores.calibration) == {"all", "contracts"} and scores.calibration["all"].of == 3


def test_the_third_citation_still_counts_for_calibration_and_the_fourth_does_not() -> None:
    third = score_asked("r", "m", [label()], [reply(LATE, LAW, CURE)], {}).calibration["all"]
    fourth = score_asked("r", "m", [label()], [reply(LATE, LAW, CONSENT, CURE)], {}).calibration["all"]
    assert (third.error, fourth.error) == (0.1, 0.9)


def test_calibration_is_the_mean_gap_between_what_was_promised_and_what_was_right() -> None:
    sure = [(0.95, True)] * 3 + [(0.95, False)]
    found = calibration_of([*sure, (0.15, False), (1.0, True), (0.0, False)])
    assert found is not None and found.of == 7
    assert [(one.low, one.high, one.answers) for one in found.bins] == [(0.0, 0.1, 1), (0.1, 0.2, 1), (0.9, 1.0, 5)]
    assert found.bins[-1].confidence == 0.96 and found.bins[-1].right == 0.8
    assert found.error == pytest.approx((5 * 0.16 + 0.15) / 7, abs=1e-4)
    assert calibration_of([]) is None


def made_up(place: int, item: Label) -> dict[str, Any]:
    """Returns a made-up answer in the form of `ask --json`: right, wrong or refused in turn."""
    gold = item.passages[0] if item.passages else "words of no sentence whatever, said at length"
    quotes = [gold[: 200 - place % 90], " ".join(item.passages) * (1 + place % 3), "words of another clause altogether"]
    direct: Any = (item.short or item.direct or "Yes.")[: 60 + place % 40]
    refused = place % 5 == 0
    return {
        "id": item.id,
        "verdict": "not_found" if refused else ("answered", "quoted")[place % 2],
        "answer": f"{item.direct or gold} [1]" if place % 3 else f"It is 7,777 {item.short}",
        "confidence": round(place % 97 / 97, 4),
        "direct": (direct, {"text": direct, "kind": "span"}, None)[place % 3],
        "citations": [] if refused else [{"path": f"/files/{item.document}", "quote": quote} for quote in quotes],
        "timings": {"total_s": 1.0, "first_token_s": None},
        "tokens": {"prompt": 0},
    }


def yardstick(*words: str) -> Any:
    done = subprocess.run([sys.executable, str(YARDSTICK), *words], capture_output=True, text=True, check=True)
    return json.loads(done.stdout) if done.stdout else None


@needs_yardstick
@pytest.mark.parametrize("by", ["type", "kind"])
def test_figures_are_those_of_the_yardstick(tmp_path: Path, by: str) -> None:
    source = DATA / "asked" / "dev.jsonl"
    labels = read_asked(source)
    records = [made_up(place, item) for place, item in enumerate(labels)][:-3]  # three are missing
    (tmp_path / "answers").write_text("".join(json.dumps(record) + "\n" for record in records))
    theirs = yardstick("score", str(source), str(tmp_path / "answers"), "--by", by)
    replies = [*map(reply_of, records), None, None, None]
    ours = score_asked("ragnano", "none", labels, replies, {})
    parts = {"all": ours.scores, **(ours.by_type if by == "type" else ours.by_kind)}
    assert theirs.keys() == parts.keys()
    assert theirs["all"]["words shown, median"] == ours.scores.medians["words shown"].median
    assert ours.scores.shares["direct right"].right > 20 and ours.scores.shares["answer right"].right > 20
    for name, part in parts.items():
        figures = theirs[name]
        assert figures["missing"] == part.missing
        for measure in set(figures) - {"answerable", "absent", "±", "missing", "words shown, median"}:
            share = part.shares.get(measure)
            assert figures[measure] == (None if share is None else pytest.approx(share.share, abs=6e-4)), (
                name,
                measure,
            )
