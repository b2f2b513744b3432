"""The embedder shipped with ragnano: available offline, complete, small, and as its card says."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ragnano.errors import ModelError
from ragnano.models import Embedder, default_model, installed, open_embedder
from ragnano.models.dequantize import read_weights
from ragnano.models.digests import file_digest
from ragnano.models.specs import FileSource
from ragnano.settings import Settings

SPEC = default_model("embedder")
(SOURCE,) = (source for source in SPEC.sources if isinstance(source, FileSource))
MOST_BYTES = 30_000_000

CLAUSES = (
    "Neither party may transfer its rights hereunder without the prior written consent of the other.",
    "Upon a sale of all or substantially all of its stock, the other party may terminate forthwith.",
    "The aggregate liability of either party shall not exceed the fees paid in the preceding twelve months.",
    "The Supplier shall maintain commercial general liability coverage of one million dollars per occurrence.",
)


def test_its_files_are_those_of_the_catalogue() -> None:
    for file in SPEC.files:
        assert (file.size, file.sha256) == (
            (SOURCE.path / file.path).stat().st_size,
            file_digest(SOURCE.path / file.path),
        )


def test_its_weights_are_small() -> None:
    assert SPEC.weights.size is not None and SPEC.weights.size <= MOST_BYTES


def test_its_card_says_where_it_comes_from() -> None:
    card = (SOURCE.path / "README.md").read_text(encoding="utf-8")
    for required in ("CUAD", "CC BY 4.0", "Apache-2.0", "make embedder", "Limits", "held-out contracts"):
        assert required in card


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedder]:
    opened = open_embedder(Settings.load(models_dir=tmp_path_factory.mktemp("models")))
    yield opened
    opened.close()


def test_it_is_there_on_a_machine_where_nothing_was_fetched(shipped: Embedder) -> None:
    assert shipped.name == SPEC.name
    assert shipped.fingerprint.startswith(str(SPEC.sha256))
    assert np.linalg.norm(shipped.embed_query("rent")) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("Can I hand the contract over to somebody else?", 0),
        ("What if the company is bought?", 1),
        ("What is the most they can be made to pay?", 2),
        ("Which policies have to be taken out?", 3),
    ],
)
def test_it_finds_clauses_by_what_they_mean(shipped: Embedder, question: str, place: int) -> None:
    assert int((shipped.embed_sentences(CLAUSES) @ shipped.embed_query(question)).argmax()) == place


def test_a_shipped_file_that_was_changed_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "shipped"
    damaged.mkdir()
    for file in SPEC.files:
        (damaged / file.path).parent.mkdir(exist_ok=True)
        (damaged / file.path).write_bytes((SOURCE.path / file.path).read_bytes())
    (damaged / "vocab.txt").write_text("other")
    monkeypatch.setattr("ragnano.models.download_sources._from_file", from_folder(damaged))
    with pytest.raises(ModelError, match=r"vocab\.txt has SHA-256"):
        open_embedder(Settings.load(models_dir=tmp_path / "models"))
    assert installed(SPEC, tmp_path / "models") is None


def from_folder(folder: Path):  # type: ignore[no-untyped-def]
    def deliver(_source: object, spec: object, directory: Path, _progress: object) -> None:
        for file in SPEC.files:
            target = directory / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((folder / file.path).read_bytes())

    return deliver


def test_its_matrices_are_those_of_a_bert_of_six_layers() -> None:
    weights = read_weights(SOURCE.path / SPEC.weights.path)
    assert weights["embeddings.word_embeddings.weight"].shape == (30_522, 384)
    assert weights["encoder.layer.5.intermediate.dense.weight"].shape == (1536, 384)
    assert sum(array.size for array in weights.values()) == pytest.approx(SPEC.parameters, rel=0.01)
