"""Scores the values that comparisons compute with: `python -m tests.benchmarks.contract_values [--data FOLDER]`.

Each of CUAD's measuring contracts is asked for its governing law, end, renewal and notice against renewal, as a
comparison asks it; the values are compared with the lawyers' short answers. A value is right if it is theirs, open if
none was computed, and wrong if it is another or if they found no such clause. Only contracts that renew by themselves
are asked for the notice against it. An end may lie a day beside theirs: of a year from 1 January they name 1 January as
the end, ragnano 31 December. Contracts whose clause they marked without a short answer are left out.
"""

import argparse
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal

from ingest.pipeline import ingest
from ragnano.assistant import QUOTES_ONLY, Assistant
from ragnano.evaluation.answer_checks import dates_in
from ragnano.evaluation.intervals import share_of
from ragnano.models.offline import go_offline
from ragnano.settings import Settings
from ragnano.tasks.comparison.attributes import Attribute, attribute_named
from ragnano.tasks.comparison.finding import Finding, find_value
from ragnano.tasks.task_context import Tools
from ragnano.text.comparable_values import values_in
from ragnano.text.places import lies_in, places_in
from ragnano.types import Document

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "cuad"
NOTICE = Attribute(
    "notice against renewal", "duration", ("How much notice must be given to stop this agreement from renewing?",)
)
"""CUAD's notice period is this one; the attribute that people compare is the notice of termination."""
Verdict = Literal["right", "open", "wrong"]
A_DAY = 1
"""Days that an end may lie beside the lawyers'."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--verbose", action="store_true", help="print every value that is wrong")
    parser.add_argument("--only", choices=[attribute.name for attribute, _, _ in COMPARED], help="ask for this alone")
    options = parser.parse_args()
    go_offline()
    verdicts: dict[str, Counter[Verdict]] = {}
    seconds: list[float] = []
    for name, verdict, took, line in judged(options.data, options.only):
        verdicts.setdefault(name, Counter())[verdict] += 1
        seconds.append(took)
        if options.verbose and verdict == "wrong":
            print(line, flush=True)
    for name, counts in verdicts.items():
        print(_row(name, counts))
    print(_row("all", sum(verdicts.values(), Counter())))
    print(f"{sum(seconds) / len(seconds):.2f} s a value")


def _row(name: str, counts: Counter[Verdict]) -> str:
    total = counts.total()
    wrong = share_of([verdict == "wrong" for verdict in counts.elements()])
    assert wrong is not None
    return (
        f"{name}: {counts['right']} right, {counts['open']} open, {counts['wrong']} wrong of {total}; "
        f"wrong {wrong.share:.3f} ({wrong.low:.3f} to {wrong.high:.3f})"
    )


def judged(data: Path, only: str | None) -> Iterator[tuple[str, Verdict, float, str]]:
    """Yields for each value its attribute's name, the verdict, its seconds, and a line that says both values."""
    records = [json.loads(line) for line in (data / "contracts.jsonl").read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as home, Assistant(Settings.load(data_dir=Path(home))) as assistant:
        ingest(
            [data / "txt"],
            settings=assistant.settings,
            catalogue=assistant.catalogue,
            vectors=assistant.vectors,
            embedder=assistant.embedder,
        )
        tools = assistant._tools(QUOTES_ONLY, None, None, None, None)
        documents = {Path(document.path).name: document for document in assistant.documents()}
        for record in records:
            document = documents[Path(record["txt"]).name]
            yield from _judged(document, record["clauses"], tools, only)


def _judged(
    document: Document, clauses: dict[str, Any], tools: Tools, only: str | None
) -> Iterator[tuple[str, Verdict, float, str]]:
    for attribute, label, same in COMPARED:
        if only is not None and attribute.name != only:
            continue
        clause = clauses.get(label, {})
        wanted = clause.get("answer") or ""
        if clause.get("spans") and not (wanted and re.search(r"\w", wanted) and "[]" not in wanted):
            continue
        if attribute is NOTICE and not wanted:
            continue  # a notice of another kind would be the right answer
        begun = time.perf_counter()
        finding = find_value(attribute, document, tools)
        took = time.perf_counter() - begun
        verdict = _verdict(finding, wanted, same)
        yield attribute.name, verdict, took, f"{attribute.name} of {document.path}: {finding.words!r} {wanted!r}"


def _verdict(finding: Finding, wanted: str, same: Callable[[Finding, str], bool]) -> Verdict:
    if not finding.value.known:
        return "open"
    if not wanted:  # a contract that does not renew by itself may say so
        return "right" if finding.value.truth is False else "wrong"
    return "right" if same(finding, wanted) else "wrong"


def _same_place(finding: Finding, wanted: str) -> bool:
    return any(
        lies_in(own, other) or lies_in(other, own) for own in finding.value.places for other in places_in(wanted)
    )


def _same_day(finding: Finding, wanted: str) -> bool:
    own, days = finding.value.day, [value.day for value in values_in("date", wanted)]
    days += [date(*found) for found in dates_in(wanted)]
    return own is not None and any(day is not None and abs((day - own).days) <= A_DAY for day in days)


def _same_length(finding: Finding, wanted: str) -> bool:
    return any(value.number == finding.value.number for value in values_in("duration", wanted))


def _renews(finding: Finding, wanted: str) -> bool:
    return finding.value.truth is True


COMPARED: tuple[tuple[Attribute, str, Callable[[Finding, str], bool]], ...] = (
    (attribute_named("governing law"), "Governing Law", _same_place),
    (attribute_named("end date"), "Expiration Date", _same_day),
    (attribute_named("automatic renewal"), "Renewal Term", _renews),
    (NOTICE, "Notice Period To Terminate Renewal", _same_length),
)

if __name__ == "__main__":
    main()
