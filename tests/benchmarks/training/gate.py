"""Train the gate (ragnano/gate.toml): a logistic regression over evidence signals. `make gate`.

Data: contracts of CUAD's training set (The Atticus Project, CC BY 4.0) that the embedder has not learnt from, since it
finds better in those it has: each question asked of each contract is answerable where lawyers marked a clause, absent
where they did not. Questions come in all wordings the embedder learnt. Natural Questions (the half that may be learnt
from) add questions that are not about contracts: asked with and without the passage that answers them.
"""

import json
import random
import sys
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from ragnano.assistant import Assistant
from ragnano.evidence import Signals, select
from ragnano.models.offline import go_offline
from ragnano.types import Scope
from tests.benchmarks.training.contracts import CACHE, DATA, HELD_OUT, ROOT, general, hashed, held_out_records, wordings
from tests.benchmarks.training.ranking import index, passage_files

EACH = 24  # questions a contract
MOST_GENERAL = 200
SEED = 7
NAMES = [field.name for field in fields(Signals)]


def signals_of(helper: Assistant, question: str, scope: Scope) -> list[float]:
    found = helper.find(question, scope, helper.settings.candidates)
    _, signals = select(found, helper.catalogue, helper.embedder, helper.settings.evidence_tokens)
    return [asdict(signals)[name] for name in NAMES]


def collect_contracts() -> list[dict[str, object]]:
    queries = json.loads((DATA / "cuad_train" / "queries.json").read_text(encoding="utf-8"))
    rng, asked, records = random.Random(SEED), wordings(), held_out_records()
    rows: list[dict[str, object]] = []
    with index("contracts", [DATA / "cuad_train" / record["txt"] for record in records]) as helper:
        by_name = {Path(document.path).name: document.id for document in helper.documents()}
        for record in records:
            name = Path(record["txt"]).name
            for category in rng.sample(sorted(queries), EACH):
                x = signals_of(helper, rng.choice(asked[category]), Scope(None, (by_name[name],)))
                label = bool(record["clauses"].get(category, {}).get("spans"))
                rows.append({"group": name, "kind": "cuad", "label": label, "x": x})
    return rows


def collect_general() -> list[dict[str, object]]:
    pairs = general(training=True)[:MOST_GENERAL]
    files = passage_files(pairs)
    rows: list[dict[str, object]] = []
    with index("general-part", list(files.values())) as helper:
        by_name = {Path(document.path).name: document.id for document in helper.documents()}
        for pair in pairs:
            own = by_name[files[pair.passage].name]
            others = tuple(identifier for identifier in by_name.values() if identifier != own)
            for label, documents in ((True, tuple(by_name.values())), (False, others)):
                x = signals_of(helper, pair.question, Scope(None, documents))
                rows.append({"group": own, "kind": "nq", "label": label, "x": x})
    return rows


def main() -> None:
    go_offline()
    rows = collect_general() + collect_contracts()
    print(len(rows), "questions", file=sys.stderr)
    (CACHE / "gate-signals.json").write_text(json.dumps(rows), encoding="utf-8")
    x = np.array([row["x"] for row in rows])
    y = np.array([row["label"] for row in rows])
    held = np.array([hashed(str(row["group"])) // HELD_OUT % 4 == 0 for row in rows])
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
    text = ["# Weights of the gate (ragnano/gate.py), written by `make gate`: don't edit by hand."]
    text += ["# Trained on CUAD's training contracts (The Atticus Project, CC BY 4.0) and half of Natural Questions."]
    text += [f"# {line}" for line in lines]
    text += ["# The two confidences were chosen on 132 questions of the training data (tests/benchmarks/LOG.md)."]
    text += ["refuse_below = 0.2", "trust_above = 0.7"]
    text += [f"bias = {model.intercept_[0]:.4f}", "", "[weights]"]
    text += [f"{name} = {weight:.4f}" for name, weight in zip(NAMES, model.coef_[0], strict=True)]
    (ROOT / "ragnano" / "gate.toml").write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
