"""Train the reader: does a passage answer a question, and with which of its words? On the CPU, from a fixed seed.

    make reader

In two parts: first the labelled clauses, then, at a lower rate, with questions among them that are made of any sentence
of the contracts (`invented.py`), so that clauses of unlabelled kinds are trusted, too.

A cross-encoder (Nogueira and Cho 2019, arXiv:1901.04085): question and passage are read together. It starts from the
shipped embedder, which knows the language of contracts. Two heads: one number a pair from the first token (it answers),
one a token (it belongs to the answer), both learnt with binary cross-entropy.

Writes the weights to .cache/training/reader/ and the scores on held-out contracts beside them.
"""

import argparse
import json
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from ragnano.config import Settings
from ragnano.models import open_embedder
from ragnano.models.derive import bulk_model
from ragnano.models.offline import go_offline
from tests.benchmarks.training.contracts import CACHE, Contract, contracts, paraphrases, vectors_of, wordings
from tests.benchmarks.training.halves import Halves
from tests.benchmarks.training.invented import EACH, invented_of
from tests.benchmarks.training.pairs import NEAREST, Pair, Pairs, general_pairs, labelled_words, labels_of

BASE = "legal-minilm"
SEED = 23
STEPS = 1000
WIDER_STEPS = 350
LEARNING_RATE = 8e-5
HEAD_RATE = 1e-3
WIDER = 0.4  # part of the rates in the second part
WARM_UP = 0.06
MOST_TOKENS = 256
QUESTION_TOKENS = 64
TOKEN_WEIGHT = 1.5  # of the loss over tokens beside that over pairs
ANSWERING_WEIGHT = 2.0  # of a token that answers beside one that does not
PADDED_TO = 16
MEASURED = 400  # pairs of invented questions
EVALUATIONS = 4  # in each part
FIRST, READER = CACHE / "reader" / "first.pt", CACHE / "reader" / "reader.pt"
SCORES = CACHE / "reader-scores.json"


