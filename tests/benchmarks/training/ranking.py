"""Fits how much each signal of a candidate counts (ragnano/retrieval/ranking.toml): `make ranking`.

The questions are asked of the held-out contracts, on which the embedder was not trained, each of its own contract and
in several wordings; questions as people ask them of the tune split's documents; and half of Natural Questions of all
its passages. Each pair of a right and a wrong candidate of one question is an example: a logistic regression of the
difference of their signals (RankNet with a linear score: Burges et al., ICML 2005). All questions count equally;
contracts and other things count by SHARES.

Scores are cross-validated over contracts; the weights written are fitted to all.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ingest.pipeline import ingest
from ragnano.assistant import Assistant
from ragnano.evaluation.retrieval import is_hit, runs_of
from ragnano.models.offline import go_offline
from ragnano.retrieval.ranking import SIGNALS, signals_of
from ragnano.retrieval.retriever import Retriever
from ragnano.settings import Settings
from ragnano.types import Scope
from tests.benchmarks.training.contracts import (
    CACHE,
    DATA,
    HELD_OUT,
    ROOT,
    General,
    general,
    hashed,
    held_out_records,
    wordings,
)
from tests.benchmarks.training.labels import asked, text_of

SEED = 17
WORDINGS = 4  # of each question
SHARES = {"contracts": 0.3, "asked": 0.5, "general": 0.2}  # of the total weight
FOLDS = 4
STRENGTH = 1.0  # inverse of the regularisation strength, like scikit-learn's C


@dataclass(frozen=True, slots=True)
class Group:
    """One question's candidates: `signals` (n, len(SIGNALS)), `right` bool (n,).

    Groups of one `name` (a contract, a question) stay together in cross-validation.
    """

    name: str
    kind: str
    signals: NDArray[np.float64]
    right: NDArray[np.bool_]


def main() -> None:
    go_offline()
    groups = [*contract_groups(), *asked_groups(), *general_groups()]
    usable = [group for group in groups if group.right.any() and not group.right.all()]
    print(f"{len(usable)} of {len(groups)} questions have right and wrong candidates", file=sys.stderr)
    lines = report(usable, crossed(usable))
    write(fit(usable), lines)


def index(name: str, files: Sequence[Path]) -> Assistant:
    """Returns an assistant over these files; its index is kept for the next run."""
    helper = Assistant(Settings.load(data_dir=CACHE / f"index-{name}-{Settings.load().embedder}"))
    ingest(
        files, settings=helper.settings, catalogue=helper.catalogue, vectors=helper.vectors, embedder=helper.embedder
    )
    return helper


def contract_groups() -> Iterator[Group]:
    folder, records = DATA / "cuad_train", held_out_records()
    rng, wording = random.Random(SEED), wordings()
    with index("contracts", [folder / record["txt"] for record in records]) as helper:
        known = {Path(document.path).name: document.id for document in helper.documents()}
        search = Retriever(helper.catalogue, helper.vectors, helper.embedder, helper.settings)
        for record in records:
            name = Path(record["txt"]).name
            for category, clause in record["clauses"].items():
                spans = [runs_of(span["text"]) for span in clause["spans"] if len(span["text"].split()) >= 3]
                if not spans or category not in wording:
                    continue
                for text in rng.sample(wording[category], min(WORDINGS, len(wording[category]))):
                    pool = search.pool(text, Scope(None, (known[name],)), helper.settings.candidates)
                    right = [is_hit(runs_of(item.chunk.text), spans) for item in pool.candidates]
                    yield Group(name, "contracts", signals_of(pool.candidates, pool.question), np.array(right))


def asked_groups() -> Iterator[Group]:
    """Yields questions as people ask them, of the tune split's documents."""
    labels = [label for label in asked("tune") if label.answerable]
    files = {name: text_of(name) for name in dict.fromkeys(label.document for label in labels)}
    with index("asked", [*files.values()]) as helper:
        known = {Path(document.path).name: document.id for document in helper.documents()}
        search = Retriever(helper.catalogue, helper.vectors, helper.embedder, helper.settings)
        for label in labels:
            pool = search.pool(label.question, Scope(None, (known[label.document],)), helper.settings.candidates)
            spans = [runs_of(gold) for gold in label.gold]
            right = [is_hit(runs_of(item.chunk.text), spans) for item in pool.candidates]
            yield Group(label.document, "asked", signals_of(pool.candidates, pool.question), np.array(right))


