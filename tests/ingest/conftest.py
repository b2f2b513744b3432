"""A data directory to ingest into, for the tests of the pipeline."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ingest.taker import Taker


@pytest.fixture
def take(tmp_path: Path) -> Iterator[Taker]:
    taker = Taker(tmp_path / "home")
    yield taker
    taker.close()