class PairReader(torch.nn.Module):
    """A BERT with two heads: (pairs, 1 + tokens) logits, the pair's first."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        from transformers import AutoModel

        self.encoder: Any = AutoModel.from_pretrained(str(home), attn_implementation="eager", add_pooling_layer=False)
        width = self.encoder.config.hidden_size
        self.passage = torch.nn.Linear(width, 1)
        self.token = torch.nn.Linear(width, 1)

    def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
        states = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return torch.cat([self.passage(states[:, 0]), self.token(states).squeeze(-1)], dim=1)


class Reading(Halves[Pair]):
    """The reader in training. Outputs are padded to 1 + MOST_TOKENS columns."""

    def __init__(self, home: Path) -> None:
        from tokenizers import Tokenizer

        self.words = Tokenizer.from_file(str(home / "tokenizer.json"))
        self.words.no_truncation()
        self.words.no_padding()
        super().__init__(PairReader(home))

    def _part(self, items: Sequence[Pair]) -> torch.Tensor:
        rows = [self.encoded(item)[0] for item in items]
        longest = -(-max(map(len, rows)) // PADDED_TO) * PADDED_TO
        ids = torch.zeros((len(rows), longest), dtype=torch.int64)
        mask, kinds = torch.zeros_like(ids), torch.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = torch.tensor(row)
            mask[number, : len(row)] = 1
            kinds[number, row.index(self.words.token_to_id("[SEP]")) + 1 : len(row)] = 1
        logits = self.model(ids, mask, kinds).float()
        return torch.nn.functional.pad(logits, (0, MOST_TOKENS - longest))

    def _length(self, item: Pair) -> int:
        return len(item.question) + len(item.passage)

    def encoded(self, item: Pair) -> tuple[list[int], int, list[tuple[int, int]]]:
        """Token ids, the place of the passage's first token, and its tokens' characters."""
        question = self.words.encode(item.question, add_special_tokens=False).ids[:QUESTION_TOKENS]
        passage = self.words.encode(item.passage, add_special_tokens=False)
        room = MOST_TOKENS - len(question) - 3
        first, last = self.words.token_to_id("[CLS]"), self.words.token_to_id("[SEP]")
        ids = [first, *question, last, *passage.ids[:room], last]
        return ids, len(question) + 2, passage.offsets[:room]

    def targets(self, items: Sequence[Pair]) -> tuple[torch.Tensor, torch.Tensor]:
        """Wanted outputs and the weight of each, both (pairs, 1 + MOST_TOKENS)."""
        wanted = torch.zeros((len(items), 1 + MOST_TOKENS))
        weights = torch.zeros_like(wanted)
        for row, item in enumerate(items):
            wanted[row, 0], weights[row, 0] = float(item.answers), 1.0
            if item.answering is None:
                continue
            _, start, offsets = self.encoded(item)
            own = torch.zeros(len(offsets))
            for begin, end in item.answering:
                for at, (a, b) in enumerate(offsets):
                    if a < end and b > begin:
                        own[at] = 1.0
            columns = slice(1 + start, 1 + start + len(offsets))
            wanted[row, columns] = own
            weights[row, columns] = (1 + own * (ANSWERING_WEIGHT - 1)) * TOKEN_WEIGHT / max(1, len(offsets))
        return wanted, weights

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(self.whole.state_dict(), path)


def loss_of(wanted: torch.Tensor, weights: torch.Tensor, outputs: torch.Tensor) -> torch.Tensor:
    each = torch.nn.functional.binary_cross_entropy_with_logits(
        outputs, wanted[:, : outputs.shape[1]], reduction="none"
    )
    return (each * weights[:, : outputs.shape[1]]).sum() / len(outputs)


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the reader on CUAD's training contracts.")
    parser.add_argument("--steps", type=int, default=STEPS, help="of the first part")
    parser.add_argument("--wider-steps", type=int, default=WIDER_STEPS, help="of the second part")
    parser.add_argument("--resume", action="store_true", help="begin with the second part, at the first one's weights")
    parser.add_argument("--contracts", type=int, help="fewer contracts, to try it out")
    options = parser.parse_args()
    go_offline()
    settings = Settings.load(embedder=BASE)
    embedder = open_embedder(settings)
    plain = open_embedder(Settings.load(embedder="all-MiniLM-L6-v2"))
    found = contracts(settings, plain, options.contracts)
    kept = [contract for contract in found if not contract.held_out]
    held_out = [contract for contract in found if contract.held_out]
    vectors, other_vectors = vectors_of(kept, embedder), vectors_of(held_out, embedder)
    made = invented_of(kept, vectors, embedder, EACH)
    other_made = invented_of(held_out, other_vectors, embedder, EACH)
    texts = [text for own in wordings().values() for text in own]
    texts += [item.question for own in made + other_made for item in own]
    asked = dict(zip(texts, embedder.embed_sentences(texts), strict=True))
    others = general_pairs(gate=False)
    passages = embedder.embed_passages([pair.passage for pair in others])
    questions = embedder.embed_passages([pair.question for pair in others])
    near = nearest_others(questions @ passages.T)
    labelled = Pairs(kept, vectors, wordings(), asked, others, near, SEED)
    wider = Pairs(kept, vectors, wordings(), asked, others, near, SEED + 1, invented=made)
    measured = held_out_pairs(held_out, other_vectors, embedder)
    measured += invented_pairs(Pairs(held_out, other_vectors, wordings(), asked, others, near, SEED, other_made))
    home = bulk_model(settings.models_dir / BASE)
    embedder.close()
    plain.close()
    print(f"{len(kept)} contracts, {sum(map(len, made))} questions put to them, {len(others)} other ones", flush=True)
    model, lines = Reading(home), []
    if options.resume:
        model.whole.load_state_dict(torch.load(FIRST))
        model.follow()
        lines = json.loads(SCORES.read_text(encoding="utf-8"))[:EVALUATIONS]
    else:
        train(model, labelled, measured, lines, options.steps, 1.0)
        model.save(FIRST)
    train(model, wider, measured, lines, options.wider_steps, WIDER)
    model.save(READER)


def nearest_others(nearness: NDArray[np.float32]) -> list[list[int]]:
    found = []
    for place, row in enumerate(nearness):
        order = np.argsort(-row, kind="stable")
        found.append([int(at) for at in order[:7] if int(at) != place][:6])
    return found


def train(
    model: Reading,
    pairs: Pairs,
    measured: Sequence[tuple[str, Pair]],
    lines: list[dict[str, float]],
    steps: int,
    share: float,
) -> None:
    """Learn by `share` of the rates; adds what was reached to `lines`, where the steps before are counted, too."""
    heads = [parameter for name, parameter in model.whole.named_parameters() if not name.startswith("encoder.")]
    body = [parameter for parameter in model.masters() if all(parameter is not head for head in heads)]
    groups = [{"params": body, "lr": share * LEARNING_RATE}, {"params": heads, "lr": share * HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (WARM_UP * steps), (steps - step) / ((1 - WARM_UP) * steps))
    )
    begun, losses = time.monotonic(), []
    before = lines[-1] if lines else {"step": 0, "minutes": 0.0}
    for step in range(1, steps + 1):
        items = pairs.draw()
        losses.append(model.learn(items, partial(loss_of, *model.targets(items))))
        optimizer.step()
        rate.step()
        model.follow()
        if step % 25 == 0:
            print(f"{step} {np.mean(losses[-25:]):.3f} {(time.monotonic() - begun) / 60:.1f} min", flush=True)
        if step % (steps // EVALUATIONS) == 0:
            minutes = before["minutes"] + (time.monotonic() - begun) / 60
            lines.append({"step": before["step"] + step, "minutes": round(minutes, 1)} | scores(model, measured))
            print(lines[-1], flush=True)
            SCORES.write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")


def invented_pairs(pairs: Pairs) -> list[tuple[str, Pair]]:
    """As many that answer an invented question of a held-out contract as near misses."""
    return [("invented", pair) for pair in pairs.invented_ones(MEASURED)]


def held_out_pairs(
    held_out: Sequence[Contract], vectors: Sequence[NDArray[np.float32]], embedder: Any
) -> list[tuple[str, Pair]]:
    """(wording's kind, pair): the two likeliest passages of every other held-out contract for every other question."""
    labels = labels_of()
    seen = {name: texts[-2] for name, texts in wordings().items()}
    found: list[tuple[str, Pair]] = []
    for kind, asked in (("seen", seen), ("paraphrased", paraphrases())):
        vector = dict(zip(asked, embedder.embed_sentences(list(asked.values())), strict=True))
        for contract, own in zip(held_out[::2], vectors[::2], strict=True):
            for name, question in list(asked.items())[::2]:
                order = np.argsort(-(own @ vector[name]), kind="stable")[: NEAREST // 4]
                for at in map(int, order):
                    text, start = contract.texts[at], len(contract.texts[at]) - len(contract.bodies[at])
                    answering = labelled_words(text[start:], labels[contract.name].get(name, []))
                    shifted = tuple((a + start, b + start) for a, b in answering)
                    found.append((kind, Pair(question, text, bool(answering), shifted)))
    return found


def scores(model: Reading, measured: Sequence[tuple[str, Pair]]) -> dict[str, float]:
    """Area under ROC of "it answers", and of each word within the passages that answer."""
    outputs = model.run([pair for _, pair in measured])
    line: dict[str, float] = {}
    for kind in ("seen", "paraphrased", "invented"):
        rows = [row for row, (own, _) in enumerate(measured) if own == kind]
        right = np.array([measured[row][1].answers for row in rows])
        line[f"{kind} pairs"] = round(float(roc_auc_score(right, outputs[rows, 0])), 4)
        words, logits = [], []
        for row in rows:
            pair = measured[row][1]
            if pair.answers and pair.answering:
                wanted, weights = model.targets([pair])
                columns = (weights[0, 1:] > 0).numpy()
                words += wanted[0, 1:].numpy()[columns].tolist()
                logits += outputs[row, 1:][columns].tolist()
        line[f"{kind} words"] = round(float(roc_auc_score(words, logits)), 4)
    return line


if __name__ == "__main__":
    main()
