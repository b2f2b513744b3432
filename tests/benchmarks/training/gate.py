"""Fits which sentence answers (ragnano/evidence/evidence.toml) and when to answer at all (ragnano/evidence/gate.toml).

    make gate

Then fits yes against no (`answer_kinds.py`).

Both are logistic regressions over the judged questions of `judged.py`: one over sentences (right or not), one over the
signals of a question (whether its best sentences contain a right one). All reported scores, and the table from risk to
confidence, are cross-validated over contracts; the weights written are fitted to all.
"""

import pickle
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from ragnano.evidence import FEATURES, SHOWN, Signals, features_of
from ragnano.models.offline import go_offline
from tests.benchmarks.training.answer_kinds import learn_kinds
from tests.benchmarks.training.contracts import CACHE, HELD_OUT, ROOT, hashed
from tests.benchmarks.training.judged import Judged, asked_questions, contract_questions, general_questions

FOLDS = 4
STRENGTH = 5.0  # inverse of the regularisation strength, like scikit-learn's C
SHARES = {
    "contracts": 0.25,
    "asked contracts": 0.32,
    "asked office": 0.12,
    "asked tables": 0.07,
    "asked mergers": 0.05,
    "asked regulations": 0.05,
    "general": 0.14,
}
"""Shares of the total weight, by kind of question and document."""
NAMES = [field.name for field in fields(Signals)]
RISKS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4)


def main() -> None:
    go_offline()
    kept = CACHE / "judged.pickle"
    if "--again" in sys.argv or not kept.exists():
        kinds = (general_questions, asked_questions, contract_questions)
        kept.write_bytes(pickle.dumps([item for questions in kinds for item in questions()]))
    judged: list[Judged] = [item for item in pickle.loads(kept.read_bytes()) if len(item.right)]
    print(len(judged), "questions", file=sys.stderr)
    sentence_lines, scores = learn_sentences(judged)
    gate_lines, table = learn_gate(judged, scores)
    print("\n".join([*sentence_lines, *gate_lines, *learn_kinds()]))
    print(table)


def shares(kinds: Sequence[str]) -> NDArray[np.float64]:
    """Returns each row's weight, so that each kind of question gets its share."""
    own = np.array(kinds)
    weights = np.zeros(len(own))
    for kind, share in SHARES.items():
        weights[own == kind] = share / max(1, (own == kind).sum())
    return weights * len(own)


