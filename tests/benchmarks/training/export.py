"""Exports a trained model for shipping: ONNX, its matrices as int8 with one scale per row, beside its tokenizer.

    .venv/bin/python -m tests.benchmarks.training.export

Writes ragnano/models/shipped/<name>/ and the files' digests into catalogue.toml. Each matrix is rounded symmetrically,
row by row of its output; activations stay float32, so no calibration is needed.
"""

import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from safetensors.numpy import load_file

from ragnano.models import open_embedder
from ragnano.models.dequantize import PREFIX, SHIPPED
from ragnano.models.offline import go_offline
from ragnano.models.onnx_export import export
from ragnano.settings import Settings
from tests.benchmarks.training.card import write_card
from tests.benchmarks.training.contracts import CACHE, ROOT, contracts
from tests.benchmarks.training.embedder import BASE

NAME = "legal-minilm"
TARGET = ROOT / "ragnano" / "models" / "shipped" / NAME
CARRIED = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.txt",
    "config.json",
    "modules.json",
    "sentence_bert_config.json",
    "1_Pooling/config.json",
)
Namer = Callable[[str, NDArray[np.float32]], tuple[str, int]]
"""Maps a matrix's name in the graph, and the matrix, to its new name and the axis of its outputs."""
LEAST_SIZE = 4096  # numbers; smaller arrays stay float32


def main() -> None:
    go_offline()
    home = CACHE / "embedder"
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        export(home, whole)
        graph = rounded(whole, names_of(load_file(home / "model.safetensors")))
    (TARGET / "1_Pooling").mkdir(parents=True, exist_ok=True)
    onnx.save(graph, str(TARGET / SHIPPED))
    settings = Settings.load(embedder=BASE)
    for name in CARRIED:
        shutil.copy(settings.models_dir / BASE / name, TARGET / name)
    learnt = [contract for contract in contracts(settings, open_embedder(settings)) if not contract.held_out]
    write_card(TARGET, NAME, BASE, len(learnt), CACHE / "embedder-scores.json")
    write_digests(TARGET, (SHIPPED, *CARRIED))


def write_digests(target: Path, files: Sequence[str]) -> None:
    """Writes size and SHA-256 of each file into the catalogue.toml entry with the folder's name."""
    rows = []
    for name in files:
        data = (target / name).read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        rows.append(f'  {{ path = "{name}", size = {len(data):_}, sha256 = "{digest}" }},')
    catalogue = ROOT / "ragnano" / "models" / "catalogue.toml"
    entry = re.compile(rf'(\["{target.name}"\]\n(?:(?!\n\[).)*?files = \[\n).*?(\n\])', re.DOTALL)
    text, changed = entry.subn(
        lambda match: match[1] + "\n".join(rows) + match[2], catalogue.read_text(encoding="utf-8")
    )
    if changed != 1:
        raise SystemExit(f"catalogue.toml has no entry {target.name}")
    catalogue.write_text(text, encoding="utf-8")


def names_of(weights: Mapping[str, NDArray[np.float32]], prefix: str = PREFIX) -> Namer:
    """Returns a function from a matrix to its original name after `prefix`, found by its bytes, and the output axis."""
    names = {array.tobytes(): name for name, array in weights.items()}
    transposed = {np.ascontiguousarray(array.T).tobytes(): name for name, array in weights.items() if array.ndim == 2}

    def name(_: str, array: NDArray[np.float32]) -> tuple[str, int]:
        data = array.tobytes()
        axis = 0 if data in names else 1
        return prefix + (names.get(data) or transposed[data]), axis

    return name


def rounded(path: Path, name_of: Namer) -> onnx.ModelProto:
    """Returns the graph with each large matrix dequantized from int8, with the name and axis that `name_of` gives."""
    model = onnx.load(str(path))
    graph = model.graph
    kept, nodes = [], []
    for item in graph.initializer:
        array = numpy_helper.to_array(item)
        if array.dtype != np.float32 or array.ndim != 2 or array.size < LEAST_SIZE:
            kept.append(item)
            continue
        name, axis = name_of(item.name, array)
        codes, scales = int8(array, axis)
        kept += [numpy_helper.from_array(codes, f"{name}.int8"), numpy_helper.from_array(scales, f"{name}.scale")]
        nodes.append(helper.make_node("DequantizeLinear", [f"{name}.int8", f"{name}.scale"], [name], axis=axis))
        for node in graph.node:
            for place, used in enumerate(node.input):
                if used == item.name:
                    node.input[place] = name
    others = list(graph.node)
    del graph.node[:], graph.initializer[:]
    graph.initializer.extend(kept)
    graph.node.extend([*nodes, *others])
    onnx.checker.check_model(model)
    return model


def int8(array: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Returns the codes and the scale of each row (axis 0) or column (axis 1)."""
    scales = np.maximum(np.abs(array).max(axis=1 - axis), 1e-12).astype(np.float32) / 127
    codes = np.rint(array / (scales[:, None] if axis == 0 else scales[None, :]))
    return np.clip(codes, -127, 127).astype(np.int8), scales


if __name__ == "__main__":
    main()
