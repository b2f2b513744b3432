"""A sentence encoder in training, computed by one thread for each half of a batch.

Two threads with half a batch each are faster than two that share every operation, and bfloat16 is faster than float32:
1.7 s a step where autocast with shared operations took 3.5 (LOG.md). Weights are kept in float32 and rounded to
bfloat16 after each step. Word embeddings stay as they are. Adding two halves' gradients gives the same bits whichever
comes first, so a run can be repeated.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ragnano.config import Settings
from ragnano.models import find

BASE = "all-MiniLM-L6-v2"
MOST_TOKENS = 224
PART = 8  # texts computed together, of like length
HALVES = 2


class Trained:
    """`masters` are the float32 parameters that an optimizer moves; `follow` takes them over."""

    def __init__(self, settings: Settings) -> None:
        from sentence_transformers import SentenceTransformer

        home = str(settings.models_dir / find(BASE).name)
        self._whole: Any = SentenceTransformer(home, device="cpu", local_files_only=True)
        kwargs = {"attn_implementation": "eager", "dtype": torch.bfloat16}  # sdpa's backward is slow on a processor
        self._model: Any = SentenceTransformer(home, device="cpu", local_files_only=True, model_kwargs=kwargs).eval()
        for model in (self._whole, self._model):
            model[0].auto_model.embeddings.word_embeddings.weight.requires_grad_(False)
        self._pool = ThreadPoolExecutor(HALVES, initializer=torch.set_num_threads, initargs=(1,))

    def masters(self) -> list[torch.nn.Parameter]:
        return [whole for whole, _ in self._pairs()]

    def _pairs(self) -> Iterator[tuple[torch.nn.Parameter, torch.nn.Parameter]]:
        pairs = zip(self._whole.parameters(), self._model.parameters(), strict=True)
        return (pair for pair in pairs if pair[0].requires_grad)

    def learn(self, texts: Sequence[str], loss_of: Callable[[torch.Tensor], torch.Tensor]) -> float:
        """Gradients of the loss of the texts' unit vectors, float32 (n, d), into the masters; returns the loss."""
        self._model.zero_grad(set_to_none=True)
        halves = self._split(texts)
        found = list(self._pool.map(lambda places: self._vectors([texts[place] for place in places]), halves))
        leaves = [vectors.detach().requires_grad_() for vectors in found]
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

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 (n, d) unit vectors."""
        halves = self._split(texts)

        def one(places: Sequence[int]) -> NDArray[np.float32]:
            with torch.inference_mode():
                return self._vectors([texts[place] for place in places]).numpy()

        found = np.concatenate(list(self._pool.map(one, halves)))
        return np.asarray(found[self._order(halves)], dtype=np.float32)

    def _split(self, texts: Sequence[str]) -> list[list[int]]:
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        return [half for number in range(HALVES) if (half := order[number::HALVES])]

    def _order(self, halves: Sequence[Sequence[int]]) -> NDArray[np.int64]:
        return np.argsort([place for half in halves for place in half])

    def _vectors(self, texts: Sequence[str]) -> torch.Tensor:
        """Unit vectors of texts sorted by length."""
        parts = []
        for start in range(0, len(texts), PART):
            features = self._model.tokenizer(
                list(texts[start : start + PART]),
                padding=True,
                truncation=True,
                max_length=MOST_TOKENS,
                return_tensors="pt",
                pad_to_multiple_of=16,
            )
            parts.append(self._model(dict(features))["sentence_embedding"].float())
        vectors: torch.Tensor = torch.nn.functional.normalize(torch.cat(parts), dim=1)
        return vectors

    def save(self, folder: Path) -> None:
        self._whole.save(str(folder))
