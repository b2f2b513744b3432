"""Exports the embedder to ONNX, which does not need torch, with pooling and normalisation inside the graph.

Run as `python -m ragnano.models.onnx_export MODEL_DIRECTORY TARGET` in a process of its own, so that torch's memory
(about 0.5 GB) is freed at its end. The file appears at TARGET only after it has given the same vectors.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from ragnano.models.offline import go_offline

OPSET = 17
LEAST_COSINE = 0.9999
SAMPLES = (
    "What is the notice period?",
    "Either party may terminate this Agreement upon sixty (60) days' prior written notice to the other party.",
    "rent",
)


def export(home: Path, target: Path) -> None:
    """Writes `target` from the weights in `home`. Raises RuntimeError if its vectors differ from the original's."""
    import torch
    from sentence_transformers import SentenceTransformer
    from torch.onnx._internal.torchscript_exporter import onnx_proto_utils

    model = SentenceTransformer(
        str(home), device="cpu", local_files_only=True, model_kwargs={"attn_implementation": "eager"}
    ).eval()
    words = model.tokenizer(list(SAMPLES), padding=True, return_tensors="pt")
    names = ["input_ids", "attention_mask"]
    # The exporter's last step adds the functions of onnxscript operators and needs the `onnx` package for it. A BERT
    # has no such operators, so the step would return its input unchanged (torch is pinned, so the name is stable).
    onnx_proto_utils._add_onnxscript_fn = lambda model_bytes, custom_opsets: model_bytes
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch, torch.no_grad():
        made = Path(scratch) / "made.onnx"
        torch.onnx.export(
            _pooled(model[0].auto_model),
            tuple(words[name] for name in names),
            str(made),
            input_names=names,
            output_names=["vectors"],
            dynamic_axes={**{name: {0: "texts", 1: "tokens"} for name in names}, "vectors": {0: "texts"}},
            opset_version=OPSET,
            dynamo=False,
        )
        _compare(made, {name: words[name].numpy() for name in names}, model.encode(list(SAMPLES)))
        made.replace(target)


def _pooled(encoder: Any) -> Any:
    """Returns the encoder followed by the mean over real tokens and normalisation: vectors (texts, dimensions)."""
    import torch

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, p=2.0, dim=1)

    return Pooled().eval()


def _compare(made: Path, inputs: dict[str, Any], expected: Any) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(made), providers=["CPUExecutionProvider"])
    (vectors,) = session.run(None, inputs)
    lengths = (vectors**2).sum(1) ** 0.5 * (expected**2).sum(1) ** 0.5
    cosine = float(((vectors * expected).sum(1) / lengths).min())
    if not cosine > LEAST_COSINE:
        raise RuntimeError(f"the exported embedder differs from the original (cosine {cosine:.5f})")


if __name__ == "__main__":
    go_offline()
    export(Path(sys.argv[1]), Path(sys.argv[2]))
