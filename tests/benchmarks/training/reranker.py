"""Train a cross-encoder that reads question and passage together, on the CPU and from a fixed seed: `make reranker`.

It begins as the lower layers of the trained embedder and learns to put the passage that answers above passages of the
same contract that the embedder takes for near (listwise softmax, as in Nogueira and Cho 2019, arXiv:1901.04085, with
several wrong passages at once). Questions about other things (Natural Questions) are a sixth of all.

Writes the weights to .cache/training/reranker/ and the scores on held-out contracts beside them.
"""

import argparse
import json
import random
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ragnano.config import Settings
from ragnano.models import open_embedder
from ragnano.models.offline import go_offline
from tests.benchmarks.training.contracts import CACHE, Contract, contracts, general, paraphrases, wordings
from tests.benchmarks.training.embedder import BASE, hits
from tests.benchmarks.training.halves import MOST_TOKENS, Encoder, Halves

SEED = 23
LAYERS = 4
STEPS = 1200
QUESTIONS = 6  # per step; the last of them is general
WRONG = 5  # passages beside the right one
NEAREST = 30  # wrong passages are among so many of the nearest
RERANKED = 40
LEARNING_RATE = 6e-5
WARM_UP = 0.08
MEASURED = 12  # held-out contracts

Pair = tuple[str, str]
Lists = list[tuple[str, list[str]]]
"""Questions, each with its passages, the right one first."""


class PairScorer(torch.nn.Module):
    """BERT over question and passage, the mean of its states, one number."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        from transformers import AutoModel

        self.encoder: Any = AutoModel.from_pretrained(str(home), attn_implementation="eager", add_pooling_layer=False)
        self.encoder.encoder.layer = self.encoder.encoder.layer[:LAYERS]
        self.encoder.config.num_hidden_layers = LAYERS
        self.head = torch.nn.Linear(self.encoder.config.hidden_size, 1)

    def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
        states = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        return self.head((states * mask).sum(1) / mask.sum(1))


class CrossEncoder(Halves[Pair]):
    def __init__(self, home: Path) -> None:
        from transformers import AutoTokenizer

        self._tokenizer = AutoTokenizer.from_pretrained(str(home))
        torch.manual_seed(SEED)
        super().__init__(PairScorer(home))

    def _part(self, items: Sequence[Pair]) -> torch.Tensor:
        features = self._tokenizer(
            [question for question, _ in items],
            [passage for _, passage in items],
            padding=True,
            truncation="longest_first",
            max_length=MOST_TOKENS + 32,
            return_tensors="pt",
            pad_to_multiple_of=16,
        )
        scores: torch.Tensor = self.model(**features).float()
        return scores

    def _length(self, item: Pair) -> int:
        return len(item[0]) + len(item[1])

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        torch.save(self.whole.state_dict(), folder / "weights.pt")


class Lister:
    """Draws questions with a right and several wrong passages that the embedder finds near."""

    def __init__(self, found: Sequence[Contract], encoder: Encoder) -> None:
        self._rng = random.Random(SEED)
        self._found = found
        self._wordings = wordings()
        texts = [text for group in self._wordings.values() for text in group]
        self._asked = dict(zip(texts, encoder.run(texts), strict=True))
        self._vectors = [encoder.run(contract.texts) for contract in found]
        self._labelled = [(at, category) for at, contract in enumerate(found) for category in contract.answers]
        self._general = general(training=True)
        questions = encoder.run([pair.question for pair in self._general])
        passages = encoder.run([pair.passage for pair in self._general])
        self._near = np.argsort(-(questions @ passages.T), axis=1)[:, :NEAREST]

    def draw(self) -> Lists:
        return [*(self._legal() for _ in range(QUESTIONS - 1)), self._other()]

    def _legal(self) -> tuple[str, list[str]]:
        at, category = self._rng.choice(self._labelled)
        contract = self._found[at]
        question = self._rng.choice(self._wordings[category])
        right = contract.answers[category]
        order = np.argsort(-(self._vectors[at] @ self._asked[question]), kind="stable")
        wrong = [int(place) for place in order[: NEAREST + len(right)] if place not in right]
        chosen = [self._rng.choice(right), *self._rng.sample(wrong, min(WRONG, len(wrong)))]
        return question, [contract.texts[place] for place in chosen]

    def _other(self) -> tuple[str, list[str]]:
        at = self._rng.randrange(len(self._general))
        wrong = [int(place) for place in self._near[at] if place != at]
        chosen = [at, *self._rng.sample(wrong, WRONG)]
        return self._general[at].question, [self._general[place].passage[:1200] for place in chosen]


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the cross-encoder on CUAD's training contracts.")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--contracts", type=int, help="fewer contracts, to try it out")
    options = parser.parse_args()
    go_offline()
    settings = Settings.load(embedder=BASE)
    found = contracts(settings, open_embedder(settings), options.contracts)
    encoder = Encoder(CACHE / "embedder")
    lister = Lister([contract for contract in found if not contract.held_out], encoder)
    held_out = [contract for contract in found if contract.held_out][:MEASURED]
    train(CrossEncoder(CACHE / "embedder"), encoder, lister, held_out, options.steps)


def train(model: CrossEncoder, encoder: Encoder, lister: Lister, held_out: Sequence[Contract], steps: int) -> None:
    optimizer = torch.optim.AdamW(model.masters(), lr=LEARNING_RATE, weight_decay=0.01)
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (WARM_UP * steps), (steps - step) / ((1 - WARM_UP) * steps))
    )
    begun, losses = time.monotonic(), []
    for step in range(1, steps + 1):
        lists = lister.draw()
        pairs = [(question, passage) for question, passages in lists for passage in passages]
        losses.append(model.learn(pairs, partial(loss_of, [len(passages) for _, passages in lists])))
        optimizer.step()
        rate.step()
        model.follow()
        if step % 25 == 0:
            print(f"{step} {np.mean(losses[-25:]):.3f} {(time.monotonic() - begun) / 60:.1f} min", flush=True)
    model.save(CACHE / "reranker")
    lines = scores(model, encoder, held_out)
    print(lines, flush=True)
    (CACHE / "reranker-scores.json").write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")


def loss_of(sizes: Sequence[int], scores: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of the first, right passage among each question's."""
    parts = torch.split(scores[:, 0], list(sizes))
    return torch.stack([part.logsumexp(dim=0) - part[0] for part in parts]).mean()


