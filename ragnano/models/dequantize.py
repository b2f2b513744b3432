"""The weights of a model shipped as ONNX with 8-bit weights, read back for bulk mode. No torch is needed.

A shipped model keeps each matrix as int8 with one float32 scale a row of output (a DequantizeLinear node whose output
bears the matrix's name in the original), so that a file has a quarter of the bytes and both modes compute with the same
numbers. Linear layers' matrices lie transposed in ONNX; embedding tables don't.
"""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHIPPED = "model.onnx"
PREFIX = "encoder."
"""Of the names that the exported graph gives to the encoder's parameters."""


def read_weights(path: Path, prefix: str = PREFIX) -> "dict[str, NDArray[np.float32]]":
    """float32 parameters by their names in the original, matrices as torch keeps them: (outputs, inputs).

    Those whose names begin with `prefix`, without it.
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
    """Make of the shipped model in `home` a directory that transformers opens: `target`, which must not be."""
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
