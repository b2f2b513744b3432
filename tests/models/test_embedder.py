"""Embedding with the real MiniLM: both backends give the same vectors, tokens are counted, questions need no torch."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ragnano.errors import ModelError
from ragnano.models import Embedder, find, installed, open_embedder
from ragnano.models.bert_encoder import Encoder
from ragnano.models.derived_files import bulk_model
from ragnano.models.embedder import BATCH, MAX_TOKENS, PADDED_TO, _computes_bfloat16, _padded
from ragnano.settings import Settings, default_models_dir

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
TEXTS = (
    "Either party may terminate this Agreement upon sixty (60) days' prior written notice to the other party.",
    "rent",
    "The Supplier's aggregate liability shall not exceed the fees paid in the twelve months before the claim. " * 3,
    "What is the notice period?",
    "Gerichtsstand ist Zürich — §\u00a012 «Schlussbestimmungen» 合同",
)


class LengthEmbedder(Embedder):
    """A predictable backend: the vector of a text is its length."""

    name, dimensions, fingerprint = "length", 1, "length"

    def __init__(self) -> None:
        self.batches: list[list[list[int]]] = []

    def _token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        return [[ord(letter) for letter in text] for text in texts]

    def _passage_batch(self, rows: Sequence[list[int]]) -> NDArray[np.float32]:
        self.batches.append(list(rows))
        return np.array([[len(row)] for row in rows], dtype=np.float32)

    _sentence_batch = _passage_batch

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]

    def close(self) -> None:
        self.batches = []


COLD = """
import sys
from ragnano.settings import Settings
from ragnano.models import open_embedder
open_embedder(Settings.load(embedder={name!r})).{call}({texts})
print([name for name in ("torch", "transformers", "sentence_transformers", "pandas") if name in sys.modules])
"""


def cold(name: str, call: str, texts: str) -> str:
    """The libraries imported by a process that only embedded."""
    code = COLD.format(name=name, call=call, texts=texts)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return run.stdout.strip()


def test_texts_of_like_length_share_a_batch_and_the_order_is_kept() -> None:
    backend = LengthEmbedder()
    texts = ["x" * ((7 * number) % (3 * BATCH)) for number in range(3 * BATCH)]
    calls: list[tuple[int, int]] = []
    vectors = backend.embed_passages(texts, lambda done, total: calls.append((done, total)))
    assert [int(value) for value in vectors[:, 0]] == [len(text) for text in texts]
    assert [len(batch) for batch in backend.batches] == [BATCH] * 3
    assert min(map(len, backend.batches[0])) >= max(map(len, backend.batches[1]))
    assert calls == [(BATCH, 3 * BATCH), (2 * BATCH, 3 * BATCH), (3 * BATCH, 3 * BATCH)]


def test_no_texts_give_no_vectors() -> None:
    assert LengthEmbedder().embed_passages([]).shape == (0, 1)


@pytest.fixture(scope="module", params=["legal-minilm", "all-MiniLM-L6-v2"])
def embedder(request: pytest.FixtureRequest) -> Iterator[Embedder]:
    spec = find(request.param)
    if spec.role is None and installed(spec, default_models_dir()) is None:
        pytest.skip(f"{spec.name} is not in the cache: ragnano models fetch {spec.name}")
    opened = open_embedder(Settings.load(embedder=spec.name))
    yield opened
    opened.close()


@pytest.mark.models
def test_both_ways_give_the_same_unit_vectors(embedder: Embedder) -> None:
    passages, sentences = embedder.embed_passages(TEXTS), embedder.embed_sentences(TEXTS)
    assert passages.shape == sentences.shape == (len(TEXTS), 384)
    assert passages.dtype == sentences.dtype == np.float32
    assert np.allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-5)
    assert np.allclose(np.linalg.norm(sentences, axis=1), 1, atol=1e-5)
    assert (passages * sentences).sum(axis=1).min() > 0.999
    assert (embedder.embed_query(TEXTS[0]) @ sentences[0]) > 0.99999


@pytest.mark.models
def test_passages_have_the_vectors_of_sentence_transformers_bit_for_bit(embedder: Embedder) -> None:
    import torch
    from sentence_transformers import SentenceTransformer

    home = bulk_model(default_models_dir() / embedder.name)
    kind = torch.bfloat16 if _computes_bfloat16() else torch.float32
    original = SentenceTransformer(str(home), device="cpu", local_files_only=True, model_kwargs={"dtype": kind})
    rows = embedder._token_ids(TEXTS)
    features = {name: torch.from_numpy(array) for name, array in _padded(rows, PADDED_TO).items()}
    with torch.inference_mode():
        wanted = original(features)["sentence_embedding"].float().numpy()
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    assert np.array_equal(embedder._passage_batch(rows), wanted)


@pytest.mark.models
def test_embedding_passages_needs_torch_alone(embedder: Embedder) -> None:
    assert cold(embedder.name, "embed_passages", "['rent']") == "['torch']"


def test_an_encoder_of_another_architecture_is_refused(tmp_path: Path) -> None:
    import torch

    (tmp_path / "config.json").write_text('{"model_type": "mpnet", "hidden_act": "gelu"}')
    with pytest.raises(ModelError, match="model_type is mpnet, only bert can be computed"):
        Encoder(tmp_path, torch.float32)


@pytest.mark.models
def test_a_question_is_nearest_to_the_clause_that_answers_it(embedder: Embedder) -> None:
    nearness = embedder.embed_passages(TEXTS[:3]) @ embedder.embed_query("How can the contract be ended?")
    assert int(nearness.argmax()) == 0


@pytest.mark.models
def test_a_text_longer_than_the_model_reads_is_cut_alike_in_both_ways(embedder: Embedder) -> None:
    long = " ".join(TEXTS) * 10
    assert embedder.count_tokens([long])[0] > 2 * MAX_TOKENS
    assert embedder.embed_passages([long])[0] @ embedder.embed_query(long) > 0.999


@pytest.mark.models
def test_tokens_are_counted_without_the_frame(embedder: Embedder) -> None:
    assert embedder.count_tokens(["Notice: 60 days", ""]) == [4, 0]


@pytest.mark.models
def test_the_same_passages_give_the_same_bytes_however_many_threads_share_them(embedder: Embedder) -> None:
    many = [f"{text} {number}" for number in range(7) for text in TEXTS]
    assert len(many) > 4 * BATCH
    alone, shared = (open_embedder(Settings.load(threads=threads, embedder=embedder.name)) for threads in (1, 3))
    assert alone.embed_passages(many).tobytes() == shared.embed_passages(many).tobytes()
    alone.close()
    shared.close()


@pytest.mark.models
def test_a_question_needs_no_torch(embedder: Embedder) -> None:
    assert cold(embedder.name, "embed_query", "'rent'") == "[]"


@pytest.mark.models
def test_the_fingerprint_names_the_weights(embedder: Embedder) -> None:
    assert embedder.fingerprint.startswith(str(find(embedder.name).sha256))


@pytest.mark.models
def test_a_closed_embedder_opens_again(embedder: Embedder) -> None:
    before = embedder.embed_query("rent")
    embedder.close()
    assert np.array_equal(embedder.embed_query("rent"), before)


def test_importing_the_models_loads_no_engine() -> None:
    code = (
        "import sys, ragnano.models; "
        "print([n for n in ('numpy', 'torch', 'llama_cpp', 'onnxruntime', 'tokenizers', 'jinja2') if n in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.strip() == "[]"
