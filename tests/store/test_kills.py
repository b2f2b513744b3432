"""A writer killed at any moment leaves each document stored completely or not at all, and a self-repairing cache."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from ragnano.store import Catalogue, Vectors
from tests.store.fakes import (
    EVERYTHING,
    WRITTEN_CHUNKS,
    add,
    agrees,
    contract,
    some_query,
)

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


KILLS = 20
MOST_KILLS = 20 * KILLS
"""For a machine so slow or busy that its writers have done nothing before most kills."""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="writers are forked")
def test_killed_at_any_moment_every_document_is_in_entirely_or_not_at_all(tmp_path: Path) -> None:
    chance = random.Random(11)
    forge = subprocess.Popen(
        [sys.executable, "-c", "from tests.store.fakes import forge; forge()"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    present: set[int] = set()
    following = 0
    for kill in range(MOST_KILLS):
        if kill >= KILLS and len(present) > KILLS:
            break
        since = "started" if kill % 4 == 0 else "ready"
        events = _killed_writer(forge, tmp_path / "data", following, since, chance.uniform(0, 0.4))
        for word, number in events:
            (present.add if word == "added" else present.discard)(number)
        with Catalogue(tmp_path / "data") as catalogue:
            assert catalogue.verify() == []
            stored = {int(document.path[1:]) for document in catalogue.documents()}
            # The operation in progress at the kill may be done or not; everything reported is done.
            following = max(stored | present | {number for _, number in events} | {following - 1}) + 1
            assert stored ^ present <= {following - 1}
            present = stored
            if kill % 4 == 3:
                with closing(Vectors(tmp_path / "data", catalogue)) as cache:
                    assert cache.sync()
                    assert agrees(cache, catalogue)
                    assert cache.verify() == []
    assert forge.stdin is not None
    forge.stdin.close()
    assert forge.wait(120) == 0
    assert len(present) > KILLS, "the writers got somewhere"
    _same_as_a_run_without_kills(tmp_path, sorted(present))


def _killed_writer(
    forge: "subprocess.Popen[str]", folder: Path, first: int, since: str, seconds: float
) -> list[tuple[str, int]]:
    """Kills a writer so long after its report `since`, and returns its reports about documents."""
    assert forge.stdin is not None
    assert forge.stdout is not None
    forge.stdin.write(f"{folder} {first}\n")
    forge.stdin.flush()
    events: list[tuple[str, int]] = []
    pid = 0
    while True:
        word, _, rest = forge.stdout.readline().strip().partition(" ")
        if word == "ended":
            assert int(rest) == -signal.SIGKILL
            return events
        if word == "started":
            pid = int(rest)
        if word in ("added", "removed"):
            events.append((word, int(rest)))
        if word == since:
            threading.Thread(target=_kill_later, args=(pid, seconds)).start()


def _kill_later(pid: int, seconds: float) -> None:
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)


def _same_as_a_run_without_kills(folder: Path, numbers: list[int]) -> None:
    def results(catalogue: Catalogue) -> list[list[tuple[str, int]]]:
        found = [catalogue.dense(some_query(seed), EVERYTHING, 20) for seed in range(5)]
        found.append(catalogue.lexical("sentence OR 2", EVERYTHING, 5_000))
        return [
            sorted((chunk.document, chunk.ordinal) for chunk in catalogue.chunks(dict(ranking)).values())
            for ranking in found
        ]

    with Catalogue(folder / "data") as killed, Catalogue(folder / "calm") as calm:
        for number in numbers:
            add(calm, contract(number, WRITTEN_CHUNKS), f"/{number}")
        assert killed.counts() == calm.counts()
        assert results(killed) == results(calm)
