"""Sets ragnano up in this checkout: python3 .ci/bootstrap.py [--dev] [--torch cpu|cuda] [--torch-index ADDRESS].

Needs only the standard library, on Windows too. This file checks the Python version and parses the command line. The
checks of the machine are in setup_checks.py, what differs between systems in setup_system.py, running and watching
commands in setup_run.py, torch in setup_torch.py, compiling in setup_compile.py, stamps and repair in setup_state.py,
and the steps in setup_steps.py. The syntax must stay valid for old Python versions, so that they print a message
instead of a SyntaxError; the sibling modules are imported only after the version check.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

OLDEST = (3, 11)
NEWEST = (3, 13)


def python_problem(version: "tuple[int, int]", where: str) -> "str | None":
    """Returns why this (major, minor) Python version cannot be used and what to do, or None when it can."""
    if OLDEST <= version <= NEWEST:
        return None
    return (
        f"ragnano needs Python 3.11, 3.12 or 3.13; {where} is Python {version[0]}.{version[1]}. "
        "Install one of them, then name it: make demo PYTHON=python3.12"
    )


def parse(arguments: "list[str]") -> argparse.Namespace:
    """Parses the command line. An empty --torch or --torch-index counts as absent: the Makefile always passes both."""
    parser = argparse.ArgumentParser(prog="bootstrap.py", description="Set ragnano up in this checkout.")
    parser.add_argument("--dev", action="store_true", help="also what the tests need")
    parser.add_argument("--no-models", action="store_true", help="leave the models for later")
    parser.add_argument("--torch", choices=("", "cpu", "cuda"), default="", help="torch build (default: cpu)")
    parser.add_argument("--torch-index", default="", help="address of an index of torch's CPU wheels")
    return parser.parse_args(arguments)


def stop(signum: int, frame: object) -> None:
    """Makes a termination signal (kill, a closed terminal) end set-up as cleanly as Ctrl-C does."""
    raise KeyboardInterrupt


def main(arguments: "list[str]", meanwhile: "Callable[[], None]" = lambda: None) -> int:
    """Runs set-up, or reports what prevents it. Returns the exit status: 0, 1, 2 (usage) or 130 (stopped).

    `meanwhile` is called once, as soon as ragnano can ingest.
    """
    problem = python_problem((sys.version_info[0], sys.version_info[1]), sys.executable)
    if problem:
        print(problem, file=sys.stderr)
        return 1
    options = parse(arguments)
    from setup_checks import SetupError
    from setup_steps import Options, Setup

    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)
    chosen = Options(
        dev=options.dev,
        models=not options.no_models,
        torch=options.torch,
        torch_index=options.torch_index,
        cmake_args=os.environ.get("CMAKE_ARGS", ""),
    )
    try:
        Setup(Path(__file__).resolve().parent.parent, chosen).run(meanwhile)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except OSError as error:
        # Any write can hit a full disk or a read-only checkout; the user sees which it is, not a traceback.
        print(f"\nSet-up stopped: {error}. Mend that and run the same command again.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again: finished steps are kept.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
