"""Writes the model card of a shipped model; its figures come from the training's own scores."""

import json
from pathlib import Path

from tests.benchmarks.training.contracts import HELD_OUT

CARD = """# {name}

A sentence encoder for finding clauses in English contracts: all-MiniLM-L6-v2 (sentence-transformers, Apache-2.0),
fine-tuned. 22.7 million parameters, 384 dimensions, reads 256 tokens. `model.onnx` holds its matrices as 8-bit integers
with a scale a row (activations stay float32) and gives unit vectors (`vectors`) for `input_ids` and `attention_mask`.

- **Data**: {contracts} contracts of CUAD's training split with lawyers' labels (Hendrycks, Burns, Chen and Ball 2021,
  The Atticus Project, CC BY 4.0), cut into passages by ragnano; questions in the data's wording, as the categories'
  descriptions, in wordings written for this project, and made from headings, definitions and words of the contracts;
  half of the Natural Questions at hand (Kwiatkowski et al. 2019, CC BY-SA), so that other things are not forgotten.
- **Not trained on**: the contracts ragnano is measured on, one contract in {held_out} kept for choosing, the wordings
  in tests/benchmarks/paraphrases.json, the other half of Natural Questions.
- **Method**: contrastive with several right passages a question and near misses of the same contract, looked for by
  the model itself; {steps} steps, about {minutes:.0f} minutes on two cores, seed fixed.
- **Command**: `make embedder` (needs the data, see CONTRIBUTING.md).
- **Licence**: Apache-2.0, as the base model; attribution for CUAD as above.

| held-out contracts, dense search in the right one | {first} | {last} |
| --- | --- | --- |
{rows}

**Limits.** English, commercial contracts from public filings; questions about single clauses. It ranks passages and
says nothing about whether one answers. Text beyond 256 tokens is not read. Other languages and other kinds of text were
not measured, save Natural Questions as above. Vectors of this model and of its base are not comparable.
"""
ROWS = {
    "hit@1": "first passage right, wordings of training",
    "hit@5": "right passage among five, wordings of training",
    "paraphrased hit@1": "first passage right, wordings never seen",
    "paraphrased hit@5": "right passage among five, wordings never seen",
    "nq hit@1": "Natural Questions, first passage right",
    "nq hit@5": "Natural Questions, right passage among five",
}


def write_card(target: Path, name: str, base: str, contracts: int, scores: Path) -> None:
    """Writes README.md in `target`."""
    before, *_, after = json.loads(scores.read_text(encoding="utf-8"))
    rows = "\n".join(f"| {said} | {before[key]:.3f} | {after[key]:.3f} |" for key, said in ROWS.items())
    text = CARD.format(
        name=name,
        contracts=contracts,
        held_out=HELD_OUT,
        steps=after["step"],
        minutes=after["minutes"],
        first=base,
        last=name,
        rows=rows,
    )
    (target / "README.md").write_text(text, encoding="utf-8")
