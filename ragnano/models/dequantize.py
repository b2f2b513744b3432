"""Converts the 8-bit ONNX weights of a shipped model to float32 for bulk mode. Does not need torch.

A shipped model stores each matrix as int8 with one float32 scale per output row (a DequantizeLinear node whose output
has the matrix's original name), so that a file has a quarter of the bytes and both modes compute with the same numbers.
The matrices of linear layers are transposed in ONNX; embedding tables are not.
"""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHIPPED = "model.onnx"
PREFIX = "encoder."
"""Prefix of the encoder's parameters in the exported graph."""


def read_weights(path: Path, prefix: str = PREFIX) -> "dict[str, NDArray[np.float32]]":
    """Returns float32 parameters by their original names, matrices in torch's layout: (outputs, inputs).

    Returns only those whose names begin with `prefix`, and removes it.
    """
    import numpy as np
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(path)).graph
    stored = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    found = {name: array for name, array in stored.items() if name.startswith(prefix) and array.dtype == np.float32}
    for node in graph.node:
        if node.op_type == "DequantizeLinear":
            codes, scales = stored[node.input[0]], stored[node.input[1]]
            axis = next(attribute.i for attribute in node.attribute if attribute.name == "axis")
            matrix = codes.astype(np.float32) * (scales[:, None] if axis == 0 else scales[None, :])
            found[node.output[0]] = matrix if axis == 0 else matrix.T
            found.pop(node.input[1])
    return {name.removeprefix(prefix): np.ascontiguousarray(array, np.float32) for name, array in found.items()}


def unpack(home: Path, target: Path) -> None:
    """Converts the shipped model in `home` to a directory for transformers: `target`, which must not exist."""
    from safetensors.numpy import save_file

    weights = read_weights(home / SHIPPED)
    target.mkdir()
    for item in home.iterdir():
        if item.name in ("derived", SHIPPED):
            continue
        if item.is_dir():
            shutil.copytree(item, target / item.name)
        else:
            shutil.copy(item, target / item.name)
    save_file(weights, target / "model.safetensors", metadata={"format": "pt"})