def general_groups() -> Iterator[Group]:
    pairs = general(training=True)
    files = passage_files(pairs)
    with index("general", list(files.values())) as helper:
        search = Retriever(helper.catalogue, helper.vectors, helper.embedder, helper.settings)
        for pair in pairs:
            pool = search.pool(pair.question, Scope(), helper.settings.candidates)
            spans = [runs_of(pair.passage)]
            right = [is_hit(runs_of(item.chunk.text), spans) for item in pool.candidates]
            yield Group(pair.question, "general", signals_of(pool.candidates, pool.question), np.array(right))


def passage_files(pairs: Sequence[General]) -> dict[str, Path]:
    """Writes a text file for each passage; returns passage to file."""
    folder = CACHE / "passages"
    folder.mkdir(parents=True, exist_ok=True)
    files = {pair.passage: folder / f"{hashed(pair.passage) % 10**12}.txt" for pair in pairs}
    for passage, file in files.items():
        file.write_text(passage, encoding="utf-8")
    return files


def fit(groups: Sequence[Group]) -> NDArray[np.float64]:
    """Returns the weights of the signals."""
    number = {kind: sum(group.kind == kind for group in groups) for kind in SHARES}
    differences, weights = [], []
    for group in groups:
        right, wrong = group.signals[group.right], group.signals[~group.right]
        pairs = (right[:, None, :] - wrong[None, :, :]).reshape(-1, len(SIGNALS))
        differences.append(pairs)
        weights.append(np.full(len(pairs), SHARES[group.kind] / number[group.kind] / len(pairs)))
    x, weight = np.concatenate(differences), np.concatenate(weights) * len(groups)
    # Both directions, so that there is no bias: a candidate does not win by coming first.
    model = LogisticRegression(C=STRENGTH, fit_intercept=False, max_iter=2000)
    model.fit(np.concatenate([x, -x]), np.repeat([True, False], len(x)), sample_weight=np.tile(weight, 2))
    found: NDArray[np.float64] = model.coef_[0]
    return found


def crossed(groups: Sequence[Group]) -> list[NDArray[np.float64]]:
    """Returns each group's scores by weights that were fitted without its contract."""
    fold = np.array([hashed(group.name) // HELD_OUT % FOLDS for group in groups])
    fitted = [fit([group for group, at in zip(groups, fold, strict=True) if at != left]) for left in range(FOLDS)]
    return [group.signals @ fitted[at] for group, at in zip(groups, fold, strict=True)]


def report(groups: Sequence[Group], scores: Sequence[NDArray[np.float64]]) -> list[str]:
    """Returns hit@1 and hit@5 by kind, of the learnt order and of each signal alone."""
    lines = []
    for kind in SHARES:
        chosen = [(group, own) for group, own in zip(groups, scores, strict=True) if group.kind == kind]
        lines.append(f"{kind}, {len(chosen)} questions: {hits([(group.right, own) for group, own in chosen])}")
        for at, name in enumerate(SIGNALS):
            alone = hits([(group.right, group.signals[:, at]) for group, _ in chosen])
            print(f"  {name} alone: {alone}", file=sys.stderr)
        print(lines[-1], file=sys.stderr)
    return lines


def hits(judged: Sequence[tuple[NDArray[np.bool_], NDArray[np.float64]]]) -> str:
    places = np.array([int(np.argmax(right[np.argsort(-scores, kind="stable")])) for right, scores in judged])
    return ", ".join(f"hit@{depth} {np.mean(places < depth):.3f}" for depth in (1, 5))


def write(weights: NDArray[np.float64], lines: Sequence[str]) -> None:
    text = [
        "# What each signal of a candidate counts (ragnano/retrieval/ranking.py), written by `make ranking`; "
        "not edited by hand."
    ]
    text += ["# Learnt on contracts of CUAD's training set (The Atticus Project, CC BY 4.0) that the embedder has not"]
    text += ["# learnt from, on questions as people ask them of documents kept for choosing, and on half of Natural"]
    text += ["# Questions. Cross-validated, of questions with a right candidate:"]
    text += [f"# {line}" for line in lines]
    text += [
        "",
        f'embedder = "{Settings.load().embedder}"',
        "",
        "[weights]",
        *(f"{name} = {weight:.4f}" for name, weight in zip(SIGNALS, weights, strict=True)),
    ]
    (ROOT / "ragnano" / "retrieval" / "ranking.toml").write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
