"""Reads contracts with lawyers' labels (CUAD's form, see labels.py) as questions; unlabelled ones should be refused."""

import json
from collections.abc import Iterator
from pathlib import Path, PurePath

from ragnano.evaluation.labelled_questions import LabelledQuestion, Short
from ragnano.evaluation.labels import LEAST_WORDS, documents_folder, opening_of, read_lines

_SHORT: dict[str, Short] = {
    "Agreement Date": "date",
    "Effective Date": "date",
    "Expiration Date": "date",
    "Governing Law": "words",
    "Notice Period To Terminate Renewal": "words",
    "Parties": "names",
    "Renewal Term": "words",
    "Warranty Duration": "words",
}
"""Categories whose answers are short enough to be compared."""


def read_cuad(data: Path, *, named: bool) -> Iterator[LabelledQuestion]:
    """Yields a question for each contract and category, sorted by contract: answerable where lawyers labelled a span.

    With `named` the question names the contract and is asked of all; otherwise it is asked of that contract alone.
    Labels whose spans are all short or occur in several places are left out; with `named`, so are contracts without a
    name to use.
    """
    queries: dict[str, str] = json.loads((data / "queries.json").read_text(encoding="utf-8"))
    form = "txt" if documents_folder(data).name == "txt" else "pdf"
    contracts = {PurePath(line[form]).name: line["clauses"] for line in read_lines(data / "contracts.jsonl")}
    for name, clauses in sorted(contracts.items()):
        opening = opening_of(clauses)
        if named and not opening:
            continue
        for category, question in queries.items():
            clause = clauses.get(category, {})
            spans = clause.get("spans", [])
            if spans and not any(span.get("strict") and len(span["text"].split()) >= LEAST_WORDS for span in spans):
                continue
            yield LabelledQuestion(
                f"{name}|{category}",
                f"{opening}: {question}" if named else question,
                category,
                name,
                tuple(span["text"] for span in spans),
                () if named else (name,),
                _SHORT.get(category, ""),
                ((clause.get("answer") or "").strip(),),
            )
