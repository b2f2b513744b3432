"""Set-up: its messages when something is missing, and the steps it repeats after a change or a kill."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ci.modules import CI, load
from tests.ci.recorder import set_up

checks = load("setup_checks")
running = load("setup_run")
state = load("setup_state")
system = load("setup_system")
steps = load("setup_steps")


COMPILE = "Compiling llama-cpp-python"
STARTING = ["Starting everything once", "Compiling ragnano"]
FIRST = [
    "Making the environment",
    COMPILE,
    "Looking up torch",
    "Installing torch",
    "Installing packages",
    "Installing ragnano",
    *STARTING,
    "Installing llama-cpp-python",
    "Starting llama-cpp-python",
]


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("NewConnectionError: no\nERROR: No matching distribution found for rich", "cannot be reached"),
        ("that satisfies the requirement rich==15.0 (from versions: none)\nNo matching distribution", "no rich at all"),
        ("ERROR: No matching distribution found for rich==15.0", "no rich that fits"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "not the one that the lock file names"),
        ("Killed signal terminated program cc1plus\nFailed building wheel", "CMAKE_BUILD_PARALLEL_LEVEL=1"),
        ("ERROR: Failed building wheel for llama-cpp-python", "Building failed"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("something new", "does not recognise this error"),
    ],
)  # fmt: skip
def test_a_failure_is_told_with_its_remedy(log: str, words: str) -> None:
    assert words in running.explain(log)


def test_a_failed_command_shows_the_end_of_its_own_log_and_where_it_is(tmp_path: Path) -> None:
    log = tmp_path / "setup.log"
    log.write_text("No space left on device, said an earlier command\n")
    with system.only_one(tmp_path / "lock") as lock, pytest.raises(checks.SetupError) as caught:
        running.Runner(log, lock).run([sys.executable, "-c", "print('the reason'); raise SystemExit(3)"], "Trying")
    message = str(caught.value)
    assert message.startswith("Trying failed.") and "the reason" in message and str(log) in message
    assert "disk is full" not in message


def test_progress_is_read_from_the_log() -> None:
    assert running.activity("Collecting numpy==2\n  [3/9] g++ -c a.cpp\n  [4/9] g++ -c b.cpp\n") == "compiling 4 of 9"
    assert running.activity("Downloading numpy-2.4.0-cp311-x.whl (16.6 MB)\n") == "downloading numpy-2.4.0 (16.6 MB)"
    assert running.activity("nothing of note") == ""


def test_a_finished_set_up_has_nothing_left_to_do(checkout: Path) -> None:
    assert set_up(checkout) == FIRST
    assert set_up(checkout) == []


def test_an_interrupted_step_runs_again_and_finished_ones_do_not(checkout: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        set_up(checkout, fail="Installing torch")
    assert set_up(checkout) == FIRST[1:]


def test_a_half_made_environment_is_made_anew(checkout: Path) -> None:
    (checkout / ".venv" / "lib").mkdir(parents=True)
    assert set_up(checkout) == FIRST


def test_an_unreadable_stamp_file_counts_as_none(checkout: Path) -> None:
    set_up(checkout)
    stamps = checkout / ".venv" / "ragnano-setup.json"
    stamps.write_text(stamps.read_text()[:40])
    assert steps.Setup(checkout, steps.Options()).outstanding()[0].title.startswith("Making")


def test_a_changed_lock_installs_the_packages_again_and_compiles_nothing(checkout: Path) -> None:
    set_up(checkout)
    for name in ("requirements.lock", "requirements-dev.lock"):
        (checkout / name).write_text((checkout / name).read_text().replace("numpy==2.4.0", "numpy==2.4.1"))
    assert set_up(checkout) == ["Installing packages", *STARTING]


def test_a_moved_checkout_gets_a_new_environment(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    set_up(checkout)
    moved = checkout.rename(tmp_path_factory.mktemp("elsewhere") / "ragnano")
    assert len(steps.Setup(moved, steps.Options()).outstanding()) == 6


def test_the_packages_of_the_tests_include_those_of_the_demo(checkout: Path) -> None:
    set_up(checkout, dev=True)
    assert set_up(checkout) == []


def test_the_tests_need_more_than_the_demo_installed(checkout: Path) -> None:
    set_up(checkout)
    assert set_up(checkout, dev=True) == ["Installing packages"]


def test_cuda_once_chosen_stays_until_the_cpu_build_is_asked_for(checkout: Path) -> None:
    set_up(checkout, torch="cuda")
    assert set_up(checkout) == []
    assert "Installing torch" in set_up(checkout, torch="cpu")


def package(site: Path, name: str, recorded: int, finished: bool = True) -> Path:
    """Makes an installed package of one file of 4 bytes, whose RECORD claims `recorded` bytes."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (site / f"{name}.py").write_text("x=1\n")
    (info / "RECORD").write_text(f"{name}.py,sha256=x,{recorded}\n{name}-1.0.dist-info/RECORD,,\n")
    if finished:
        (info / "INSTALLER").write_text("pip\n")
    return info


def test_packages_cut_off_by_a_kill_are_forgotten_and_whole_ones_kept(tmp_path: Path) -> None:
    whole = package(tmp_path, "whole", 4)
    unfinished = package(tmp_path, "unfinished", 4, finished=False)
    truncated = package(tmp_path, "truncated", 400)
    (tmp_path / "~hole").mkdir()
    assert state.mend(tmp_path) == 2
    assert whole.exists() and not unfinished.exists() and not truncated.exists() and not (tmp_path / "~hole").exists()


def test_after_an_interruption_a_damaged_package_makes_all_packages_count_as_not_installed(checkout: Path) -> None:
    set_up(checkout)
    package(checkout / ".venv" / "lib" / "python3.11" / "site-packages", "cut", 4, finished=False)
    assert set_up(checkout) == []
    (checkout / "pyproject.toml").write_text("[project]\nversion = '2'\n")
    assert set_up(checkout) == [purpose for purpose in FIRST[1:] if purpose != COMPILE]


def test_the_compiled_package_is_taken_apart_from_the_others() -> None:
    lock = "a==1 \\\n    --hash=sha256:1\nllama-cpp-python==2 \\\n    --hash=sha256:2\nllama-other==3\n"
    entry, rest = state.split_lock(lock, "llama-cpp-python")
    assert entry == "llama-cpp-python==2 \\\n    --hash=sha256:2\n"
    assert rest == "a==1 \\\n    --hash=sha256:1\nllama-other==3\n"


def test_a_second_set_up_waits_for_the_first(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[1]); import setup_system\n"
        "with setup_system.only_one(pathlib.Path(sys.argv[2])): print('in')"
    )
    lock = tmp_path / "lock"
    with system.only_one(lock):
        second = subprocess.Popen(
            [sys.executable, "-c", program, str(CI), str(lock)], stdout=subprocess.PIPE, text=True
        )
        assert second.stdout is not None
        assert "waiting" in second.stdout.readline()
    assert second.communicate(timeout=120)[0] == "in\n"


def test_the_shell_cannot_send_packages_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    monkeypatch.setenv("PIP_INDEX_URL", "kept")
    environment = running.clean_environment()
    assert "PIP_TARGET" not in environment and environment["PIP_INDEX_URL"] == "kept"
    assert environment["CMAKE_BUILD_PARALLEL_LEVEL"] == os.environ.get(
        "CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count())
    )


def test_bytecode_is_kept_even_where_the_shell_tells_python_to_write_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in running.clean_environment()
