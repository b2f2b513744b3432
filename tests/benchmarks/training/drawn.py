"""Training steps drawn beforehand into a file, for a machine that has a GPU but not the data.

    .venv/bin/python -m tests.benchmarks.training.drawn STEPS FILE.xz [PAIRS]

Writes STEPS steps of about PAIRS pairs; `reader --draws FILE.xz` trains on them.
"""

import json
import lzma
import sys
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any, Protocol

from ragnano.models import open_embedder
from ragnano.models.offline import go_offline
from ragnano.settings import Settings
from tests.benchmarks.training.pairs import Pair


class Draws(Protocol):
    """A source of training steps."""

    def draw(self) -> list[list[Pair]]:
        """Returns the groups of one step."""


class Drawn:
    """Steps read from a file, over and over."""

    def __init__(self, path: Path) -> None:
        self._steps = self._endless(path)

    def draw(self) -> list[list[Pair]]:
        return next(self._steps)

    def _endless(self, path: Path) -> Iterator[list[list[Pair]]]:
        while True:
            with lzma.open(path, "rt", encoding="utf-8") as stream:
                for line in stream:
                    yield [[_pair(row) for row in group] for group in json.loads(line)]


def write(draws: Draws, steps: int, path: Path) -> None:
    """Writes so many steps as lines of JSON."""
    with lzma.open(path, "wt", encoding="utf-8") as stream:
        for _ in range(steps):
            groups = [[astuple(pair) for pair in group] for group in draws.draw()]
            stream.write(json.dumps(groups, ensure_ascii=False) + "\n")


def _pair(row: list[Any]) -> Pair:
    question, passage, answers, answering, span, kind = row
    places = None if answering is None else tuple((start, end) for start, end in answering)
    return Pair(question, passage, answers, places, (span[0], span[1]) if span else None, kind)


def main() -> None:
    from tests.benchmarks.training import reader_mix
    from tests.benchmarks.training.reader import BASE, SEED

    go_offline()
    settings = Settings.load(embedder=BASE)
    embedder = open_embedder(settings)
    reader_mix.PAIRS = int(sys.argv[3]) if len(sys.argv) > 3 else reader_mix.PAIRS
    write(reader_mix.Mix(settings, embedder, SEED), int(sys.argv[1]), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
