"""Kills an ingest at random moments and damages its vector cache; the next run must end as if undisturbed.

    make kills

Each data directory is killed several times; between two kills a file of its vector cache may be deleted, torn or
overwritten. Then a run completes: documents, chunks, searches and exact scores must equal those of an undisturbed run,
`verify` must find nothing, and after a document is removed no file may contain its words.
"""

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from ragnano.assistant import Assistant
from ragnano.settings import Settings
from tests.conftest import SAMPLES, FakeEmbedder
from tests.ingest.test_kills import ROOT, contents
from tests.store.fakes import files_with

DOCUMENTS = SAMPLES / "documents"
# Like the test suite's run, one file at a time: the cache is synchronised and saved often, so that kills hit it.
RUN = """
import sys
from pathlib import Path
from ingest.pipeline import ingest
from ragnano.settings import Settings
from ragnano.store import Catalogue, Vectors
from ragnano.store.vector_cache import chroma as vectors_chroma
from tests.conftest import FakeEmbedder
vectors_chroma._HNSW = vectors_chroma._HNSW | {"sync_threshold": 30, "batch_size": 15}
settings = Settings.load(data_dir=Path(sys.argv[1]))
catalogue = Catalogue(settings.data_dir)
vectors = Vectors(settings.data_dir, catalogue)
print("begun", flush=True)
for path in sorted(Path(sys.argv[2]).iterdir()):
    ingest([path], settings=settings, catalogue=catalogue, vectors=vectors, embedder=FakeEmbedder())
"""


def start(data_dir: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(data_dir), str(DOCUMENTS)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n", "a killed run keeps the next from starting"
    return process


def damage(vectors: Path, rng: random.Random) -> str:
    """Deletes, tears or overwrites a file of the cache; returns what was done."""
    files = [path for path in sorted(vectors.rglob("*")) if path.is_file() and path.name != "lock"]
    if not files:
        return "nothing to damage"
    victim, how = rng.choice(files), rng.choice(("deleted", "torn", "garbage"))
    content = victim.read_bytes()
    if how == "deleted":
        victim.unlink()
    elif how == "torn":
        victim.write_bytes(content[: rng.randrange(len(content) + 1)])
    else:
        place = rng.randrange(len(content) + 1)
        noise = rng.randbytes(min(4096, len(content) - place))
        victim.write_bytes(content[:place] + noise + content[place + len(noise) :])
    return f"{victim.name} {how}"


def leaves_nothing(data_dir: Path) -> bool:
    """Removes the first document; returns True when its id is in no file afterwards."""
    with Assistant(Settings.load(data_dir=data_dir), embedder=FakeEmbedder()) as assistant:  # type: ignore[arg-type]
        document = assistant.documents()[0].id
        assert files_with(data_dir, document.encode())
        assistant.remove(document)
        return files_with(data_dir, document.encode()) == []


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill ingests at random moments and compare what is left.")
    parser.add_argument("--moments", type=int, default=200)
    parser.add_argument("--each", type=int, default=8, help="kills of one data directory")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    done: Counter[str] = Counter()
    wrong: list[str] = []
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        whole = start(Path(scratch, "whole"))
        since = time.monotonic()
        assert whole.wait(timeout=300) == 0
        duration = time.monotonic() - since
        expected = contents(Path(scratch, "whole"))
        for folder in range(options.moments // options.each):
            data_dir = Path(scratch, f"killed-{folder}")
            kills = 0
            while kills < options.each:
                process = start(data_dir)
                try:
                    process.wait(timeout=rng.uniform(0, duration / 3))
                    if process.returncode:
                        wrong.append(f"directory {folder}: a run ended with {process.returncode}")
                    shutil.rmtree(data_dir)
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    kills += 1
                process.wait(timeout=60)
                if rng.random() < 0.4 and data_dir.exists():
                    done[damage(data_dir / "vectors", rng)] += 1
            if start(data_dir).wait(timeout=300):
                wrong.append(f"directory {folder}: the last run failed")
            elif contents(data_dir) != expected:
                wrong.append(f"directory {folder}: differs from the undisturbed run")
            elif not leaves_nothing(data_dir):
                wrong.append(f"directory {folder}: a removed document left something")
            done["kills"] += kills
            shutil.rmtree(data_dir)
            print(f"{done['kills']} kills, {len(wrong)} wrong, {time.monotonic() - begun:.0f} s", flush=True)
    print(json.dumps({"wrong": wrong, "seconds": round(time.monotonic() - begun), **done}, indent=1))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
