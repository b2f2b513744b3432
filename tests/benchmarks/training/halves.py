"""Trains a model: on the CPU with one thread for each half of a batch, on a GPU, where there is one, as a whole.

Two threads with half a batch each are faster than two that share every operation, and bfloat16, where the processor
supports it, is faster than float32: 1.7 s a step where autocast with shared operations took 3.5 (LOG.md). Weights are
kept in float32 and rounded after each step. Word embeddings stay unchanged. Adding two halves' gradients gives the same
bits in either order, so a run can be repeated.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

MOST_TOKENS = 224
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
HALVES = 2 if DEVICE.type == "cpu" else 1
NUMBERS = torch.bfloat16 if DEVICE.type == "cuda" or torch.cpu._is_avx512_bf16_supported() else torch.float32
"""The number format. Processors without bfloat16 instructions emulate it, slower than float32 (LOG.md)."""

Item = TypeVar("Item")


class Halves(ABC, Generic[Item]):
    """`whole` is the float32 model whose parameters (`masters`) the optimizer updates; `follow` copies them to `model`.

    Both must be opened with eager attention: the backward pass of fused attention is slow on a CPU.
    """

    together = 8
    """Items computed together, of similar length: the shorter ones are padded to the longest."""

    def __init__(self, whole: Any) -> None:
        self.whole = whole.to(DEVICE)
        self.model: Any = deepcopy(self.whole).to(NUMBERS).eval()
        for name, parameter in [*self.whole.named_parameters(), *self.model.named_parameters()]:
            if "word_embeddings" in name:
                parameter.requires_grad_(False)
        self._pool = ThreadPoolExecutor(HALVES, initializer=torch.set_num_threads, initargs=(1,))

    @abstractmethod
    def _part(self, items: Sequence[Item]) -> torch.Tensor:
        """Returns float32 outputs on the CPU, one row per item, for a few items of similar length."""

    @abstractmethod
    def _length(self, item: Item) -> int:
        """Returns an item's approximate length."""

    def masters(self) -> list[torch.nn.Parameter]:
        return [whole for whole, _ in self._pairs()]

    def _pairs(self) -> Iterator[tuple[torch.nn.Parameter, torch.nn.Parameter]]:
        pairs = zip(self.whole.parameters(), self.model.parameters(), strict=True)
        return (pair for pair in pairs if pair[0].requires_grad)

    def learn(self, items: Sequence[Item], loss_of: Callable[[torch.Tensor], torch.Tensor]) -> float:
        """Writes the gradients of the loss over the items' outputs to the masters; returns the loss."""
        self.model.zero_grad(set_to_none=True)
        halves = self._split(items)
        found = list(self._pool.map(lambda places: self._outputs([items[place] for place in places]), halves))
        leaves = [outputs.detach().requires_grad_() for outputs in found]
        loss = loss_of(torch.cat(leaves)[self._order(halves)])
        loss.backward()  # type: ignore[no-untyped-call]
        list(self._pool.map(lambda half: half[0].backward(half[1].grad), zip(found, leaves, strict=True)))
        for whole, model in self._pairs():
            whole.grad = None if model.grad is None else model.grad.float()
        torch.nn.utils.clip_grad_norm_(self.masters(), 1.0)
        return float(loss.item())

    def follow(self) -> None:
        with torch.no_grad():
            for whole, model in self._pairs():
                model.copy_(whole)

    def run(self, items: Sequence[Item]) -> NDArray[np.float32]:
        """Returns float32 outputs, one row per item, without learning."""
        halves = self._split(items)

        def one(places: Sequence[int]) -> NDArray[np.float32]:
            with torch.inference_mode():
                return self._outputs([items[place] for place in places]).numpy()

        found = np.concatenate(list(self._pool.map(one, halves)))
        return np.asarray(found[self._order(halves)], dtype=np.float32)

    def _split(self, items: Sequence[Item]) -> list[list[int]]:
        order = sorted(range(len(items)), key=lambda place: self._length(items[place]))
        return [half for number in range(HALVES) if (half := order[number::HALVES])]

    def _order(self, halves: Sequence[Sequence[int]]) -> NDArray[np.int64]:
        return np.argsort([place for half in halves for place in half])

    def _outputs(self, items: Sequence[Item]) -> torch.Tensor:
        return torch.cat(
            [self._part(items[start : start + self.together]) for start in range(0, len(items), self.together)]
        )


class Encoder(Halves[str]):
    """A sentence encoder from texts to unit vectors."""

    def __init__(self, home: Path) -> None:
        from sentence_transformers import SentenceTransformer

        kwargs = {"attn_implementation": "eager"}
        super().__init__(SentenceTransformer(str(home), device="cpu", local_files_only=True, model_kwargs=kwargs))

    def _part(self, items: Sequence[str]) -> torch.Tensor:
        features = self.model.tokenizer(
            list(items),
            padding=True,
            truncation=True,
            max_length=MOST_TOKENS,
            return_tensors="pt",
            pad_to_multiple_of=16,
        )
        features = {name: tensor.to(DEVICE) for name, tensor in features.items()}
        vectors: torch.Tensor = self.model(features)["sentence_embedding"].float().cpu()
        return torch.nn.functional.normalize(vectors, dim=1)

    def _length(self, item: str) -> int:
        return len(item)

    def save(self, folder: Path) -> None:
        self.whole.save(str(folder))
