"""Sets ragnano up, reads the sample contracts into a data directory of their own and asks about them.

python3 .ci/demo.py [options of bootstrap.py]; `make demo` runs it. The contracts are read while the inference engine is
still being compiled. The syntax must stay valid for old Python versions, as in bootstrap.py.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import bootstrap

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(".cache") / "demo"
SOME_FILES_UNREAD = 3  # an exit code of `ragnano ingest`, whose report names the files; no reason to stop
QUESTIONS = (
    "How much notice does Kestrelmoor have to give to end the Larkspur services agreement for convenience?",
    "In the Brightwater lease, how much is the security deposit?",
    "How soon after confirming a data breach must Quillmark notify Northfell?",
    "How many days of paid vacation does the Marrowstone employee get each year?",
    "How soon after written demand must Ravensholt pay Dunmere under the guaranty?",
    "How many stock options does the Marrowstone employee receive?",
)
NEXT = """
That was ragnano on the sample contracts, all on this machine. No contract answers the last question (nothing is said
of stock options), so the right reply to it is that the documents don't say.
Next:
  make ui                                      the app, in the browser
  .venv/bin/ragnano ingest YOUR-FOLDER         your own documents
  .venv/bin/ragnano ask "YOUR QUESTION"        questions about them
  README.md                                    the rest"""


def ragnano(*arguments: str) -> int:
    """Runs a command of ragnano on the demo's data; returns its exit code."""
    from setup_system import venv_python

    command = [str(venv_python(ROOT / ".venv")), "-m", "ragnano", *arguments, "--data-dir", str(DATA)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def read_samples() -> int:
    """Ingests the sample contracts; returns 0, or the exit code of a failure.

    The index is made anew each time: an older one may have another embedder's vectors.
    """
    shutil.rmtree(ROOT / DATA, ignore_errors=True)
    print("\n== Reading the sample contracts", flush=True)
    code = ragnano("ingest", "sample_docs/documents")
    return 0 if code == SOME_FILES_UNREAD else code


def main(arguments: "list[str]") -> int:
    """Runs the demo; returns the exit code of set-up, of reading the samples or of the first question that fails."""
    # A failure to read the samples is reported after set-up, so that the compiler's work is kept.
    codes: list[int] = []
    code = bootstrap.main(arguments, meanwhile=lambda: codes.append(read_samples())) or codes[0]
    for question in QUESTIONS:
        if code != 0:
            return code
        print(f"\n== {question}", flush=True)
        code = ragnano("ask", question)
    if code == 0:
        print(NEXT)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
