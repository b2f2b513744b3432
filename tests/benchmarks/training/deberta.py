"""DeBERTa-v3 (He, Gao and Chen 2021, arXiv:2111.09543) for training and export, made for processors.

It contains what the small models of that family use: shared projections of relative positions, both position terms,
logarithmic buckets. A position term is not gathered from a table of all buckets for each pair of tokens: it is computed
for each offset that occurs (2 x tokens - 1 of them) and shifted into place by reshaping (Dai et al. 2019,
arXiv:1901.02860, appendix B), so nothing is gathered in either direction.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a model; half the table of relative positions has `buckets` rows, the last for the offset `farthest`."""

    words: int
    width: int = 384
    layers: int = 12
    heads: int = 6
    inner: int = 1536
    buckets: int = 256
    farthest: int = 512


EPSILON = 1e-7  # of the layer norms, as published


class Deberta(torch.nn.Module):
    """Returns the last layer's states (pairs, tokens, width) of token ids and mask (pairs, tokens)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.word_embeddings = torch.nn.Embedding(shape.words, shape.width)
        self.words_norm = torch.nn.LayerNorm(shape.width, EPSILON)
        self.positions = torch.nn.Embedding(2 * shape.buckets, shape.width)
        self.positions_norm = torch.nn.LayerNorm(shape.width, EPSILON)
        self.layers = torch.nn.ModuleList(Layer(shape) for _ in range(shape.layers))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> Any:
        states = self.words_norm(self.word_embeddings(ids))
        states = states * mask[:, :, None].to(states.dtype)
        rows = bucket(ids.shape[1], self.shape).to(ids.device)
        offsets = self.positions_norm(self.positions.weight)[rows][None]
        hidden = (1.0 - mask[:, None, None, :].to(states.dtype)) * -1e9
        for layer in self.layers:
            states = layer(states, offsets, hidden)
        return states


class Layer(torch.nn.Module):
    """One transformer block with disentangled attention."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.query, self.key, self.value, self.mixed = (torch.nn.Linear(shape.width, shape.width) for _ in range(4))
        self.inner, self.outer = (
            torch.nn.Linear(shape.width, shape.inner),
            torch.nn.Linear(shape.inner, shape.width),
        )
        self.attended, self.done = (torch.nn.LayerNorm(shape.width, EPSILON) for _ in range(2))

    def forward(self, states: torch.Tensor, offsets: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        query, key, value = (self._split(part(states)) for part in (self.query, self.key, self.value))
        scale = 1 / math.sqrt(3 * query.shape[-1])  # three terms: content, and position from either side
        query, scaled = query * scale, key * scale
        own = query @ key.transpose(-1, -2)
        # Offset columns run from key before query to after it for c2p, the other way for p2c, so that both shift alike.
        to_place = shifted(query @ self._split(self.key(offsets)).transpose(-1, -2))
        from_place = shifted(scaled @ self._split(self.query(offsets.flip(1))).transpose(-1, -2)).transpose(-1, -2)
        weights = functional.softmax(own + to_place + from_place + hidden, dim=-1)
        mixed = (weights @ value).transpose(1, 2).reshape(states.shape)
        states = self.attended(states + self.mixed(mixed))
        return self.done(states + self.outer(functional.gelu(self.inner(states))))

    def _split(self, states: torch.Tensor) -> torch.Tensor:
        """Returns (..., tokens, width) as (..., heads, tokens, width of a head)."""
        return states.reshape(*states.shape[:-1], self.heads, -1).transpose(-3, -2)


def shifted(scores: torch.Tensor) -> torch.Tensor:
    """Returns, of scores (pairs, heads, tokens, 2 x tokens - 1), `tokens` columns of each row i from tokens - 1 - i."""
    pairs, heads, tokens, width = scores.shape
    flat = functional.pad(scores, (0, 1)).reshape(pairs, heads, -1)[:, :, tokens - 1 : tokens - 1 + tokens * width]
    return flat.reshape(pairs, heads, tokens, width)[..., :tokens]


def bucket(tokens: int, shape: Shape) -> torch.Tensor:
    """Returns the table's row for each offset, query before key: offsets from tokens - 1 down to 1 - tokens."""
    offset = (tokens - 1) - torch.arange(2 * tokens - 1)
    middle = shape.buckets // 2
    size = offset.abs().clamp(min=middle).to(torch.float32)
    far = torch.ceil(torch.log(size / middle) / math.log((shape.farthest - 1) / middle) * (middle - 1)) + middle
    near = offset.abs() < middle
    row = torch.where(near, offset, far.to(torch.int64) * offset.sign()) + shape.buckets
    return row.clamp(0, 2 * shape.buckets - 1)
