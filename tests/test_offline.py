"""Nothing leaves the machine: every command runs without any network."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ragnano.models import find, installed
from ragnano.settings import Settings
from tests.conftest import SAMPLES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
FILES = ("brightwater-copperfinch-office-lease.pdf", "brightwater-copperfinch-side-letter.txt")


def without_network() -> list[str]:
    """Returns the command prefix for a private network namespace, or skips with the reason why there is none."""
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not on this machine")
    command = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("network namespaces are not permitted here")
    return command


@pytest.mark.models
def test_ingest_and_ask_work_where_there_is_no_network(tmp_path: Path) -> None:
    settings = Settings.load()
    for name in (settings.embedder, settings.chat_model):
        if installed(find(name), settings.models_dir) is None:
            pytest.skip(f"{name} is not in the model cache: `ragnano models fetch`")
    isolated = [*without_network(), sys.executable, "-m", "ragnano"]
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in FILES:
        shutil.copy(SAMPLES / "documents" / name, folder)

    def run(*words: str) -> str:
        result = subprocess.run(
            [*isolated, *words, "--data-dir", str(tmp_path / "data"), "--json"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        return result.stdout

    assert json.loads(run("ingest", str(folder)))["files"] == len(FILES)
    answer = json.loads(run("ask", "How much is the security deposit?"))
    assert answer["verdict"] in ("answered", "quoted")
    assert "$61,750" in answer["answer"] + " ".join(citation["quote"] for citation in answer["citations"])
    assert json.loads(run("doctor"))["ok"] is True


def test_the_test_suite_itself_cannot_reach_the_network() -> None:
    import socket

    with pytest.raises(Exception, match=r"(?i)socket|allowed"), socket.create_connection(("192.0.2.1", 80), timeout=1):
        pass


@pytest.mark.parametrize("name", ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK"])
def test_libraries_are_told_to_stay_offline_before_they_load(name: str) -> None:
    code = f"import os; from ragnano.models import go_offline; go_offline(); print(os.environ.get({name!r}))"
    environment = {key: value for key, value in os.environ.items() if key != name}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert result.stdout.strip() in ("1", "True", "true")
