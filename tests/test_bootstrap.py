"""Set-up: what it says when something is missing, and what it does again after a change or a kill."""

import importlib.util
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

CI = Path(__file__).resolve().parent.parent / ".ci"


def load(name: str) -> Any:
    """A file of .ci as a module, under its own name, so that its siblings find each other."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, CI / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


checks = load("setup_checks")
running = load("setup_run")
torch = load("setup_torch")
state = load("setup_state")
steps = load("setup_steps")
bootstrap = load("bootstrap")

PLAIN_TORCH = {
    "version": "2.13.0",
    "requires_dist": ["filelock", 'nvidia-cublas==13.0; platform_system == "Linux"'],
}
CPU_TORCH = {"version": "2.13.0+cpu", "requires_dist": ["filelock"]}
CPU_WHEEL = "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl"


def offer(metadata: dict[str, Any], name: str = CPU_WHEEL, digest: str = "a" * 64) -> dict[str, Any]:
    """One package of pip's report, its address percent-encoded as pip writes it."""
    address = f"file:///wheels/{name.replace('+', '%2B')}"
    return {
        "metadata": metadata,
        "download_info": {"url": address, "archive_info": {"hashes": {"sha256": digest}}},
    }


class Recorder:
    """Stands in for setup_run.Runner: notes each purpose, makes .venv as venv would, fails where told."""

    def __init__(self, root: Path, fail: str = "") -> None:
        self.root, self.fail, self.purposes = root, fail, list[str]()
        self.log = root / ".cache" / "setup.log"

    def run(self, command: list[str], purpose: str) -> None:
        self.purposes.append(purpose)
        if purpose == self.fail:
            raise KeyboardInterrupt
        if purpose == "Making the environment":
            (self.root / ".venv" / "bin").mkdir(parents=True)
            (self.root / ".venv" / "bin" / "python").touch()
        if "--report" in command:
            report = Path(command[command.index("--report") + 1])
            report.write_text(json.dumps({"install": [offer(CPU_TORCH, "torch-2.13.0+cpu-own.whl")]}))


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with what set-up reads, on a machine that lacks nothing."""
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".cache").mkdir()
    for name in ("torch.lock", "setup_torch.py"):
        (tmp_path / ".ci" / name).write_bytes((CI / name).read_bytes())
    lock = "llama-cpp-python==0.3.36 \\\n    --hash=sha256:00\nnumpy==2.4.0 \\\n    --hash=sha256:11\n"
    (tmp_path / "requirements.lock").write_text(lock)
    (tmp_path / "requirements-dev.lock").write_text(lock + "pytest==9.2.0 \\\n    --hash=sha256:22\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(steps.Setup, "check_machine", lambda self, names: None)
    return tmp_path


def set_up(root: Path, fail: str = "", **options: Any) -> list[str]:
    """Runs set-up with a recorder in place of pip; returns the purposes of the commands it ran."""
    setup = steps.Setup(root, steps.Options(models=False, **options))
    recorder = Recorder(root, fail)
    outstanding = setup.mended(setup.outstanding())
    if outstanding:
        setup._do(outstanding, recorder)
    return recorder.purposes


STARTING = ["Starting everything once", "Compiling ragnano"]
FIRST = [
    "Making the environment",
    "Looking up torch",
    "Installing torch",
    "Installing packages",
    "Installing packages",
    "Installing ragnano",
    *STARTING,
]


@pytest.mark.parametrize("version", [(3, 9), (3, 10), (3, 14)])
def test_a_python_out_of_range_is_named_with_the_way_to_choose_another(version: tuple[int, int]) -> None:
    problem = bootstrap.python_problem(version, "/usr/bin/python3")
    assert f"{version[0]}.{version[1]}" in problem and "make demo PYTHON=" in problem


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_the_declared_pythons_are_taken(version: tuple[int, int]) -> None:
    assert bootstrap.python_problem(version, "python3") is None


def test_without_a_compiler_the_message_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(checks.SetupError, match=r"No C compiler .*build-essential.*xcode-select"):
        checks.check_compiler({"PATH": str(tmp_path)})


def test_a_compiler_named_by_a_variable_must_exist(tmp_path: Path) -> None:
    with pytest.raises(checks.SetupError, match="CXX names the compiler no-such-compiler"):
        checks.find_compiler({"PATH": str(tmp_path), "CXX": "no-such-compiler -O2"}, "CXX", ("c++",))


def test_a_compiler_that_cannot_compile_is_found_out(tmp_path: Path) -> None:
    for name in ("cc", "c++"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'vector: no such header' >&2\nexit 1\n")
        (tmp_path / name).chmod(stat.S_IRWXU)
    with pytest.raises(checks.SetupError, match=r"cannot compile .*vector: no such header.*build-essential"):
        checks.check_compiler({"PATH": f"{tmp_path}:/bin:/usr/bin"})


def test_a_python_without_venv_names_the_package_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(checks.SetupError, match="python3-venv"):
        checks.check_modules()


def test_too_little_disk_says_how_much_is_needed_and_how_much_is_there(tmp_path: Path) -> None:
    there = checks.shutil.disk_usage(tmp_path).free
    with pytest.raises(checks.SetupError, match=r"the packages and the models need about .* GiB free"):
        checks.check_disk([(tmp_path / "not" / "yet", there, "the packages"), (tmp_path, 2**30, "the models")])


def test_enough_disk_is_no_matter(tmp_path: Path) -> None:
    checks.check_disk([(tmp_path / "not" / "yet", 1, "the packages")])


def test_little_memory_warns_and_says_how_to_compile_all_the_same() -> None:
    assert "CMAKE_BUILD_PARALLEL_LEVEL=1" in checks.memory_warning(2 * 2**30)
    assert checks.memory_warning(8 * 2**30) is None
    assert checks.memory_warning(None) is None


def test_a_cuda_build_is_refused_unless_asked_for() -> None:
    with pytest.raises(checks.SetupError, match=r"TORCH_INDEX=.*TORCH=cuda"):
        torch.judge(offer(PLAIN_TORCH), {}, "Linux", "x86_64", False)
    assert torch.judge(offer(PLAIN_TORCH), {}, "Linux", "x86_64", True).startswith("torch==2.13.0 --hash=sha256:")


@pytest.mark.parametrize(
    ("metadata", "system", "machine", "cuda"),
    [
        (CPU_TORCH, "Linux", "x86_64", False),
        (PLAIN_TORCH, "Darwin", "arm64", False),
        ({"version": "2.13.0+cu130"}, "Linux", "x86_64", True),
        (
            {"version": "2.13.0", "requires_dist": ['triton==3; platform_machine == "x86_64"']},
            "Linux",
            "aarch64",
            False,
        ),
        ({"version": "2.13.0", "requires_dist": ["filelock"]}, "Linux", "x86_64", False),
    ],
)
def test_cuda_is_recognised_by_version_and_requirements(metadata: Any, system: str, machine: str, cuda: bool) -> None:
    assert torch.brings_cuda(metadata, system, machine) is cuda


def test_a_known_wheel_with_another_digest_is_refused() -> None:
    known = torch.known_digests(CI / "torch.lock")
    with pytest.raises(checks.SetupError, match="not the file its publisher released"):
        torch.judge(offer(CPU_TORCH), known, "Linux", "x86_64", False)
    good = torch.judge(offer(CPU_TORCH, digest=known[CPU_WHEEL]), known, "Linux", "x86_64", False)
    assert good == f"torch==2.13.0+cpu --hash=sha256:{known[CPU_WHEEL]}"


def test_a_wheel_that_is_not_listed_is_taken_and_said_to_be_unpinned(
    capsys: pytest.CaptureFixture[str],
) -> None:
    torch.judge(offer(CPU_TORCH, "torch-2.13.0+cpu-own.whl"), {}, "Linux", "x86_64", False)
    assert "unpinned" in capsys.readouterr().out


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
        ("something new", "not one that set-up knows"),
    ],
)  # fmt: skip
def test_a_failure_is_told_with_its_remedy(log: str, words: str) -> None:
    assert words in running.explain(log)


def test_a_failed_command_shows_the_end_of_its_own_log_and_where_it_is(tmp_path: Path) -> None:
    log = tmp_path / "setup.log"
    log.write_text("No space left on device, said an earlier command\n")
    with running.only_one(tmp_path / "lock") as lock, pytest.raises(checks.SetupError) as caught:
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


def test_other_compiler_settings_compile_again(checkout: Path) -> None:
    set_up(checkout)
    assert set_up(checkout, cmake_args="-DGGML_NATIVE=OFF") == ["Installing packages"]
    assert set_up(checkout) == []


def package(site: Path, name: str, recorded: int, finished: bool = True) -> Path:
    """An installed package of one file of 4 bytes, its RECORD claiming `recorded` bytes."""
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
    assert set_up(checkout) == FIRST[1:]


def test_the_compiled_package_is_taken_apart_from_the_others() -> None:
    lock = "a==1 \\\n    --hash=sha256:1\nllama-cpp-python==2 \\\n    --hash=sha256:2\nllama-other==3\n"
    entry, rest = state.split_lock(lock, "llama-cpp-python")
    assert entry == "llama-cpp-python==2 \\\n    --hash=sha256:2\n"
    assert rest == "a==1 \\\n    --hash=sha256:1\nllama-other==3\n"


def test_a_second_set_up_waits_for_the_first(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[1]); import setup_run\n"
        "with setup_run.only_one(pathlib.Path(sys.argv[2])): print('in')"
    )
    lock = tmp_path / "lock"
    with running.only_one(lock):
        second = subprocess.Popen(
            [sys.executable, "-c", program, str(CI), str(lock)], stdout=subprocess.PIPE, text=True
        )
        assert second.stdout is not None
        assert "waiting" in second.stdout.readline()
    assert second.communicate(timeout=20)[0] == "in\n"


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
