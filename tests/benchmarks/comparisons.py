"""Scores questions to many invented contracts: `python -m tests.benchmarks.comparisons [--data FOLDER]`.

The folder has docs/ and cases.jsonl. Those of the project were looked at while comparisons were built, so their
figure shows what was learnt, not what to expect. Of many_contracts_2, half of the questions have been looked at. An
answer is right if everything that the case expects is there, open if the documents are said not to answer or not to
be clear, and wrong otherwise.
"""

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path, PurePath
from typing import Any, Literal

from ingest.pipeline import ingest
from ragnano.assistant import Assistant
from ragnano.models.offline import go_offline
from ragnano.settings import Settings
from ragnano.text.date_arithmetic import written
from ragnano.types import Answer

DATA = Path(__file__).parent / "many_contracts"
_EXACT = ("list", "count")  # kinds of cases whose documents must be those expected and no others

Verdict = Literal["right", "open", "wrong"]


def judge(case: dict[str, Any], answer: Answer) -> tuple[Verdict, str]:
    """Returns the verdict on the last answer of a case, and what is missing or wrong."""
    expected = case["expected"]
    faults = list(_faults(case, answer))
    said = _said(answer)
    if wrong := [words for words in expected["must_not_contain"] if words in said]:
        return "wrong", f"says {wrong[0]!r}"
    if not faults:
        return "right", ""
    opened = answer.verdict == "not_found" or "No value that can be compared" in answer.answer
    return ("open" if opened else "wrong"), faults[0]


def _faults(case: dict[str, Any], answer: Answer) -> Iterator[str]:
    expected, said = case["expected"], _said(answer)
    if case["about"] == "refuse":
        if answer.verdict != "not_found" and not _any_of(expected["contains"], said):
            yield "answers"
        return
    named = _documents(answer)
    documents = set(expected["documents"] or ())
    if missing := sorted(documents - named):
        yield f"lacks {missing[0]}"
    if case["about"] in _EXACT and documents and (more := sorted(named - documents)):
        yield f"has {more[0]}"
    for name, words in (expected["values"] or {}).items():
        if _folded(words) not in _folded(_words_of(name, answer)):
            yield f"lacks {words!r}"
    first = answer.answer.split("\n")[0]
    if expected["count"] is not None and not re.search(rf"\b{expected['count']}\b", first):
        yield f"counts {first!r}, not {expected['count']}"
    if expected["extreme"] and expected["extreme"] not in f"{first} {_first_file(answer)}":
        yield f"names {first!r}, not {expected['extreme']}"
    if expected["total"] and expected["total"].removesuffix(".00") not in said:
        yield f"lacks {expected['total']}"
    if expected["date"] and not _any_of(_dates(expected["date"]), said):
        yield f"lacks {expected['date']}"
    if expected["contains"] and not _any_of(expected["contains"], said):
        yield f"lacks {expected['contains'][0]!r}"


def _documents(answer: Answer) -> set[str]:
    """Returns the files that an answer names: those of its matching rows, or else those cited."""
    rows = [row for row in answer.rows if row.matches is not False and (row.citation or row.matches)]
    paths = [row.path for row in rows] if answer.rows else [citation.path for citation in answer.citations]
    return {PurePath(path).name for path in paths}


def _first_file(answer: Answer) -> str:
    return PurePath(answer.citations[0].path).name if answer.citations else ""


def _words_of(name: str, answer: Answer) -> str:
    rows = [f"{row.value} {row.note}" for row in answer.rows if PurePath(row.path).name == name]
    quotes = [citation.quote for citation in answer.citations if PurePath(citation.path).name == name]
    return " ".join((*rows, *quotes))


def _said(answer: Answer) -> str:
    return " ".join((answer.direct.text if answer.direct else "", answer.answer))


def _any_of(alternatives: list[str], text: str) -> bool:
    return any(_folded(words) in _folded(text) for words in alternatives)


def _dates(iso: str) -> list[str]:
    day = date.fromisoformat(iso)
    return [iso, written(day), day.strftime("%B %-d, %Y")]


def _folded(text: str) -> str:
    return " ".join(text.lower().split())


def answers(data: Path, kinds: list[str]) -> Iterator[tuple[dict[str, Any], Answer]]:
    """Yields every case with its last answer, without a chat model."""
    lines = (data / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [case for case in map(json.loads, lines) if not kinds or case["about"] in kinds]
    with tempfile.TemporaryDirectory() as home, Assistant(Settings.load(data_dir=Path(home))) as assistant:
        ingest(
            [data / "docs"],
            settings=assistant.settings,
            catalogue=assistant.catalogue,
            vectors=assistant.vectors,
            embedder=assistant.embedder,
        )
        for case in cases:
            conversation = assistant.converse(keep=False)
            turns = [conversation.ask(text, model="none") for text in (case["question"], *case.get("then", []))]
            answer = turns[-1].answer
            assert answer is not None
            yield case, answer


def main() -> None:
    parser = argparse.ArgumentParser(description="Score questions to many contracts.")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--about", action="append", default=[], help="only cases of this kind (may be repeated)")
    options = parser.parse_args()
    go_offline()
    counts: Counter[tuple[str, Verdict]] = Counter()
    for case, answer in answers(options.data, options.about):
        verdict, fault = judge(case, answer)
        counts[case["about"], verdict] += 1
        if fault:
            questions = " / ".join([case["question"], *case.get("then", [])])
            print(f"{verdict} | {case['id']} | {questions} | {fault}", flush=True)
    kinds = sorted({kind for kind, _ in counts})
    for kind in kinds:
        print(f"{kind}: " + ", ".join(f"{counts[kind, how]} {how}" for how in ("right", "open", "wrong")))
    total = {how: sum(counts[kind, how] for kind in kinds) for how in ("right", "open", "wrong")}
    print(f"all: {total['right']} right, {total['open']} open, {total['wrong']} wrong of {sum(total.values())}")


if __name__ == "__main__":
    main()
