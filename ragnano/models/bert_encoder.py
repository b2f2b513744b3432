"""A BERT encoder's forward pass in torch, and the mean over each text's tokens.

A test asserts that sentence-transformers gives the same bits. It would load transformers, pandas, scipy and
scikit-learn into every ingestion: opening MiniLM takes 267 MB with it, 177 MB with transformers' class, 45 MB here.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from ragnano.errors import ModelError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

EXPECTED = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute"}
"""The architecture that `Encoder` supports, as config.json states it."""


class Encoder:
    """Computes with the weights in `home` (config.json, model.safetensors), converted to `kind`. Thread-safe."""

    def __init__(self, home: Path, kind: "torch.dtype") -> None:
        """Raises ModelError when the model is of another architecture."""
        from safetensors import safe_open

        config = json.loads((home / "config.json").read_text(encoding="utf-8"))
        for name, value in EXPECTED.items():
            if config.get(name, value) != value:
                raise ModelError(f"{home.name}: {name} is {config[name]}, only {value} can be computed")
        self._heads: int = config["num_attention_heads"]
        self._layers: int = config["num_hidden_layers"]
        self._epsilon: float = config["layer_norm_eps"]
        with safe_open(home / "model.safetensors", framework="pt") as file:
            # One at a time: all the float32 originals would be twice as large as the converted weights.
            self._of = {name: file.get_tensor(name).to(kind) for name in file.keys() if not name.startswith("pooler")}  # noqa: SIM118

    def vectors(self, ids: "Tensor", mask: "Tensor") -> "Tensor":
        """Returns unit vectors (texts, dimensions) of `ids` (texts, tokens); `mask`, same shape: 1 for real tokens."""
        return _mean(self._states(ids, mask), mask)

    def _states(self, ids: "Tensor", mask: "Tensor") -> "Tensor":
        """Returns the last hidden states (texts, tokens, dimensions)."""
        import torch

        place = "embeddings"
        states = self._of[f"{place}.word_embeddings.weight"][ids]
        states = states + self._of[f"{place}.token_type_embeddings.weight"][0]
        states = states + self._of[f"{place}.position_embeddings.weight"][: ids.shape[1]]
        states = self._norm(f"{place}.LayerNorm", states)
        seen = mask[:, None, None, :].bool()  # the same for every head and every attending token
        for layer in (f"encoder.layer.{number}" for number in range(self._layers)):
            attended = self._linear(f"{layer}.attention.output.dense", self._attended(layer, states, seen))
            states = self._norm(f"{layer}.attention.output.LayerNorm", attended + states)
            wide = torch.nn.functional.gelu(self._linear(f"{layer}.intermediate.dense", states))
            states = self._norm(f"{layer}.output.LayerNorm", self._linear(f"{layer}.output.dense", wide) + states)
        return states

    def _attended(self, layer: str, states: "Tensor", seen: "Tensor") -> "Tensor":
        import torch

        by_head = (*states.shape[:2], self._heads, -1)
        query, key, value = (
            self._linear(f"{layer}.attention.self.{name}", states).view(by_head).transpose(1, 2)
            for name in ("query", "key", "value")
        )
        attended = torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        return attended.transpose(1, 2).flatten(-2)

    def _linear(self, name: str, states: "Tensor") -> "Tensor":
        import torch

        return torch.nn.functional.linear(states, self._of[f"{name}.weight"], self._of[f"{name}.bias"])

    def _norm(self, name: str, states: "Tensor") -> "Tensor":
        import torch

        weight, bias = self._of[f"{name}.weight"], self._of[f"{name}.bias"]
        return torch.nn.functional.layer_norm(states, weight.shape, weight, bias, self._epsilon)


def _mean(states: "Tensor", mask: "Tensor") -> "Tensor":
    """Returns the mean of the states where `mask` is 1, at unit length, rounded where sentence-transformers rounds."""
    import torch

    real = mask.unsqueeze(-1).to(states.dtype)
    mean = (states * real).sum(dim=1, dtype=torch.float32) / real.sum(dim=1, dtype=torch.float32)
    return torch.nn.functional.normalize(mean.to(states.dtype), dim=-1)
