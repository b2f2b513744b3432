"""Trains the reader: whether a passage answers a question, which of its words are the answer, and of which kind it is.

    make reader                      trains it from the weights in `deberta_base.py`
    make reader ARGS="--go-on"       goes on from the shipped reader's weights; --average keeps the mean of both
    make reader ARGS="--resume"      continues from the last checkpoint of an interrupted run

The model is a cross-encoder (Nogueira and Cho 2019, arXiv:1901.04085): question and passage are read together. Heads:
one number per pair (it answers) and five (the answer's kind) from the first token; three per token (it belongs to a
sentence that answers; the exact answer begins, ends with it; Devlin et al. 2019 for the last two).
The training data are defined in `reader_mix.py`. The number format is bfloat16 where the processor computes with it,
else float32: emulated bfloat16 is slower (LOG.md).

Writes weights and checkpoints to .cache/training/reader/ and the scores on held-out documents beside them.
"""

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ragnano.models import open_embedder
from ragnano.models.dequantize import SHIPPED, read_weights
from ragnano.models.offline import go_offline
from ragnano.models.reader import KINDS, without_space
from ragnano.settings import Settings
from tests.benchmarks.training.contracts import CACHE, ROOT
from tests.benchmarks.training.deberta import Deberta, Shape
from tests.benchmarks.training.deberta_base import WEIGHTS, base
from tests.benchmarks.training.drawn import Drawn, Draws
from tests.benchmarks.training.halves import DEVICE, Halves
from tests.benchmarks.training.pairs import Pair
from tests.benchmarks.training.reader_mix import Mix
from tests.benchmarks.training.reader_scores import Measured, scores

BASE = "legal-minilm"
NAME = "legal-reader"
SEED = 33
STEPS = 1400
LEARNING_RATE = 1.5e-4
HEAD_RATE = 1e-3
WARM_UP = 0.06
MOST_TOKENS = 256
QUESTION_TOKENS = 64
TOKEN_WEIGHT = 1.5  # of the loss over tokens relative to that over pairs
ANSWERING_WEIGHT = 2.0  # of a token that answers relative to one that does not
GROUP_WEIGHT = 0.5  # of the loss that separates a question's passages
SPAN_WEIGHT = 0.8  # of each of the two ends
KIND_WEIGHT = 1.5
PADDED_TO = 16
CHECKPOINT = 25  # steps
EVALUATIONS = 1
OF_PAIR = 1 + len(KINDS)
TOKEN_HEAD = "token.transposed"
"""The name of the token head in the shipped graph, which multiplies from the other side."""
OF_TOKEN = 3  # belongs to the answer's sentence, begins the answer, ends it
FOLDER = CACHE / "reader"
READER, STATE, SCORES = FOLDER / "reader.pt", FOLDER / "state.pt", FOLDER / "scores.json"


class PairReader(torch.nn.Module):
    """A DeBERTa with its heads: logits of the pairs (pairs, OF_PAIR) and of their tokens (pairs, tokens, OF_TOKEN)."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        begun = torch.load(home / WEIGHTS)
        self.encoder = Deberta(Shape(len(begun["word_embeddings.weight"])))
        self.encoder.load_state_dict(begun)
        width = self.encoder.shape.width
        self.passage = torch.nn.Linear(width, OF_PAIR)
        self.token = torch.nn.Linear(width, OF_TOKEN)

    def forward(self, input_ids: Any, attention_mask: Any) -> Any:
        states = self.encoder(input_ids, attention_mask)
        return self.passage(states[:, 0]), self.token(states)

    def begin_with(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Loads a reader's weights; a head with more outputs than the loaded one starts with those that it has."""
        own = self.state_dict()
        for name, array in weights.items():
            own[name].view(-1)[: array.numel()] = array.reshape(-1)
        self.load_state_dict(own)


