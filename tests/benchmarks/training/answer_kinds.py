"""Fits how the reader's kinds and two signs in the sentence count for yes or no (ragnano/evidence/answer_kind.toml).

Fits two logistic regressions over the yes-or-no questions of the tune split's documents: yes or no, and with or without
a condition. The reported scores are cross-validated over documents. Part of `make gate`.
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from ragnano.evidence.answer_kind import CONDITION, YES, kind_features
from ragnano.models import open_embedder, open_reader
from ragnano.models.reader import KINDS
from ragnano.settings import Settings
from tests.benchmarks.training.asked_groups import AskedGroups
from tests.benchmarks.training.contracts import ROOT
from tests.benchmarks.training.labels import asked

SEED = 5
STRENGTH = 5.0  # inverse of the regularisation strength, like scikit-learn's C
FOLDS = 5
SURE = (0.6, 0.7, 0.8, 0.9)
TARGET = ROOT / "ragnano" / "evidence" / "answer_kind.toml"


def learn_kinds() -> list[str]:
    """Writes answer_kind.toml; returns the scores."""
    settings = Settings.load()
    embedder, reader = open_embedder(settings), open_reader(settings)
    groups = AskedGroups(asked("tune"), embedder, settings.chunk_tokens, SEED)
    yes_signs, condition_signs, kinds, documents = [], [], [], []
    for item in groups.known:
        if not item.right or not item.label.answer_kind:
            continue
        at = min(item.right)
        cut = groups.cuts[item.document][at]
        (reading,) = reader.read(item.label.question, [groups.right(item, at, trim=False).passage])
        features = kind_features(list(reading.kinds), " ".join(cut.texts[extract] for extract in item.right[at]))
        yes_signs.append(list(features.yes))
        condition_signs.append(list(features.condition))
        kinds.append(KINDS[item.label.answer_kind])
        documents.append(item.document)
    says_yes = np.array([kind.startswith("yes") for kind in kinds])
    conditioned = np.array(["-" in kind for kind in kinds])
    lines, text = (
        [],
        ["# How the reader's kinds and signs of a sentence count, written by `make gate`: not edited by hand."],
    )
    for name, what, features, wanted in (
        ("yes", YES, yes_signs, says_yes),
        ("condition", CONDITION, condition_signs, conditioned),
    ):
        weights, said = _fitted(np.array(features), wanted, documents)
        lines.append(f"{name}, {len(wanted)} questions: {said}")
        text += [f"# {lines[-1]}", "", f"[{name}]", f"bias = {weights[0]:.3f}"]
        text += [f"{sign} = {weight:.3f}" for sign, weight in zip(what, weights[1:], strict=True)]
    TARGET.write_text("\n".join(text) + "\n", encoding="utf-8")
    return lines


def _fitted(features: NDArray[np.float64], wanted: NDArray[np.bool_], documents: list[str]) -> tuple[list[float], str]:
    """Returns bias and weights, and how often they are right, overall and where they are sure."""
    model = LogisticRegression(C=STRENGTH)
    found = cross_val_predict(model, features, wanted, groups=documents, cv=GroupKFold(FOLDS), method="predict_proba")[
        :, 1
    ]
    right, sure = (found > 0.5) == wanted, np.maximum(found, 1 - found)
    parts = [f"right {right.mean():.3f}"]
    for least in SURE:
        own = sure >= least
        parts.append(f"from {least} on {own.mean():.2f} of them, right {right[own].mean() if own.any() else 0:.3f}")
    model.fit(features, wanted)
    return [float(model.intercept_[0]), *map(float, model.coef_[0])], ", ".join(parts)
