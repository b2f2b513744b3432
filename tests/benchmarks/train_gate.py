"""Train the gate (ragnano/gate.toml): a logistic regression over evidence signals.

Data: the training contracts of CUAD (The Atticus Project, CC BY 4.0; ../shared/data/cuad_train), which are not the
ones ragnano is measured on: each question asked of each contract is answerable where lawyers marked a clause, absent
where they did not. Questions are taken in their own wording and, half of the time, as the category's description.
Half of ../shared/data/nq (real users' questions, chosen by hash) adds questions that are not about contracts: asked
with and without the passage that answers them.

    .venv/bin/python -m tests.benchmarks.train_gate
"""

import csv
import hashlib
import json
import random
import sys
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from ingest.pipeline import ingest
from ragnano.assistant import Assistant
from ragnano.config import Settings
from ragnano.evidence import Signals, select
from ragnano.types import Scope

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
CACHE = ROOT / ".cache" / "gate"
SEED = 7
NAMES = [field.name for field in fields(Signals)]


def hashed(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


def contract_questions(contracts: int, each: int) -> list[tuple[str, str, bool]]:
    """(file name, question, answerable) for a sample of the training contracts."""
    folder = DATA / "cuad_train"
    queries = json.loads((folder / "queries.json").read_text())
    with (folder / "category_descriptions.csv").open(newline="", encoding="utf-8-sig") as stream:
        rows = list(csv.reader(stream))
    described = {
        row[0].split(":")[-1].strip().lower(): row[1].split(":", 1)[-1].strip() for row in rows[1:] if len(row) > 1
    }
    records = [json.loads(line) for line in (folder / "contracts.jsonl").open(encoding="utf-8")]
    rng = random.Random(SEED)
    found = []
    for record in rng.sample(records, contracts):
        name = Path(record["txt"]).name
        for category in rng.sample(sorted(queries), each):
            text = described.get(category.lower(), "") if rng.random() < 0.5 else ""
            found.append((name, text or queries[category], bool(record["clauses"].get(category, {}).get("spans"))))
    return found


def passage(record: dict[str, Any]) -> str:
    return str(record["nq_annotated_gold"]["long_answer"])


def signals_of(helper: Assistant, question: str, scope: Scope) -> list[float]:
    found = helper._find(question, scope, helper.settings.candidates)
    _, signals = select(found, helper.catalogue, helper.embedder, helper.settings.evidence_tokens)
    return [asdict(signals)[name] for name in NAMES]


def collect_contracts() -> list[dict[str, object]]:
    asked = contract_questions(contracts=150, each=6)
    names = sorted({name for name, _, _ in asked})
    with Assistant(Settings.load(data_dir=CACHE / "contracts")) as helper:
        paths = [DATA / "cuad_train" / "txt" / name for name in names]
        print(ingest_into(helper, paths), file=sys.stderr)
        by_name = {Path(document.path).name: document.id for document in helper.documents()}
        return [
            {
                "group": name,
                "kind": "cuad",
                "label": label,
                "x": signals_of(helper, text, Scope(None, (by_name[name],))),
            }
            for name, text, label in asked
        ]


def collect_general() -> list[dict[str, object]]:
    records = [json.loads(line) for line in (DATA / "nq" / "nq.jsonl").open(encoding="utf-8")]
    records = [record for record in records if hashed(record["question"]) % 2 == 0][:200]
    folder = CACHE / "nq-passages"
    folder.mkdir(parents=True, exist_ok=True)
    for record in records:
        (folder / f"{hashed(passage(record)) % 10**12}.txt").write_text(passage(record), encoding="utf-8")
    with Assistant(Settings.load(data_dir=CACHE / "nq")) as helper:
        print(ingest_into(helper, [folder]), file=sys.stderr)
        by_name = {Path(document.path).stem: document.id for document in helper.documents()}
        rows: list[dict[str, object]] = []
        for record in records:
            own = by_name[str(hashed(passage(record)) % 10**12)]
            others = tuple(identifier for identifier in by_name.values() if identifier != own)
            for label, documents in ((True, tuple(by_name.values())), (False, others)):
                x = signals_of(helper, record["question"], Scope(None, documents))
                rows.append({"group": own, "kind": "nq", "label": label, "x": x})
        return rows


def ingest_into(helper: Assistant, paths: list[Path]) -> str:
    report = ingest(
        paths, settings=helper.settings, catalogue=helper.catalogue, vectors=helper.vectors, embedder=helper.embedder
    )
    return f"{report.files} files, {report.pages} pages, {len(report.failed)} failed"


def main() -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    rows = collect_general() + collect_contracts()
    (CACHE / "signals.json").write_text(json.dumps(rows))
    x = np.array([row["x"] for row in rows])
    y = np.array([row["label"] for row in rows])
    held = np.array([hashed(str(row["group"])) % 4 == 0 for row in rows])
    kinds = np.array([row["kind"] for row in rows])
    # Each kind of question counts alike, whatever its number.
    weights = np.where(kinds == "cuad", 1 / (kinds == "cuad").sum(), 1 / (kinds == "nq").sum()) * len(rows) / 2
    model = LogisticRegression(C=1.0, max_iter=5000).fit(x[~held], y[~held], sample_weight=weights[~held])
    scores = model.predict_proba(x)[:, 1]
    lines = []
    for kind in ("cuad", "nq"):
        chosen = held & (kinds == kind)
        line = f"{kind}: held out {chosen.sum()} questions, AUC {roc_auc_score(y[chosen], scores[chosen]):.3f}"
        single = {n: round(roc_auc_score(y[chosen], x[chosen, i]), 2) for i, n in enumerate(NAMES)}
        print(line, single)
        lines.append(line)
        for threshold in (0.3, 0.4, 0.5, 0.6):
            refuse = scores[chosen] < threshold
            absent = ~y[chosen]
            shares = f"{refuse[absent].mean():.2f} of absent, {refuse[~absent].mean():.2f} of answerable"
            print(f"  at {threshold}: refused {shares}")
    final = LogisticRegression(C=1.0, max_iter=5000).fit(x, y, sample_weight=weights)
    write(final, lines)


def write(model: LogisticRegression, lines: list[str]) -> None:
    text = ["# Weights of the gate (ragnano/gate.py), written by tests/benchmarks/train_gate.py: don't edit by hand."]
    text += ["# Trained on CUAD's training contracts (The Atticus Project, CC BY 4.0) and half of Natural Questions."]
    text += [f"# {line}" for line in lines]
    text += ["# The two confidences were chosen on 132 questions of the training data (tests/benchmarks/LOG.md)."]
    text += ["refuse_below = 0.2", "trust_above = 0.7"]
    text += [f"bias = {model.intercept_[0]:.4f}", "", "[weights]"]
    text += [f"{name} = {weight:.4f}" for name, weight in zip(NAMES, model.coef_[0], strict=True)]
    (ROOT / "ragnano" / "gate.toml").write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
