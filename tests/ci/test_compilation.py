"""The inference engine is compiled once, in parallel with the other steps of set-up."""

import shutil
import sys
import time
from pathlib import Path

import pytest

from tests.ci.modules import load
from tests.ci.recorder import Recorder, run_with, set_up

checks = load("setup_checks")
running = load("setup_run")
system = load("setup_system")
demo = load("demo")
steps = load("setup_steps")

COMPILE = "Compiling llama-cpp-python"


def test_compiling_begins_before_the_packages_are_installed_and_ends_after_them(checkout: Path) -> None:
    purposes = set_up(checkout)
    assert purposes.index(COMPILE) < purposes.index("Looking up torch")
    assert purposes[-2:] == ["Installing llama-cpp-python", "Starting llama-cpp-python"]


def test_documents_can_be_read_while_the_engine_is_compiled(checkout: Path) -> None:
    recorder = Recorder(checkout)
    seen: list[list[str]] = []
    run_with(recorder, lambda: seen.append(list(recorder.purposes)))
    assert len(seen) == 1
    assert "Installing ragnano" in seen[0] and "Installing llama-cpp-python" not in seen[0]


@pytest.mark.parametrize("changed", ["", "pyproject.toml"])
def test_documents_are_read_after_set_up_where_nothing_is_compiled(checkout: Path, changed: str) -> None:
    set_up(checkout)
    if changed:
        (checkout / changed).write_text("[project]\nversion = '2'\n")
    read: list[str] = []
    purposes = set_up(checkout, meanwhile=lambda: read.append("once"))
    assert read == ["once"]
    assert purposes == (["Installing ragnano"] if changed else [])


def test_a_stop_of_set_up_stops_the_compilers(checkout: Path) -> None:
    recorder = Recorder(checkout, fail="Installing packages")
    with pytest.raises(KeyboardInterrupt):
        run_with(recorder)
    assert recorder.job is not None and recorder.job.ended


def test_a_failed_compilation_is_reported_before_the_next_step_begins(checkout: Path) -> None:
    recorder = Recorder(checkout, fail=COMPILE)
    with pytest.raises(checks.SetupError, match="Compiling failed"):
        run_with(recorder)
    assert recorder.purposes == ["Making the environment", COMPILE]


def test_a_new_environment_takes_the_wheel_that_was_compiled_before(checkout: Path) -> None:
    set_up(checkout)
    shutil.rmtree(checkout / ".venv")
    purposes = set_up(checkout)
    assert COMPILE not in purposes and "Installing llama-cpp-python" in purposes


def test_a_wheel_that_was_cut_off_is_compiled_again(checkout: Path) -> None:
    set_up(checkout)
    shutil.rmtree(checkout / ".venv")
    (wheel,) = (checkout / ".cache" / "compiled").rglob("*.whl")
    wheel.write_bytes(wheel.read_bytes()[:-10])
    assert COMPILE in set_up(checkout)


def test_other_compiler_settings_compile_again(checkout: Path) -> None:
    set_up(checkout)
    again = set_up(checkout, cmake_args="-DGGML_NATIVE=OFF")
    assert again == [COMPILE, "Installing llama-cpp-python", "Starting llama-cpp-python"]
    assert set_up(checkout) == []


def test_only_the_libraries_that_ragnano_loads_are_compiled(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKBUILD_CMAKE_DEFINE", "GGML_LTO=ON")
    recorder = Recorder(checkout)
    run_with(recorder)
    ours = f"CMAKE_PROJECT_INCLUDE={(checkout / '.ci' / 'llama.cmake').as_posix()}"
    assert recorder.variables == {"SKBUILD_CMAKE_DEFINE": f"GGML_LTO=ON;{ours}"}


def test_a_command_beside_the_others_is_ended_with_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    child = f"import time, pathlib; time.sleep(3); pathlib.Path({str(mark)!r}).touch()"
    parent = f"import subprocess, sys; print('begun', flush=True); subprocess.run([sys.executable, '-c', {child!r}])"
    log = tmp_path / "log"
    with system.only_one(tmp_path / "lock") as lock:
        job = running.Runner(tmp_path / "other", lock).start([sys.executable, "-c", parent], "Trying", log, {})
        while b"begun" not in log.read_bytes():
            time.sleep(0.05)
        job.check()
        job.end()
    with pytest.raises(checks.SetupError, match="Trying failed"):
        job.check()
    time.sleep(3.5)
    assert not mark.exists()


def test_the_demo_stops_with_the_exit_code_of_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.bootstrap, "main", lambda arguments, meanwhile: 130)
    monkeypatch.setattr(demo, "ragnano", lambda *arguments: pytest.fail("asked"))
    assert demo.main([]) == 130


def test_models_that_cannot_be_fetched_stop_set_up_only_after_the_compilation(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: object, *options: str) -> None:
        raise checks.SetupError("The models are not complete")

    monkeypatch.setattr(steps.Setup, "fetch_models", fail)
    recorder = Recorder(checkout)
    run_with(recorder, models=True)
    assert recorder.purposes[-1] == "Starting llama-cpp-python"


def test_the_demo_reports_unread_samples_after_set_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(demo.bootstrap, "main", lambda arguments, meanwhile: meanwhile() or 0)
    monkeypatch.setattr(demo, "ROOT", tmp_path)
    monkeypatch.setattr(demo, "ragnano", lambda command, *arguments: 5 if command == "ingest" else pytest.fail("asked"))
    assert demo.main([]) == 5


def test_the_demo_reads_during_set_up_and_asks_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[str] = []

    def set_up_first(arguments: list[str], meanwhile: object) -> int:
        assert callable(meanwhile)
        meanwhile()
        done.append("set up")
        return 0

    def run(*arguments: str) -> int:
        done.append(arguments[0])
        return demo.SOME_FILES_UNREAD if arguments[0] == "ingest" else 0

    monkeypatch.setattr(demo.bootstrap, "main", set_up_first)
    monkeypatch.setattr(demo, "ragnano", run)
    monkeypatch.setattr(demo, "ROOT", tmp_path)
    assert demo.main([]) == 0
    assert done == ["ingest", "set up", *["ask"] * len(demo.QUESTIONS)]
    assert capsys.readouterr().out.endswith("README.md                                    the rest\n")