class Reading(Halves[Pair]):
    """The reader in training: one output row per pair, OF_PAIR columns and OF_TOKEN for each of MOST_TOKENS tokens."""

    # On the CPU a third of the tokens were padding with 8 pairs ordered by their characters (LOG.md).
    together = 4 if DEVICE.type == "cpu" else 64

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
        mask = torch.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = torch.tensor(row)
            mask[number, : len(row)] = 1
        pairs, tokens = self.model(ids.to(DEVICE), mask.to(DEVICE))
        tokens = torch.nn.functional.pad(tokens.float(), (0, 0, 0, MOST_TOKENS - longest))
        return torch.cat([pairs.float(), tokens.flatten(1)], dim=1).cpu()

    def _length(self, item: Pair) -> int:
        return len(self.encoded(item)[0])

    def encoded(self, item: Pair) -> tuple[list[int], int, tuple[tuple[int, int], ...]]:
        """Returns the token ids, the index of the passage's first token, and the passage tokens' character ranges."""
        question = self.words.encode(item.question, add_special_tokens=False).ids[:QUESTION_TOKENS]
        passage = self.words.encode(item.passage, add_special_tokens=False)
        room = MOST_TOKENS - len(question) - 3
        first, last = self.words.token_to_id("[CLS]"), self.words.token_to_id("[SEP]")
        ids = [first, *question, last, *passage.ids[:room], last]
        return ids, len(question) + 2, without_space(item.passage, passage.offsets[:room])

    def loss_of(self, groups: Sequence[Sequence[Pair]], outputs: torch.Tensor) -> torch.Tensor:
        """Returns the loss of all groups' pairs, in their order: the mean over pairs of what each contributes."""
        items = [pair for group in groups for pair in group]
        pairs, tokens = outputs[:, :OF_PAIR], outputs[:, OF_PAIR:].view(len(items), MOST_TOKENS, OF_TOKEN)
        own, cross = torch.nn.functional.binary_cross_entropy_with_logits, torch.nn.functional.cross_entropy
        wanted = torch.tensor([float(item.answers) for item in items])
        loss = own(pairs[:, 0], wanted, reduction="sum")
        for row, item in enumerate(items):
            if item.kind is not None:
                loss = loss + KIND_WEIGHT * cross(pairs[row, 1:], torch.tensor(item.kind))
            if item.answering is None:
                continue
            _, start, offsets = self.encoded(item)
            held = tokens[row, start : start + len(offsets)]
            answering = torch.tensor([any(a < end and b > begin for begin, end in item.answering) for a, b in offsets])
            weights = (1 + answering * (ANSWERING_WEIGHT - 1)) * TOKEN_WEIGHT / max(1, len(offsets))
            loss = loss + own(held[:, 0], answering.float(), weight=weights, reduction="sum")
            if item.span and (ends := ends_of(item.span, offsets)):
                loss = loss + SPAN_WEIGHT * (
                    cross(held[:, 1], torch.tensor(ends[0])) + cross(held[:, 2], torch.tensor(ends[1]))
                )
        at = 0
        for group in groups:
            if len(group) > 1 and [pair.answers for pair in group] == [True] + [False] * (len(group) - 1):
                loss = loss + GROUP_WEIGHT * len(group) * cross(pairs[at : at + len(group), 0], torch.tensor(0))
            at += len(group)
        return loss / len(items)

    def freeze(self, layers: int) -> None:
        """Leaves the first so many layers as they are: a step then takes less time (LOG.md).

        The positions stay too: all layers read them, so their gradient would need the backward pass of every layer.
        """
        for model in (self.whole, self.model):
            encoder = model.encoder
            for part in (encoder.words_norm, encoder.positions, encoder.positions_norm, *encoder.layers[:layers]):
                part.requires_grad_(False)

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save({name: tensor.cpu() for name, tensor in self.whole.state_dict().items()}, path)


