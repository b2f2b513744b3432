"""The checks before set-up: Python, compiler, disk, memory, and which build of torch is offered."""

import importlib.util
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.ci.modules import CI, CPU_TORCH, CPU_WHEEL, PLAIN_TORCH, load, offer

checks = load("setup_checks")
torch = load("setup_torch")
bootstrap = load("bootstrap")


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


def test_on_windows_visual_studio_or_a_compiler_on_the_path_will_do(tmp_path: Path) -> None:
    environment = {"PATH": str(tmp_path), "ProgramFiles(x86)": str(tmp_path)}
    with pytest.raises(checks.SetupError, match=r"No C\+\+ compiler found.*Visual Studio Build Tools"):
        checks.check_windows_compiler(environment)
    finder = tmp_path / "Microsoft Visual Studio" / "Installer" / "vswhere.exe"
    finder.parent.mkdir(parents=True)
    finder.touch()
    checks.check_windows_compiler(environment)


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
