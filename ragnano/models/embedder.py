"""Texts to vectors. `Embedder` sorts, batches and restores order; a backend embeds one batch and counts tokens.

`MiniLMEmbedder` has two ways to the same vectors: onnxruntime for questions and sentences, which starts in a fraction
of a second, and sentence-transformers for passages in bulk, which computes in bfloat16 where the processor can. Knows
no documents and no store.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragnano.models.derive import query_model
from ragnano.models.digests import file_digest
from ragnano.models.fetch import RECEIPT
from ragnano.models.offline import go_offline
from ragnano.models.small_files import read_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

BATCH = 16
"""Texts per batch: of 16, 32 and 64 the last embeds most 200-token passages per processor second (12.6, 17.7, 20.1 with
bfloat16 on a busy 2-core AVX-512 machine); for short sentences all are alike."""
PADDED_TO = 32
"""Lengths are padded to multiples of this many tokens: few shapes, so freed memory fits the next batch (LOG.md)."""
SENTENCE_BATCH = 8
"""Sentences per batch: their lengths differ much, and a small batch pads little."""
MAX_TOKENS = 256
"""Tokens MiniLM reads of a text, its two frame tokens included (the model's sentence_bert_config.json)."""
RECIPE = "mean/256/unit/1"
"""Pooling, length, normalisation and version of how texts are prepared: part of the fingerprint."""


class Embedder(ABC):
    """Gives texts unit vectors. `fingerprint` changes whenever vectors would no longer be comparable."""

    name: str
    dimensions: int
    fingerprint: str

    @abstractmethod
    def _passage_batch(self, texts: Sequence[str]) -> "Vectors":
        """float32 (n, d) unit vectors of at most BATCH passages, in bulk mode."""

    @abstractmethod
    def _sentence_batch(self, texts: Sequence[str]) -> "Vectors":
        """float32 (n, d) unit vectors of at most BATCH texts, in the mode that starts quickly."""

    @abstractmethod
    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Character range [start, end) of each token of the text, frame tokens left out."""

    @abstractmethod
    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, frame tokens left out, however long it is."""

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None) -> "Vectors":
        """float32 (n, d), unit length, in the order of `texts`. `progress` receives texts done and texts in all."""
        return self._batched(texts, BATCH, self._passage_batch, progress)

    def embed_sentences(self, texts: Sequence[str]) -> "Vectors":
        """float32 (n, d), unit length: for a few short texts, without the start-up of bulk mode."""
        return self._batched(texts, SENTENCE_BATCH, self._sentence_batch, None)

    def embed_query(self, text: str) -> "Vectors":
        """float32 (d,), unit length."""
        vector: Vectors = self._sentence_batch([text])[0]
        return vector

    def _batched(
        self,
        texts: Sequence[str],
        batch: int,
        embed: Callable[[Sequence[str]], "Vectors"],
        progress: Callable[[int, int], None] | None,
    ) -> "Vectors":
        """Longest first, so that a batch holds texts of like length (little padding) and memory peaks at once."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        counts = self.count_tokens(texts)
        order = sorted(range(len(texts)), key=lambda place: -counts[place])
        for start in range(0, len(order), batch):
            places = order[start : start + batch]
            vectors[places] = embed([texts[place] for place in places])
            if progress is not None:
                progress(start + len(places), len(texts))
        return vectors

    def warm(self) -> None:
        """Load what answering a question needs, so that the first one does not wait."""
        self.embed_query("warm")

    @abstractmethod
    def close(self) -> None:
        """Give memory back; the next call loads again."""


class MiniLMEmbedder(Embedder):
    """A MiniLM sentence encoder in `home`, computed with `threads` threads. Safe to use from several threads."""

    dimensions = 384

    def __init__(self, home: Path, *, name: str, threads: int) -> None:
        self.name, self._home, self._threads = name, home, threads
        noted = read_json(home / RECEIPT).get("model.safetensors")
        digest = noted["sha256"] if isinstance(noted, dict) else file_digest(home / "model.safetensors")
        self.fingerprint = f"{digest}:{RECIPE}"
        self._lock = threading.RLock()
        self._tokenizer: Any = None
        self._session: Any = None
        self._bulk: Any = None

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        encoded = self._words().encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(item.ids) for item in encoded]

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        return list(self._words().encode(text, add_special_tokens=False).offsets)

    def close(self) -> None:
        with self._lock:
            self._session = self._bulk = self._tokenizer = None

    def _words(self) -> Any:
        """The tokenizer, neither cutting nor padding."""
        with self._lock:
            if self._tokenizer is None:
                go_offline()
                from tokenizers import Tokenizer

                tokenizer = Tokenizer.from_file(str(self._home / "tokenizer.json"))
                tokenizer.no_truncation()
                tokenizer.no_padding()
                self._tokenizer = tokenizer
            return self._tokenizer

    def _sentence_batch(self, texts: Sequence[str]) -> "Vectors":
        import numpy as np

        encoded = self._words().encode_batch_fast(list(texts), add_special_tokens=True)
        rows = [_cut(item.ids) for item in encoded]
        ids = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
            mask[number, : len(row)] = 1
        (vectors,) = self._quick().run(None, {"input_ids": ids, "attention_mask": mask})
        return np.asarray(vectors, dtype=np.float32)

    def _quick(self) -> Any:
        with self._lock:
            if self._session is None:
                import onnxruntime

                options = onnxruntime.SessionOptions()
                options.intra_op_num_threads = self._threads
                options.inter_op_num_threads = 1
                options.enable_cpu_mem_arena = False  # the arena keeps the peak of the largest batch for ever
                options.add_session_config_entry("session.intra_op.allow_spinning", "0")
                options.log_severity_level = 3  # errors only
                self._session = onnxruntime.InferenceSession(
                    str(query_model(self._home)), options, providers=["CPUExecutionProvider"]
                )
            return self._session

    def _passage_batch(self, texts: Sequence[str]) -> "Vectors":
        import numpy as np
        import torch

        with self._lock, torch.inference_mode():
            bulk = self._loaded_bulk()
            features = bulk.tokenizer(
                list(texts),
                padding=True,
                truncation=True,
                max_length=MAX_TOKENS,
                pad_to_multiple_of=PADDED_TO,
                return_tensors="pt",
            )
            vectors = bulk(dict(features))["sentence_embedding"]
        found = vectors.float().numpy()
        # bfloat16 leaves lengths off by up to 0.4 %
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)

    def _loaded_bulk(self) -> Any:
        if self._bulk is None:
            go_offline()
            import torch
            from sentence_transformers import SentenceTransformer

            torch.set_num_threads(self._threads)
            kind = torch.bfloat16 if _computes_bfloat16() else torch.float32
            model = SentenceTransformer(
                str(self._home), device="cpu", local_files_only=True, model_kwargs={"dtype": kind}
            )
            model.max_seq_length = MAX_TOKENS
            self._bulk = model
        return self._bulk


def _cut(ids: Sequence[int]) -> list[int]:
    """At most MAX_TOKENS tokens, the closing frame token kept."""
    return list(ids) if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], ids[-1]]


def _computes_bfloat16() -> bool:
    """Whether the processor has bfloat16 instructions; emulated it is slower than float32."""
    import torch

    abilities = torch.cpu.get_capabilities()
    return any(bool(value) for name, value in abilities.items() if name.lower() in ("avx512_bf16", "amx_bf16", "bf16"))
