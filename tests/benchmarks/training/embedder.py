"""Fine-tunes MiniLM to find clauses, on the CPU and from a fixed seed: `make embedder`.

The loss is contrastive (multiple negatives: Henderson et al. 2017, arXiv:1705.00652; several right passages as in
Khosla et al. 2020, arXiv:2004.11362): each question is drawn towards the passages that answer it and away from near
misses of the same contract and from everything else in the batch. Near misses are chosen anew, with the current model,
at the points given by LOOKS. Questions about other things (Natural Questions) are replayed, so that they are not
forgotten.

Writes the weights to .cache/training/embedder/ and the scores on held-out contracts beside them.
"""

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from ragnano.models import open_embedder
from ragnano.models.offline import go_offline
from ragnano.settings import Settings
from tests.benchmarks.training.batches import Batch, Batches
from tests.benchmarks.training.contracts import (
    CACHE,
    Contract,
    contracts,
    general,
    paraphrases,
    vectors_of,
    wordings,
)
from tests.benchmarks.training.halves import Encoder

BASE = "all-MiniLM-L6-v2"
SEED = 11

STEPS = 1100
LOOKS = (0.3,)
"""Shares of the steps after which near misses are chosen anew, with the current model."""
LEARNING_RATE = 5e-5
WARM_UP = 0.08
SCALE = 20.0  # applied to cosines, as in sentence-transformers' MultipleNegativesRankingLoss
MOST_GENERAL = 300  # questions about other things that are measured at each report


def main() -> None:
    parser = argparse.ArgumentParser(description="Fine-tune the embedder on CUAD's training contracts.")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--contracts", type=int, help="fewer contracts, to try it out")
    options = parser.parse_args()
    go_offline()
    settings = Settings.load(embedder=BASE)
    plain = open_embedder(settings)
    found = contracts(settings, plain, options.contracts)
    kept = [contract for contract in found if not contract.held_out]
    held_out = [contract for contract in found if contract.held_out]
    asked = {text: plain.embed_query(text) for texts in wordings().values() for text in texts}
    batches = Batches(kept, wordings(), SEED)
    batches.look(vectors_of(kept, plain), asked)
    plain.close()
    print(f"{len(kept)} contracts to train on, {len(held_out)} held out", flush=True)
    train(Encoder(settings.models_dir / BASE), batches, kept, held_out, options.steps)


def train(model: Encoder, batches: Batches, kept: Sequence[Contract], held_out: Sequence[Contract], steps: int) -> None:
    replayed = general(training=True)
    optimizer = torch.optim.AdamW(model.masters(), lr=LEARNING_RATE, weight_decay=0.01)
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (WARM_UP * steps), (steps - step) / ((1 - WARM_UP) * steps))
    )
    looks = {round(share * steps) for share in LOOKS}
    begun, losses = time.monotonic(), []
    lines = [scores_line(model, held_out, 0, 0.0, begun)]
    for step in range(1, steps + 1):
        batch = batches.draw(replayed)
        losses.append(model.learn([*batch.questions, *batch.passages], partial(loss_of, batch)))
        optimizer.step()
        rate.step()
        model.follow()
        if step % 25 == 0:
            print(f"{step} {np.mean(losses[-25:]):.3f} {(time.monotonic() - begun) / 60:.1f} min", flush=True)
        if step in looks:
            batches.look([model.run(contract.texts) for contract in kept], encoded_questions(model))
        if step in looks or step == steps:
            lines.append(scores_line(model, held_out, step, float(np.mean(losses[-100:])), begun))
            model.save(CACHE / "embedder")
            (CACHE / "embedder-scores.json").write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")


def loss_of(batch: Batch, vectors: torch.Tensor) -> torch.Tensor:
    """Returns the mean over questions of the cross-entropy of each right passage among itself and all known wrong ones.

    `vectors` are those of the batch's questions, then of its passages.
    """
    questions, passages = vectors[: len(batch.questions)], vectors[len(batch.questions) :]
    nearness = questions @ passages.T * SCALE
    answers, unknown = torch.from_numpy(batch.answers), torch.from_numpy(batch.unknown)
    wrong = nearness.masked_fill(answers | unknown, -torch.inf).logsumexp(dim=1, keepdim=True)
    each = torch.logaddexp(nearness, wrong) - nearness
    weights = answers / answers.sum(dim=1, keepdim=True).clamp(min=1)
    return (each * weights).sum() / answers.any(dim=1).sum()


def encoded_questions(model: Encoder) -> Mapping[str, NDArray[np.float32]]:
    texts = [text for texts in wordings().values() for text in texts]
    return dict(zip(texts, model.run(texts), strict=True))


def scores_line(model: Encoder, held_out: Sequence[Contract], step: int, loss: float, begun: float) -> dict[str, float]:
    line = {"step": step, "loss": round(loss, 3), "minutes": round((time.monotonic() - begun) / 60, 1)}
    vectors = [model.run(contract.texts) for contract in held_out]
    others = {category: [text] for category, text in paraphrases().items()}
    for name, asked in (("", wordings()), ("paraphrased ", others)):
        line |= {name + measure: value for measure, value in legal_scores(model, held_out, vectors, asked).items()}
    line |= general_scores(model)
    print(line, flush=True)
    return line


def legal_scores(
    model: Encoder,
    held_out: Sequence[Contract],
    vectors: Sequence[NDArray[np.float32]],
    wording: Mapping[str, Sequence[str]],
) -> dict[str, float]:
    """Returns hit@1 and hit@5 of held-out contracts' labels, by dense search in the contract, over all wordings."""
    asked = {category: model.run(texts) for category, texts in wording.items()}
    places: list[int] = []
    for contract, own in zip(held_out, vectors, strict=True):
        for category, right in contract.answers.items():
            for question in asked.get(category, ()):
                order = np.argsort(-(own @ question), kind="stable").tolist()
                places.append(min(order.index(place) for place in right))
    return hits(np.array(places))


def general_scores(model: Encoder) -> dict[str, float]:
    """Returns hit@1 and hit@5 of Natural Questions' measuring half: each question's passage among those measured."""
    pairs = general(training=False)[:MOST_GENERAL]
    nearness = model.run([pair.question for pair in pairs]) @ model.run([pair.passage[:1200] for pair in pairs]).T
    better = (nearness > np.diag(nearness)[:, None]).sum(axis=1)
    return {f"nq {name}": value for name, value in hits(better).items()}


def hits(places: NDArray[np.int64]) -> dict[str, float]:
    return {f"hit@{depth}": round(float((places < depth).mean()), 4) for depth in (1, 5)}


if __name__ == "__main__":
    main()