def ends_of(span: tuple[int, int], offsets: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Returns the first and last token of a character span; None where it was cut off."""
    held = [at for at, (a, b) in enumerate(offsets) if a < span[1] and b > span[0]]
    return (held[0], held[-1]) if held and offsets[held[-1]][1] >= span[1] else None


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the reader.")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--go-on", action="store_true", help="begin with the shipped reader's weights")
    parser.add_argument("--weights", type=Path, help="begin with these (.pt)")
    parser.add_argument("--draws", type=Path, help="steps drawn beforehand (drawn.py), without the data: no scores")
    parser.add_argument("--frozen", type=int, default=0, help="layers, counted from the words, that stay as they are")
    parser.add_argument("--rate", type=float, default=LEARNING_RATE, help="the highest learning rate of the layers")
    parser.add_argument("--contracts", type=int, help="fewer contracts, to try it out")
    parser.add_argument("--average", action="store_true", help="save the mean of the weights before and after")
    parser.add_argument("--seed", type=int, default=SEED, help="another one draws other pairs when training goes on")
    options = parser.parse_args()
    go_offline()
    torch.manual_seed(options.seed)
    mix, measured = (Drawn(options.draws), None) if options.draws else drawn_here(options.seed, options.contracts)
    model = Reading(base())
    begun = (
        torch.load(options.weights, map_location="cpu")
        if options.weights
        else shipped_weights()
        if options.go_on
        else {}
    )
    model.whole.begin_with(begun)
    model.follow()
    if options.frozen:
        model.freeze(options.frozen)
    lines = train(model, mix, measured, options.steps, options.rate, resume=options.resume)
    if options.average:
        average(model, begun)
        lines.append(lines[-1] | (scores(model, measured) if measured else {}))
    SCORES.write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")
    model.save(READER)


def average(model: Reading, begun: Mapping[str, torch.Tensor]) -> None:
    """Sets a trained reader's weights to the mean of those and of the weights that its training began with.

    Wortsman et al. 2022, arXiv:2203.05482.
    """
    own = model.whole.state_dict()
    for name, array in begun.items():
        own[name] = (own[name] + array.reshape(own[name].shape)) / 2
    model.whole.load_state_dict(own)
    model.follow()


def drawn_here(seed: int, most_contracts: int | None) -> tuple[Mix, Measured]:
    """Returns the steps to train on and the pairs to measure with."""
    settings = Settings.load(embedder=BASE)
    embedder = open_embedder(settings)
    mix, measured = Mix(settings, embedder, seed, most_contracts), Measured.of(settings, embedder)
    embedder.close()
    return mix, measured


def shipped_weights() -> dict[str, torch.Tensor]:
    """Returns the weights of the reader that ships with ragnano, by their names in PairReader, without its words.

    The words' table is that of the base: it is not trained.
    """
    found = read_weights(ROOT / "ragnano" / "models" / "shipped" / NAME / SHIPPED, "")
    found["token.weight"] = np.ascontiguousarray(found.pop(TOKEN_HEAD).T)
    return {name: torch.from_numpy(array) for name, array in found.items() if not name.endswith(".scale")}


def train(
    model: Reading, mix: Draws, measured: Measured | None, steps: int, highest: float, *, resume: bool
) -> list[dict[str, float]]:
    """Trains for `steps` steps with regular checkpoints; a resumed run repeats the draws before it and skips them.

    Returns the scores, one entry per evaluation; without `measured` only the time.
    """
    heads = [parameter for name, parameter in model.whole.named_parameters() if not name.startswith("encoder.")]
    body = [parameter for parameter in model.masters() if all(parameter is not head for head in heads)]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": highest}, {"params": heads, "lr": HEAD_RATE}], weight_decay=0.01
    )
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (WARM_UP * steps), (steps - step) / ((1 - WARM_UP) * steps))
    )
    done, before, lines = 0, 0.0, []
    if resume:
        state = torch.load(STATE, map_location="cpu")
        done, before, lines = state["step"], state["minutes"], state["lines"]
        model.whole.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        rate.load_state_dict(state["rate"] | {"base_lrs": [highest, HEAD_RATE]})
        model.follow()
        for _ in range(done):
            mix.draw()
    FOLDER.mkdir(parents=True, exist_ok=True)
    begun, losses = time.monotonic(), []
    for step in range(done + 1, steps + 1):
        groups = mix.draw()
        losses.append(model.learn([pair for group in groups for pair in group], partial(model.loss_of, groups)))
        optimizer.step()
        rate.step()
        model.follow()
        minutes = before + (time.monotonic() - begun) / 60
        if step % 10 == 0:
            print(f"{step} {np.mean(losses[-25:]):.3f} {minutes:.1f} min", flush=True)
        if step % (steps // EVALUATIONS) == 0 or step == steps:
            line = {"step": step, "minutes": round(minutes, 1)}
            lines.append(line | (scores(model, measured) if measured else {}))
            print(json.dumps(lines[-1], indent=1), flush=True)
            SCORES.write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")
        if step % CHECKPOINT == 0:
            state = {"step": step, "minutes": minutes, "lines": lines, "model": model.whole.state_dict()}
            torch.save(state | {"optimizer": optimizer.state_dict(), "rate": rate.state_dict()}, STATE)
    return lines


if __name__ == "__main__":
    main()