def scores(model: CrossEncoder, encoder: Encoder, held_out: Sequence[Contract]) -> dict[str, float]:
    """hit@1 and hit@5 of the embedder's best forty, as it has them, by the cross-encoder and by both together."""
    others = {category: [text] for category, text in paraphrases().items()}
    first = {category: texts[-3:] for category, texts in wordings().items()}
    found: dict[str, float] = {}
    for name, asked in (("", first), ("paraphrased ", others)):
        judged: dict[str, list[int]] = {"embedder ": [], "reranker ": [], "both ": []}
        for contract in held_out:
            vectors = encoder.run(contract.texts)
            for category, right in contract.answers.items():
                for text in asked.get(category, ()):
                    near = vectors @ encoder.run([text])[0]
                    best = np.argsort(-near, kind="stable")[:RERANKED]
                    read = model.run([(text, contract.texts[place]) for place in best])[:, 0]
                    mine = {"embedder ": near[best], "reranker ": read, "both ": near[best] * 10 + read}
                    for way, own in mine.items():
                        judged[way].append(place_of(best[np.argsort(-own, kind="stable")], right))
        for way, places in judged.items():
            found |= {name + way + measure: value for measure, value in hits(np.array(places)).items()}
    return found


def place_of(order: NDArray[np.int64], right: Sequence[int]) -> int:
    return next((at for at, place in enumerate(order.tolist()) if place in right), len(order))


if __name__ == "__main__":
    main()
