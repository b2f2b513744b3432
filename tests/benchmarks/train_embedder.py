"""Fine-tune MiniLM to find clauses, on the CPU and from a fixed seed.

Contrastive: each question is drawn towards the passage that answers it and away from a near miss of the same contract
and from everything else in the batch (multiple negatives: Henderson et al. 2017, arXiv:1705.00652), but never away from
another contract's answer to the same category of question. Questions about other things (Natural Questions) are
replayed, so that they are not forgotten.

    .venv/bin/python -m tests.benchmarks.train_embedder --steps 1500

writes the weights and the scores on held-out contracts to .cache/embedder/.
"""

import argparse
import json
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from ragnano.config import Settings
from ragnano.models.offline import go_offline
from tests.benchmarks.legal_pairs import CACHE, Contract, Pair, Pairs, general_pairs, prepare, wordings

SEED = 11
BATCH = 16
SHARES = {"labelled": 0.6, "clause": 0.2}  # the rest is general
LEARNING_RATE = 3e-5
WARM_UP = 0.1
SCALE = 20.0  # of cosines, as sentence-transformers' MultipleNegativesRankingLoss has it
MOST_TOKENS = 224
MOST_GENERAL = 300  # questions measured at each report


def main() -> None:
    parser = argparse.ArgumentParser(description="Fine-tune the embedder on CUAD's training contracts.")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--contracts", type=int, help="fewer contracts, to try it out")
    parser.add_argument("--report", type=int, default=250, help="steps between two measurements")
    options = parser.parse_args()
    go_offline()
    settings = Settings.load()
    found, vectors, embedder = prepare(settings, options.contracts)
    kept = [place for place, contract in enumerate(found) if not contract.held_out]
    pairs = Pairs([found[place] for place in kept], [vectors[place] for place in kept], embedder, SEED)
    held_out = [contract for contract in found if contract.held_out]
    print(f"{len(kept)} contracts to train on, {len(held_out)} held out", flush=True)
    train(opened(settings), pairs, held_out, options.steps, options.report)


def opened(settings: Settings) -> Any:
    from sentence_transformers import SentenceTransformer

    torch.manual_seed(SEED)
    torch.set_num_threads(settings.threads)
    model = SentenceTransformer(str(settings.models_dir / settings.embedder), device="cpu", local_files_only=True)
    model.max_seq_length = MOST_TOKENS
    return model


def train(model: Any, pairs: Pairs, held_out: Sequence[Contract], steps: int, report: int) -> None:
    general = general_pairs(training=True)
    rng = np.random.default_rng(SEED)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (WARM_UP * steps), (steps - step) / ((1 - WARM_UP) * steps))
    )
    begun, losses = time.monotonic(), []
    lines = [scores_line(model, held_out, 0, 0.0, begun)]
    for step in range(1, steps + 1):
        model.train()
        loss = loss_of(model, drawn(pairs, general, rng))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        rate.step()
        losses.append(loss.item())
        if step % report == 0 or step == steps:
            lines.append(scores_line(model, held_out, step, float(np.mean(losses[-report:])), begun))
            model.save(str(CACHE / "model"))
            (CACHE / "scores.json").write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")


def drawn(pairs: Pairs, general: Sequence[Pair], rng: np.random.Generator) -> list[Pair]:
    batch = []
    for chance in rng.random(BATCH):
        if chance < SHARES["labelled"]:
            batch.append(pairs.labelled())
        elif chance < SHARES["labelled"] + SHARES["clause"]:
            batch.append(pairs.from_clause())
        else:
            batch.append(general[int(rng.integers(len(general)))])
    return batch


def loss_of(model: Any, batch: Sequence[Pair]) -> torch.Tensor:
    """Cross-entropy of each question's own answer among all answers and misses of the batch."""
    missed = [pair for pair in batch if pair.miss]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        questions = embedded(model, [pair.question for pair in batch])
        passages = embedded(model, [pair.answer for pair in batch] + [pair.miss for pair in missed])
    nearness = questions.float() @ passages.float().T * SCALE
    for row, asked in enumerate(batch):
        for column, other in enumerate(batch):
            same = bool(asked.category) and asked.category == other.category
            if row != column and (same or asked.answer == other.answer):
                nearness[row, column] = -1e4
    return torch.nn.functional.cross_entropy(nearness, torch.arange(len(batch)))


def embedded(model: Any, texts: Sequence[str]) -> torch.Tensor:
    features = model.tokenizer(
        list(texts), padding=True, truncation=True, max_length=MOST_TOKENS, return_tensors="pt", pad_to_multiple_of=16
    )
    vectors: torch.Tensor = model(dict(features))["sentence_embedding"]
    return torch.nn.functional.normalize(vectors, dim=1)


def scores_line(model: Any, held_out: Sequence[Contract], step: int, loss: float, begun: float) -> dict[str, float]:
    line = {"step": step, "loss": round(loss, 3), "minutes": round((time.monotonic() - begun) / 60, 1)}
    line |= legal_scores(model, held_out) | general_scores(model)
    print(line, flush=True)
    return line


def legal_scores(model: Any, held_out: Sequence[Contract]) -> dict[str, float]:
    """hit@1 and hit@5 of held-out contracts' labels, by dense search in the contract, over all wordings."""
    model.eval()
    asked = {category: model.encode(texts, normalize_embeddings=True) for category, texts in wordings().items()}
    places: list[int] = []
    for contract in held_out:
        vectors = model.encode(contract.texts, normalize_embeddings=True, batch_size=16)
        for category, right in contract.answers.items():
            for question in asked[category]:
                order = np.argsort(-(vectors @ question), kind="stable").tolist()
                places.append(min(order.index(place) for place in right))
    table = np.array(places)
    return {"hit@1": round(float((table < 1).mean()), 4), "hit@5": round(float((table < 5).mean()), 4)}


def general_scores(model: Any) -> dict[str, float]:
    """hit@5 of Natural Questions' measuring half: each question's passage among all passages measured."""
    model.eval()
    pairs = general_pairs(training=False)[:MOST_GENERAL]
    questions = model.encode([pair.question for pair in pairs], normalize_embeddings=True)
    passages = model.encode([pair.answer for pair in pairs], normalize_embeddings=True, batch_size=16)
    nearness = questions @ passages.T
    better = (nearness > np.diag(nearness)[:, None]).sum(axis=1)
    return {"nq hit@1": round(float((better < 1).mean()), 4), "nq hit@5": round(float((better < 5).mean()), 4)}


if __name__ == "__main__":
    main()
