"""Make the trained reader shippable: ONNX, its matrices as int8 with a scale a row, beside its tokenizer and its card.

.venv/bin/python -m tests.benchmarks.training.reader_export
"""

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray

from ragnano.config import Settings
from ragnano.models import open_embedder
from ragnano.models.derive import bulk_model
from ragnano.models.offline import go_offline
from ragnano.models.onnx_export import OPSET
from ragnano.models.unpack import SHIPPED
from tests.benchmarks.training.contracts import HELD_OUT, contracts
from tests.benchmarks.training.export import TARGET as EMBEDDER
from tests.benchmarks.training.export import rounded, write_digests
from tests.benchmarks.training.invented import EACH
from tests.benchmarks.training.pairs import Pair, general_pairs
from tests.benchmarks.training.reader import BASE, READER, SCORES, STEPS, WIDER_STEPS, PairReader, Reading

NAME = "legal-reader"
TARGET = EMBEDDER.parent / NAME
INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
MOST_DIFFERENCE = 0.25
"""Logits may differ by so much between float32 and the rounded weights (a probability by .06 at most)."""

CARD = """# {name}

A reader: given a question and a passage of an English contract, does the passage answer, and with which of its words?
A cross-encoder of 22.7 million parameters that starts from {base} (itself from all-MiniLM-L6-v2, sentence-transformers,
Apache-2.0), with two heads. `model.onnx` holds its matrices as 8-bit integers with a scale a row (activations stay
float32) and gives `logits` (pairs, 1 + tokens): the pair's, then one a token.

- **Data**: {contracts} contracts of CUAD's training split with lawyers' labels (Hendrycks, Burns, Chen and Ball 2021,
  The Atticus Project, CC BY 4.0), cut into passages by ragnano; questions in the data's wording, as the categories'
  descriptions and in wordings written for this project; near misses of the same contract, and the likeliest passages of
  contracts that hold no such clause; headings and defined terms of the contracts; questions made by rule of up
  to {each} sentences of each contract; {others} Natural Questions (Kwiatkowski et al. 2019, CC BY-SA) with their own
  and with near passages.
- **Not trained on**: the contracts ragnano is measured on, one contract in {held_out} kept for choosing, the wordings
  in tests/benchmarks/paraphrases.json, half of Natural Questions.
- **Method**: binary cross-entropy of both heads; {first} steps without the made questions and {wider} with
  them, about {minutes:.0f} minutes on two cores, seed fixed.
- **Command**: `make reader` (needs the data, see CONTRIBUTING.md).
- **Licence**: Apache-2.0, as the base model; attribution for CUAD as above.

| held-out contracts, the two likeliest passages of each question | area under ROC |
| --- | --- |
| the passage answers, a wording of training | {seen_pairs:.3f} |
| the passage answers, wordings never seen | {paraphrased_pairs:.3f} |
| the passage answers, made questions (near misses may answer, too) | {invented_pairs:.3f} |
| a word belongs to the answer, a wording of training | {seen_words:.3f} |
| a word belongs to the answer, wordings never seen | {paraphrased_words:.3f} |
| a word belongs to the answer, made questions | {invented_words:.3f} |

**Limits.** English; questions about single clauses of commercial contracts. Its logits are no probabilities of being
right: ragnano's gate makes those. Passages are read to 320 tokens, question included; it learnt on 256.
"""


def main() -> None:
    go_offline()
    settings = Settings.load(embedder=BASE)
    reader = Reading(bulk_model(settings.models_dir / BASE))
    reader.whole.load_state_dict(torch.load(READER))
    model = reader.whole.eval()
    inputs = sample_inputs(reader)
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        export(model, inputs, whole)
        onnx.save(rounded(whole, own_name), str(TARGET / SHIPPED))
    compare(model, inputs)
    shutil.copy(EMBEDDER / "tokenizer.json", TARGET / "tokenizer.json")
    write_digests(TARGET, (SHIPPED, "tokenizer.json"))
    write_card(settings)


def sample_inputs(reader: Reading) -> dict[str, torch.Tensor]:
    pairs = [
        Pair("What is the notice period?", "Either party may terminate on sixty (60) days' written notice.", True, ()),
        Pair("Who pays the rent?", "This Agreement is governed by the laws of Ohio.", False, ()),
    ]
    rows = [reader.encoded(pair) for pair in pairs]
    width = max(len(ids) for ids, _, _ in rows)
    ids = torch.zeros((len(rows), width), dtype=torch.int64)
    mask, kinds = torch.zeros_like(ids), torch.zeros_like(ids)
    for number, (own, start, _) in enumerate(rows):
        ids[number, : len(own)], mask[number, : len(own)] = torch.tensor(own), 1
        kinds[number, start : len(own)] = 1
    return dict(zip(INPUTS, (ids, mask, kinds), strict=True))


def export(model: PairReader, inputs: dict[str, torch.Tensor], target: Path) -> None:
    from torch.onnx._internal.torchscript_exporter import onnx_proto_utils

    onnx_proto_utils._add_onnxscript_fn = lambda model_bytes, custom_opsets: model_bytes  # see models/onnx_export.py
    with torch.no_grad():
        torch.onnx.export(
            model,
            tuple(inputs.values()),
            str(target),
            input_names=INPUTS,
            output_names=["logits"],
            dynamic_axes={name: {0: "pairs", 1: "tokens"} for name in (*INPUTS, "logits")},
            opset_version=OPSET,
            dynamo=False,
        )


def own_name(name: str, array: NDArray[np.float32]) -> tuple[str, int]:
    """Embedding tables keep a row an entry; linear layers' matrices lie transposed in ONNX."""
    return name.removeprefix("onnx::"), 0 if "embeddings" in name else 1


def compare(model: PairReader, inputs: dict[str, torch.Tensor]) -> None:
    session = onnxruntime.InferenceSession(str(TARGET / SHIPPED), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {name: tensor.numpy() for name, tensor in inputs.items()})
    with torch.no_grad():
        wanted = model(*inputs.values()).numpy()
    real = np.concatenate([np.ones((len(found), 1)), inputs["attention_mask"].numpy()], axis=1).astype(bool)
    difference = float(np.abs(found - wanted)[real].max())
    print(f"rounded to 8 bits, logits differ by at most {difference:.3f}")
    if difference > MOST_DIFFERENCE:
        raise SystemExit("too much: not shipped")


def write_card(settings: Settings) -> None:
    last = json.loads(SCORES.read_text(encoding="utf-8"))[-1]
    plain = open_embedder(Settings.load(embedder="all-MiniLM-L6-v2"))
    learnt = [contract for contract in contracts(settings, plain) if not contract.held_out]
    text = CARD.format(
        name=NAME,
        base=BASE,
        contracts=len(learnt),
        others=len(general_pairs(gate=False)),
        held_out=HELD_OUT,
        first=STEPS,
        wider=WIDER_STEPS,
        each=EACH,
        minutes=last["minutes"],
        **{name.replace(" ", "_"): value for name, value in last.items() if name not in ("step", "minutes")},
    )
    (TARGET / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
