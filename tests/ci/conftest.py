"""A checkout for the tests of set-up."""

from pathlib import Path

import pytest

from tests.ci.modules import CI, load

steps = load("setup_steps")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with the files that set-up reads, on a machine that lacks nothing."""
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".cache").mkdir()
    for name in ("torch.lock", "setup_torch.py", "llama.cmake"):
        (tmp_path / ".ci" / name).write_bytes((CI / name).read_bytes())
    lock = "llama-cpp-python==0.3.36 \\\n    --hash=sha256:00\nnumpy==2.4.0 \\\n    --hash=sha256:11\n"
    (tmp_path / "requirements.lock").write_text(lock)
    (tmp_path / "requirements-dev.lock").write_text(lock + "pytest==9.2.0 \\\n    --hash=sha256:22\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(steps.Setup, "check_machine", lambda self, names: None)
    return tmp_path
