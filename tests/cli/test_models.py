"""`ragnano models fetch` proves the engine with the chat models that it fetches."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import ragnano.models
from ragnano.cli import app


@pytest.mark.parametrize(("options", "proofs"), [([], 1), (["--no-proof"], 0)])
def test_the_proof_is_left_to_the_first_question_where_asked_for(
    options: list[str], proofs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proved: list[Path] = []
    weights = tmp_path / "weights.gguf"
    monkeypatch.setattr(ragnano.models, "installed", lambda spec, models_dir: weights)
    monkeypatch.setattr(ragnano.models, "prove", lambda path, settings: proved.append(path))
    result = CliRunner().invoke(app, ["models", "fetch", "qwen2.5-coder-0.5b", *options])
    assert result.exit_code == 0, result.output
    assert proved == [weights] * proofs
