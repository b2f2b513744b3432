"""Measures ragnano beside its peers in one run: the same PDFs, questions and measures. `make peers`.

The peers live in an environment of their own (.cache/peers, created here if missing). Two columns are ragnano's: with
the plain embedder that the peers use, and as it ships. Each system runs in a process of its own, one after the other;
memory is that of the process and its children together, sampled five times a second.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from ragnano.evaluation.labels import Labelled, documents_folder, read_labels
from ragnano.evaluation.retrieval import PASSAGES, judge
from ragnano.models import find
from ragnano.models.offline import OFFLINE
from ragnano.settings import Settings
from tests.benchmarks.other_domains import as_hit

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
HOME = ROOT / ".cache" / "peers"
PLAIN = "all-MiniLM-L6-v2"
OURS = [sys.executable, "-m", "tests.benchmarks.peers.ragnano_child"]
EVERY_S = 0.2
MEASURES = ("hit@1", "hit@5", "recall@2500", "right document first")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One system's results: pages ingested and the seconds, peak MB, median ms a search, mean measures by mode."""

    name: str
    pages: int
    seconds: float
    peak_mb: float
    search_ms: float
    one: dict[str, float]
    all: dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure ragnano and its peers in one run.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "cuad")
    parser.add_argument("--questions", type=int, default=200, help="labelled questions asked in each mode")
    parser.add_argument("--documents", type=int, help="only so many of the documents")
    parser.add_argument("--only", nargs="*", help="names of the columns to run")
    options = parser.parse_args()
    peers = environment()
    files = sorted(path for path in documents_folder(options.data).iterdir() if path.is_file())[: options.documents]
    names = {path.name for path in files}
    items = sample([item for item in read_labels(options.data) if item.document in names], options.questions)
    plain = str(Settings.load().models_dir / PLAIN)
    shipped = Settings.load().embedder
    runs = {
        "LlamaIndex": ([str(peers), str(HERE / "llamaindex_child.py")], plain),
        "txtai": ([str(peers), str(HERE / "txtai_child.py")], plain),
        f"ragnano, {find(PLAIN).name}": (OURS, PLAIN),
        f"ragnano, {shipped}": (OURS, shipped),
    }
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            shutil.copy(path, folder)
        outcomes = [
            measured(name, command, model, Path(folder), items)
            for name, (command, model) in runs.items()
            if not options.only or name in options.only
        ]
    show(outcomes, len(items))


def environment() -> Path:
    """Returns the peers' Python; creates its environment with the torch version installed here."""
    python = HOME / "bin" / "python"
    if not python.exists():
        import torch

        venv.create(HOME, with_pip=True)
        version = torch.__version__.split("+")[0]
        requirements = [f"torch=={version}", "-r", str(HERE / "requirements.txt")]
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *requirements], check=True)
    return python


def sample(items: Sequence[Labelled], most: int) -> list[Labelled]:
    """Returns about `most` questions that name a document, evenly spread over all."""
    named = [item for item in items if item.named]
    return named[:: max(1, len(named) // most)]


def measured(name: str, command: Sequence[str], model: str, documents: Path, items: Sequence[Labelled]) -> Outcome:
    questions = [[f"one {at}", item.question, item.document] for at, item in enumerate(items)]
    questions += [[f"all {at}", item.named, None] for at, item in enumerate(items)]
    request = {"documents": str(documents), "model": model, "questions": questions, "most": PASSAGES}
    print(f"{name} …", file=sys.stderr, flush=True)
    reply, peak = run(command, json.dumps(request))
    hits = reply["hits"]
    print(f"  {reply['pages']} pages in {reply['seconds']:.0f} s, {peak:.0f} MB", file=sys.stderr, flush=True)
    return Outcome(
        name,
        reply["pages"],
        reply["seconds"],
        peak,
        reply["search_ms"],
        means([judge(item, [as_hit(*found) for found in hits[f"one {at}"]]) for at, item in enumerate(items)]),
        means([judge(item, [as_hit(*found) for found in hits[f"all {at}"]]) for at, item in enumerate(items)]),
    )


def run(command: Sequence[str], request: str) -> tuple[dict[str, Any], float]:
    """Returns the child's last line, and the peak memory (MB) of it and its children together."""
    with tempfile.TemporaryFile("w+") as inlet, tempfile.TemporaryFile("w+") as outlet:
        inlet.write(request)
        inlet.seek(0)
        environment = {**os.environ, **OFFLINE}
        child = subprocess.Popen(command, stdin=inlet, stdout=outlet, cwd=ROOT, env=environment)
        process, peak = psutil.Process(child.pid), 0.0
        while child.poll() is None:
            peak = max(peak, memory_mb(process))
            time.sleep(EVERY_S)
        if child.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")
        outlet.seek(0)
        return json.loads(outlet.read().splitlines()[-1]), peak


def memory_mb(process: psutil.Process) -> float:
    try:
        tree = [process, *process.children(recursive=True)]
        return sum(one.memory_info().rss for one in tree) / 1e6
    except psutil.NoSuchProcess:
        return 0.0


def means(judged: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([scores[name] for scores in judged])) for name in MEASURES}


def show(outcomes: Sequence[Outcome], questions: int) -> None:
    """Prints a row per measure, a column per system, and ragnano as shipped against the first peer."""
    table = Table("", *(outcome.name for outcome in outcomes), "last : first", title=f"{questions} questions a mode")
    rows: list[tuple[str, list[float], str]] = [
        (f"one contract, {name}", [outcome.one[name] for outcome in outcomes], ".3f") for name in MEASURES[:3]
    ]
    rows += [(f"all contracts, {name}", [outcome.all[name] for outcome in outcomes], ".3f") for name in MEASURES]
    rows += [
        ("pages a second", [outcome.pages / outcome.seconds for outcome in outcomes], ".1f"),
        ("peak MB", [outcome.peak_mb for outcome in outcomes], ".0f"),
        ("ms a search", [outcome.search_ms for outcome in outcomes], ".0f"),
    ]
    for name, values, form in rows:
        ratio = f"{values[-1] / values[0]:.2f}" if values[0] else "–"
        table.add_row(name, *(format(value, form) for value in values), ratio)
    Console().print(table)


if __name__ == "__main__":
    main()
