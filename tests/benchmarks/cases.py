"""Scores small documents that were once read or answered wrongly: `python -m tests.benchmarks.cases --about answering`.

Each case represents one kind of fault. Its folder is ingested alone, its question is asked (with its follow-ups, if
any) and the last answer is judged: a refusal where nothing answers, else the words that must appear in the answer or
its citations.
"""

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.pipeline import ingest
from ragnano.assistant import Assistant
from ragnano.models.offline import go_offline
from ragnano.settings import Settings
from ragnano.types import Answer

DATA = Path(__file__).parents[3] / "shared" / "data" / "cases"


@dataclass(frozen=True, slots=True)
class Judged:
    """A case and its last answer; `fault` is "" where the answer is right."""

    case: dict[str, Any]
    answer: Answer
    fault: str


def read_cases(about: str, data: Path = DATA) -> list[dict[str, Any]]:
    """Returns the cases of one kind: "answering" or "reading"."""
    records = map(json.loads, (data / "cases.jsonl").read_text(encoding="utf-8").splitlines())
    return [record for record in records if record["about"] == about]


def judged_cases(cases: Sequence[dict[str, Any]], model: str, data: Path = DATA) -> Iterator[Judged]:
    """Yields every case with its answer, folder by folder."""
    folders = defaultdict(list)
    for case in cases:
        folders[case["case"]].append(case)
    for folder, own in folders.items():
        with tempfile.TemporaryDirectory() as home:
            settings = Settings.load(data_dir=Path(home))
            with Assistant(settings) as assistant:
                ingest(
                    [data / folder],
                    settings=settings,
                    catalogue=assistant.catalogue,
                    vectors=assistant.vectors,
                    embedder=assistant.embedder,
                )
                for case in own:
                    conversation = assistant.converse(keep=False)
                    turns = [conversation.ask(text, model=model) for text in (case["question"], *case["then"])]
                    answer = turns[-1].answer
                    yield Judged(case, answer, fault_of(case, answer))


def fault_of(case: dict[str, Any], answer: Answer) -> str:
    """Returns what is wrong with an answer; "" for nothing."""
    refused = answer.verdict == "not_found"
    answer_text = " ".join([answer.answer, answer.direct.text if answer.direct else ""])
    if not case["answerable"]:
        return "" if refused else "answered"
    if refused:
        return "refused"
    if wrong := [words for words in case["must_not_contain"] if words in answer_text]:
        return f"says {wrong[0]!r}"
    displayed = " ".join([answer_text, *(citation.quote for citation in answer.citations)])
    required = [case["must_contain"], *case.get("all_of", [])]
    missing = [group for group in required if group and not any(words in displayed for words in group)]
    return f"lacks {missing[0][0]!r}" if missing else ""


def main() -> None:
    parser = argparse.ArgumentParser(description="Score the cases.")
    parser.add_argument("--about", default="answering", choices=("answering", "reading"))
    parser.add_argument("-m", "--model", default="none")
    options = parser.parse_args()
    go_offline()
    counts: Counter[tuple[str, str]] = Counter()
    for judged in judged_cases(read_cases(options.about), options.model):
        case, direct = judged.case, judged.answer.direct
        counts[case["case"], "right" if not judged.fault else "wrong"] += 1
        if judged.fault:
            first = judged.answer.citations[0].quote if judged.answer.citations else ""
            questions = " / ".join([case["question"], *case["then"]])
            print(f"{case['case']} | {questions} | {judged.fault} | {direct.text if direct else ''} | {first[:100]!r}")
            print(f"    wanted: {case['right']} ({case['why']})")
    right = sum(count for (_, how), count in counts.items() if how == "right")
    print(f"{right} of {sum(counts.values())} right")


if __name__ == "__main__":
    main()