def folds(judged: Sequence[Judged]) -> NDArray[np.int64]:
    return np.array([hashed(item.group) // HELD_OUT % FOLDS for item in judged])


def learn_sentences(judged: Sequence[Judged]) -> tuple[list[str], list[NDArray[np.float64]]]:
    """Writes evidence.toml; returns the scores and each question's cross-validated sentence scores."""
    fold = folds(judged)
    lengths = [len(item.right) for item in judged]
    features = [features_of(item.candidates.read) for item in judged]
    x = np.concatenate(features)
    y = np.concatenate([item.right for item in judged])
    rows = np.repeat(np.arange(len(judged)), lengths)
    weights = np.repeat(shares([item.kind for item in judged]) / np.maximum(1, lengths), lengths)
    weights *= len(weights) / weights.sum()
    scores = np.zeros(len(y))
    for left in range(FOLDS):
        away = fold[rows] == left
        model = _logistic(x[~away], y[~away], weights[~away])
        scores[away] = model.predict_proba(x[away])[:, 1]
    own = np.split(scores, np.cumsum(lengths)[:-1])
    lines = []
    for kind in SHARES:
        at = [place for place, item in enumerate(judged) if item.kind == kind and item.answerable]
        ranked = [judged[place].right[np.argsort(-own[place], kind="stable")] for place in at]
        reach = ", ".join(
            f"{depth}: {np.mean([right[:depth].any() for right in ranked]):.3f}" for depth in (1, 2, 3, 5)
        )
        lines.append(f"{kind}, {len(at)} answerable questions: a right sentence among the first {reach}")
        for number, name in enumerate(FEATURES):
            alone = [judged[p].right[np.argsort(-features[p][:, number], kind="stable")] for p in at]
            print(f"  {name} alone: first {np.mean([right[:1].any() for right in alone]):.3f}", file=sys.stderr)
    final = _logistic(x, y, weights)
    write("evidence.toml", "What each feature of a sentence counts (ragnano/evidence)", lines, final, FEATURES, "")
    return lines, list(own)


def _logistic(x: NDArray[np.float64], y: NDArray[np.bool_], weights: NDArray[np.float64]) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=5000).fit(x, y, sample_weight=weights)


def learn_gate(judged: Sequence[Judged], scores: Sequence[NDArray[np.float64]]) -> tuple[list[str], str]:
    """Writes gate.toml; returns the scores and the table from risk to confidence."""
    fold = folds(judged)
    x = np.array([list(asdict(item.signals(own)).values()) for item, own in zip(judged, scores, strict=True)])
    right = np.array(
        [
            bool(item.right[np.argsort(-own, kind="stable")[:SHOWN]].any())
            for item, own in zip(judged, scores, strict=True)
        ]
    )
    weights = shares([item.kind for item in judged])
    confidence = np.zeros(len(x))
    for left in range(FOLDS):
        chosen = fold != left
        model = _logistic(x[chosen], right[chosen], weights[chosen])
        confidence[fold == left] = model.predict_proba(x[fold == left])[:, 1]
    lines = []
    answerable = np.array([item.answerable for item in judged])
    for kind in SHARES:
        at = np.array([item.kind == kind for item in judged])
        lines.append(
            f"{kind}, {at.sum()} questions: AUC {roc_auc_score(right[at], confidence[at]):.3f} of right evidence, "
            f"{roc_auc_score(answerable[at], confidence[at]):.3f} of answerable, calibration error "
            f"{calibration_error(confidence[at], right[at]):.3f}"
        )
        for threshold in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6):
            refuse = at & (confidence < threshold)
            print(
                f"  below {threshold}: {refuse[at & ~answerable].mean():.3f} of absent, "
                f"{refuse[at & answerable].mean():.3f} of answerable; "
                f"right among answered {right[at & ~refuse].mean():.3f}",
                file=sys.stderr,
            )
    table = risk_table(confidence, right, answerable, weights)
    final = _logistic(x, right, weights)
    write("gate.toml", "Weights of the gate (ragnano/evidence/answerability.py)", lines, final, NAMES, table)
    return lines, table


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_], bins: int = 10) -> float:
    """Returns the expected calibration error over equal-width bins (Naeini, Cooper and Hauskrecht, AAAI 2015)."""
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(float(confidence[own].mean() - right[own].mean())) * own.mean()
        for number in range(bins)
        if (own := places == number).any()
    ]
    return float(sum(gaps))


def risk_table(
    confidence: NDArray[np.float64],
    right: NDArray[np.bool_],
    answerable: NDArray[np.bool_],
    shares_: NDArray[np.float64],
) -> str:
    """Returns each risk's least confidence as TOML, computed as if half of all questions were answerable."""
    there, missing = shares_ * answerable, shares_ * ~answerable
    weights = 0.5 * there / there.sum() + 0.5 * missing / missing.sum()
    order = np.argsort(-confidence, kind="stable")
    taken, wrong = np.cumsum(weights[order]), np.cumsum((weights * ~right)[order])
    risk = wrong / taken
    lines = ["", "[risks]"]
    for wanted in RISKS:
        fitting = np.flatnonzero(risk <= wanted)
        last = int(fitting[-1]) if len(fitting) else 0
        lines.append(f'"{wanted}" = {confidence[order][last]:.4f}  # answers {taken[last]:.2f} of all questions')
    return "\n".join(lines)


def write(
    name: str, what: str, lines: Sequence[str], model: LogisticRegression, names: Sequence[str], more: str
) -> None:
    text = [f"# {what}, written by `make gate`: not edited by hand."]
    text += [
        "# Learnt on documents that embedder and reader have not learnt from: contracts of CUAD's training set (The",
        "# Atticus Project, CC BY 4.0) in the categories' wordings, questions as people ask them of those and other",
        "# documents, with and without the sentences that answer, and part of Natural Questions. Cross-validated:",
    ]
    text += [f"# {line}" for line in lines]
    text += ["", f"bias = {model.intercept_[0]:.4f}", "", "[weights]"]
    text += [f"{feature} = {weight:.4f}" for feature, weight in zip(names, model.coef_[0], strict=True)]
    (ROOT / "ragnano" / "evidence" / name).write_text(
        "\n".join(text) + "\n" + (more + "\n" if more else ""), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
