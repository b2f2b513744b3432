"""Trains the models that recognise questions to several documents.

    python -m tests.benchmarks.training.comparison_questions

Data: questions/comparisons.jsonl, written for this project in seven sets (people in a small firm; lawyers and
controllers; plain wordings; and so on), in which half of the questions to one document are worded much like those to
several; and questions that people ask of one document (../shared/data/asked and our own). Prints, of each set, what the
models that have learnt from the others say, then trains on all. The questions in
tests/benchmarks/comparison_questions.jsonl are measured and never learnt from.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression

from ragnano.models import open_embedder
from ragnano.models.offline import go_offline
from ragnano.settings import Settings
from ragnano.tasks.comparison.recognition import NOTHING, OPERATIONS, word_features
from tests.benchmarks.training.contracts import ROOT
from tests.benchmarks.training.labels import asked
from tests.benchmarks.training.own_questions import contract_labels

QUESTIONS = Path(__file__).parent / "questions" / "comparisons.jsonl"
MEASURED = Path(__file__).parents[1] / "comparison_questions.jsonl"
TARGET = ROOT / "ragnano" / "tasks" / "comparison" / "recognition.npz"
STRENGTH = 30.0
"""Inverse of the regularisation (C). On the first two sets 10 and 100 recognise .03 fewer to .02 more."""
SEED = 7

Rows = Sequence[dict[str, Any]]


class Features:
    """Computes the features of questions, each once."""

    def __init__(self) -> None:
        self.embedder = open_embedder(Settings())
        self._words: dict[str, csr_matrix] = {}
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def of(self, rows: Rows, *, embedded: bool) -> csr_matrix:
        """Returns the features (rows, SIZE [+ dimensions]) of the rows' questions."""
        texts = [row["question"] for row in rows]
        for text in texts:
            if text not in self._words:
                self._words[text] = csr_matrix(word_features(text))
                self._vectors[text] = self.embedder.embed_query(text)
        words = vstack([self._words[text] for text in texts]).tocsr()
        if not embedded:
            return words
        return hstack([words, csr_matrix(np.stack([self._vectors[text] for text in texts]))]).tocsr()


class Models:
    """The four models, trained on rows; `plain` are questions to one document."""

    def __init__(self, features: Features, rows: Rows, plain: Rows, *, embedded: bool) -> None:
        self._features, self._embedded = features, embedded
        every = [*rows, *plain]
        asked_of_several = [row for row in rows if row["several"]]
        inputs, wanted = features.of(every, embedded=embedded), [bool(row["several"]) for row in every]
        self.several = _fit(inputs, wanted)
        inputs = features.of(asked_of_several, embedded=embedded)
        self.operation = _fit(inputs, [OPERATIONS.index(row["operation"]) for row in asked_of_several])
        self.negated = _fit(inputs, [bool(row["negated"]) for row in asked_of_several])
        self.attribute = _fit(inputs, [row["attribute"] or NOTHING for row in asked_of_several])

    def scores(self, rows: Rows, plain: Rows) -> dict[str, float]:
        """Returns shares, of questions that the models have not seen."""
        own = [row for row in rows if row["several"]]
        others = [row for row in rows if not row["several"]]
        inputs = self._features.of(own, embedded=self._embedded)
        negated = np.array([row["negated"] for row in own])
        says = self.negated.predict(inputs)
        chances = {name: self._several(group) for name, group in (("own", own), ("others", others), ("plain", plain))}
        return {
            "recognised": float((chances["own"] >= 0.5).mean()),
            "hard ones taken for several": float((chances["others"] >= 0.5).mean()),
            "plain ones taken for several": float((chances["plain"] >= 0.5).mean()),
            "operation right": float(
                np.mean(self.operation.predict(inputs) == [OPERATIONS.index(row["operation"]) for row in own])
            ),
            "negated: recall": float((says & negated).sum() / max(1, negated.sum())),
            "negated: precision": float((says & negated).sum() / max(1, says.sum())),
            "attribute right": float(
                np.mean(self.attribute.predict(inputs) == [row["attribute"] or NOTHING for row in own])
            ),
        }

    def _several(self, rows: Rows) -> NDArray[np.float64]:
        found: NDArray[np.float64] = self.several.predict_proba(self._features.of(rows, embedded=self._embedded))[:, 1]
        return found

    def arrays(self, prefix: str) -> dict[str, NDArray[np.generic]]:
        """Returns weights (features, columns) and biases by the names in recognition.npz."""
        found: dict[str, NDArray[np.generic]] = {}
        for name in ("several", "operation", "negated", "attribute"):
            model = getattr(self, name)
            found[f"{prefix} {name}"] = model.coef_.T.astype(np.float16)
            found[f"{prefix} {name} bias"] = model.intercept_.astype(np.float32)
        return found


def _fit(inputs: csr_matrix, wanted: Sequence[Any]) -> Any:
    return LogisticRegression(C=STRENGTH, max_iter=3000, random_state=SEED).fit(inputs, wanted)


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _plain(split: str) -> list[dict[str, Any]]:
    """Returns questions to one document, in an order that does not depend on where they stand in the file."""
    labels = [*asked(split), *(contract_labels() if split == "train" else ())]
    questions = sorted({label.question for label in labels})
    np.random.default_rng(SEED).shuffle(questions)
    return [{"question": question, "several": False} for question in questions]


def main() -> None:
    go_offline()
    rows, measured = _read(QUESTIONS), _read(MEASURED)
    plain, chosen = _plain("train"), _plain("tune")
    features = Features()
    arrays: dict[str, NDArray[np.generic]] = {}
    for prefix, embedded in (("words", False), ("both", True)):
        for name in sorted({row["set"] for row in rows}):
            kept = [row for row in rows if row["set"] != name]
            left_out = [row for row in rows if row["set"] == name]
            models = Models(features, kept, plain, embedded=embedded)
            _print(f"{prefix}, set {name}", models.scores(left_out, chosen))
        models = Models(features, rows, plain, embedded=embedded)
        _print(f"{prefix}, measured", models.scores(measured, chosen))
        arrays |= models.arrays(prefix)
    arrays["attributes"] = models.attribute.classes_.astype("U")
    arrays["embedder"] = np.array(features.embedder.fingerprint)
    np.savez_compressed(TARGET, **arrays)  # type: ignore[arg-type]
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1e3:.0f} kB")


def _print(name: str, scores: dict[str, float]) -> None:
    print(f"{name}: " + ", ".join(f"{key} {value:.3f}" for key, value in scores.items()), flush=True)


if __name__ == "__main__":
    main()
