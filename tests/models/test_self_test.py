"""The engine's self-test in a child process: survives crashes and wrong words, and remembers the outcome."""

import sys
import time
from pathlib import Path

import pytest

from ragnano.errors import EngineError
from ragnano.models import EngineSettings, find, installed
from ragnano.models.llama_backend import similarity
from ragnano.models.self_test import prove_engine, recorded
from ragnano.models.specs import Proof
from ragnano.settings import default_models_dir

pytestmark = pytest.mark.slow

CRASHES_WITH_REPACKED_WEIGHTS = """
import json, os, signal, sys
request = json.load(sys.stdin)
with open(request["path"], "a") as log: log.write("x")
if request["settings"]["extra_buffers"]: os.kill(os.getpid(), signal.SIGSEGV)
print(json.dumps({"problem": ""}))
"""
WRONG_WORDS = 'print(\'{"problem": "wrong words: hm"}\')'
HANGS = "import time; time.sleep(60)"
SAYS_NOTHING = ""
SAFE = EngineSettings(extra_buffers=False)


def child(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Serves as the model's file; the child writes a letter to it at each request."""
    path = tmp_path / "model.gguf"
    path.touch()
    return path


def test_a_crashing_engine_is_survived_and_the_next_setting_taken(log: Path, tmp_path: Path) -> None:
    found = prove_engine(log, digest="d", models_dir=tmp_path, threads=1, child=child(CRASHES_WITH_REPACKED_WEIGHTS))
    assert found == SAFE
    record = recorded(tmp_path, "d")
    assert record is not None
    assert record.outcomes == (("default", "crashed (SIGSEGV)"), ("no repacked weights", "ok"))


def test_the_outcome_is_remembered_per_model(log: Path, tmp_path: Path) -> None:
    for digest, asked in (("d", 2), ("d", 2), ("another", 4)):
        prove_engine(log, digest=digest, models_dir=tmp_path, threads=1, child=child(CRASHES_WITH_REPACKED_WEIGHTS))
        assert len(log.read_text()) == asked


def test_remembering_takes_no_time(log: Path, tmp_path: Path) -> None:
    spent = []
    for _ in range(5):
        begun = time.perf_counter()
        prove_engine(log, digest="d", models_dir=tmp_path, threads=1, child=child(CRASHES_WITH_REPACKED_WEIGHTS))
        spent.append(time.perf_counter() - begun)
    assert min(spent[1:]) < 0.005


def test_a_memory_that_is_no_json_is_as_good_as_none(log: Path, tmp_path: Path) -> None:
    (tmp_path / "proofs.json").write_text("{ torn")
    assert recorded(tmp_path, "d") is None
    prove_engine(log, digest="d", models_dir=tmp_path, threads=1, child=child(CRASHES_WITH_REPACKED_WEIGHTS))
    assert recorded(tmp_path, "d") is not None


@pytest.mark.parametrize(
    ("code", "timeout", "outcome"),
    [(WRONG_WORDS, 30, "wrong words: hm"), (HANGS, 0.5, "no answer"), (SAYS_NOTHING, 30, "no verdict")],
)
def test_when_no_setting_works_the_error_says_what_was_tried(
    code: str, timeout: float, outcome: str, log: Path, tmp_path: Path
) -> None:
    with pytest.raises(EngineError, match=f"default: {outcome}.*reinstall"):
        prove_engine(log, digest="d", models_dir=tmp_path, threads=1, timeout=timeout, child=child(code))
    assert recorded(tmp_path, "d") is None


def test_logits_are_alike_only_when_they_rise_and_fall_together() -> None:
    assert similarity([1.0, 2.0, 4.0], [11.0, 12.0, 14.0]) == pytest.approx(1)
    assert similarity([1.0, 2.0, 4.0], [4.0, 2.0, 1.0]) < 0
    assert similarity([1.0, 2.0], [float("nan"), 2.0]) == 0
    assert similarity([1.0, 1.0], [1.0, 2.0]) == 0


@pytest.mark.models
def test_the_real_engine_is_proved_with_a_real_model(tmp_path: Path) -> None:
    spec = find("smollm2-135m")
    path = installed(spec, default_models_dir())
    if path is None:
        pytest.skip("smollm2-135m is not in the cache: ragnano models fetch smollm2-135m")
    settings = prove_engine(path, digest="d", models_dir=tmp_path, threads=1, proof=spec.proof)
    record = recorded(tmp_path, "d")
    assert record is not None and record.settings == settings and record.outcomes[-1][1] == "ok"


@pytest.mark.models
def test_words_other_than_the_known_ones_fail_the_proof(tmp_path: Path) -> None:
    path = installed(find("smollm2-135m"), default_models_dir())
    if path is None:
        pytest.skip("smollm2-135m is not in the cache: ragnano models fetch smollm2-135m")
    with pytest.raises(EngineError, match="wrong words"):
        prove_engine(path, digest="d", models_dir=tmp_path, threads=1, proof=Proof("1, 2, 3, 4, 5,", " eleventy"))


def test_a_file_that_is_no_model_fails_the_proof_without_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF" + bytes(1000))
    with pytest.raises(EngineError, match="cannot be opened"):
        prove_engine(path, digest="d", models_dir=tmp_path, threads=1)
