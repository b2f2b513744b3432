"""Embeds texts as vectors. `Embedder` sorts, batches and restores order; a backend embeds one batch and counts tokens.

`MiniLMEmbedder` computes the same vectors in two ways: with onnxruntime for questions and sentences, which starts in a
fraction of a second, and with torch for passages in bulk, in bfloat16 if the processor supports it.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragnano.models.bert_encoder import Encoder
from ragnano.models.derived_files import bulk_model, query_model
from ragnano.models.digests import file_digest
from ragnano.models.download import RECEIPT
from ragnano.models.json_files import read_json
from ragnano.models.offline import go_offline
from ragnano.models.onnx_session import open_session

Tokens = list[int]

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

BATCH = 8
"""Passages per batch. Each batch is one thread's work: two threads with a batch each embed 107 passages/s where two
threads sharing a batch of 16 embed 84 (bfloat16, 2 cores, one run; LOG.md)."""
PADDED_TO = 16
"""Lengths are padded to multiples of this many tokens: with few shapes, freed memory fits the next batch (LOG.md)."""
SENTENCE_BATCH = 8
"""Sentences per batch: their lengths vary widely, and a small batch needs little padding."""
MAX_TOKENS = 256
"""Tokens MiniLM reads of a text, its two frame tokens included (the model's sentence_bert_config.json)."""
RECIPE = "mean/256/unit/1"
"""Pooling, length, normalisation and version of the text preparation: part of the fingerprint."""


class Embedder(ABC):
    """Embeds texts as unit vectors. `fingerprint` changes whenever vectors are no longer comparable."""

    name: str
    dimensions: int
    fingerprint: str

    @abstractmethod
    def _token_ids(self, texts: Sequence[str]) -> list[Tokens]:
        """Returns each text's token ids with the frame tokens, truncated to the model's limit."""

    @abstractmethod
    def _passage_batch(self, rows: Sequence[Tokens]) -> "Vectors":
        """Returns float32 (n, d) unit vectors of at most BATCH tokenized passages, in bulk mode."""

    @abstractmethod
    def _sentence_batch(self, rows: Sequence[Tokens]) -> "Vectors":
        """Returns float32 (n, d) unit vectors of at most SENTENCE_BATCH tokenized texts, in the fast-starting mode."""

    @abstractmethod
    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Returns the number of tokens of each text, without frame tokens and without truncation."""

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None) -> "Vectors":
        """Returns float32 (n, d), unit length, in the order of `texts`. `progress` receives texts done and in total."""
        return self._batched(texts, BATCH, self._passage_batches, progress)

    def _passage_batches(self, batches: Iterable[Sequence[Tokens]]) -> Iterable["Vectors"]:
        """Returns the batches' vectors in order; a backend may compute several batches at once."""
        return map(self._passage_batch, batches)

    def embed_sentences(self, texts: Sequence[str]) -> "Vectors":
        """Returns float32 (n, d), unit length: for a few short texts, without the start-up of bulk mode."""
        return self._batched(texts, SENTENCE_BATCH, lambda batches: map(self._sentence_batch, batches), None)

    def embed_query(self, text: str) -> "Vectors":
        """Returns float32 (d,), unit length."""
        vector: Vectors = self._sentence_batch(self._token_ids([text]))[0]
        return vector

    def _batched(
        self,
        texts: Sequence[str],
        batch: int,
        embed: Callable[[Iterable[Sequence[Tokens]]], Iterable["Vectors"]],
        progress: Callable[[int, int], None] | None,
    ) -> "Vectors":
        """Embeds the longest first: a batch has texts of similar length (little padding), and memory peaks early."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        rows = self._token_ids(texts) if texts else []
        order = sorted(range(len(rows)), key=lambda place: -len(rows[place]))
        groups = [order[start : start + batch] for start in range(0, len(order), batch)]
        done = 0
        for places, found in zip(groups, embed([rows[place] for place in places] for places in groups), strict=True):
            vectors[places] = found
            done += len(places)
            if progress is not None:
                progress(done, len(texts))
        return vectors

    def warm(self) -> None:
        """Loads what a question needs, so that the first one does not wait."""
        self.embed_query("warm")

    @abstractmethod
    def close(self) -> None:
        """Frees memory; the next call loads again."""


class MiniLMEmbedder(Embedder):
    """A MiniLM sentence encoder in `home`, computed with `threads` threads. Thread-safe."""

    dimensions = 384

    def __init__(self, home: Path, *, name: str, weights: str, threads: int) -> None:
        self.name, self._home, self._threads = name, home, threads
        noted = read_json(home / RECEIPT).get(weights)
        digest = noted["sha256"] if isinstance(noted, dict) else file_digest(home / weights)
        self.fingerprint = f"{digest}:{RECIPE}"
        self._lock = threading.RLock()
        self._tokenizer: Any = None
        self._session: Any = None
        self._bulk: _Bulk | None = None

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        encoded = self._words().encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(item.ids) for item in encoded]

    def _token_ids(self, texts: Sequence[str]) -> list[Tokens]:
        return [_cut(item.ids) for item in self._words().encode_batch_fast(list(texts), add_special_tokens=True)]

    def close(self) -> None:
        with self._lock:
            if self._bulk is not None:
                self._bulk.workers.shutdown(wait=True, cancel_futures=True)
            self._session = self._bulk = self._tokenizer = None

    def _words(self) -> Any:
        """Returns the tokenizer, without truncation and padding."""
        with self._lock:
            if self._tokenizer is None:
                go_offline()
                from tokenizers import Tokenizer

                tokenizer = Tokenizer.from_file(str(self._home / "tokenizer.json"))
                tokenizer.no_truncation()
                tokenizer.no_padding()
                self._tokenizer = tokenizer
            return self._tokenizer

    def _sentence_batch(self, rows: Sequence[Tokens]) -> "Vectors":
        import numpy as np

        (vectors,) = self._quick().run(None, _padded(rows, 1))
        return np.asarray(vectors, dtype=np.float32)

    def _quick(self) -> Any:
        with self._lock:
            if self._session is None:
                self._session = open_session(query_model(self._home), self._threads)
            return self._session

    def _passage_batches(self, batches: Iterable[Sequence[Tokens]]) -> Iterable["Vectors"]:
        return self._loaded_bulk().workers.map(self._passage_batch, batches)

    def _passage_batch(self, rows: Sequence[Tokens]) -> "Vectors":
        import numpy as np
        import torch

        features = {name: torch.from_numpy(array) for name, array in _padded(rows, PADDED_TO).items()}
        with torch.inference_mode():
            vectors = self._loaded_bulk().encoder.vectors(features["input_ids"], features["attention_mask"])
        found = vectors.float().numpy()
        # With bfloat16, lengths are off by up to 0.4 %.
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)

    def _loaded_bulk(self) -> "_Bulk":
        with self._lock:
            if self._bulk is None:
                go_offline()
                self._bulk = _Bulk(bulk_model(self._home), self._threads)
            return self._bulk


class _Bulk:
    """The encoder and its worker threads, each of which computes a batch of its own."""

    def __init__(self, home: Path, threads: int) -> None:
        import torch

        self.encoder = Encoder(home, torch.bfloat16 if _computes_bfloat16() else torch.float32)
        # torch's number of threads per operation is a setting of each calling thread.
        self.workers = ThreadPoolExecutor(threads, "embedder", initializer=torch.set_num_threads, initargs=(1,))


def _cut(ids: Tokens) -> Tokens:
    """Truncates to MAX_TOKENS tokens and keeps the closing frame token."""
    return ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], ids[-1]]


def _padded(rows: Sequence[Tokens], multiple: int) -> dict[str, "NDArray[np.int64]"]:
    """Returns the model's two inputs, each (rows, tokens), padded to the longest row rounded up to `multiple`."""
    import numpy as np

    longest = max(map(len, rows))
    ids = np.zeros((len(rows), -(-longest // multiple) * multiple), dtype=np.int64)
    mask = np.zeros_like(ids)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def _computes_bfloat16() -> bool:
    """Whether the processor has bfloat16 instructions; emulated bfloat16 is slower than float32."""
    import torch

    abilities = torch.cpu.get_capabilities()
    return any(bool(value) for name, value in abilities.items() if name.lower() in ("avx512_bf16", "amx_bf16", "bf16"))
