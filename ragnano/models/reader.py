"""Question and passage read together: does the passage answer, and with which of its words?

A cross-encoder with two heads (see the model card beside its weights): one logit a pair, one a token. Computed by
onnxruntime in float32. Knows no documents, no sentences and no store.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragnano.models.offline import go_offline
from ragnano.models.onnx_session import open_session

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH = 4
"""Pairs per batch: their lengths differ, and a small batch pads little."""
QUESTION_TOKENS = 64
"""Tokens read of a question; as in training."""
MOST_TOKENS = 320
"""Tokens of a pair, frame tokens included: a whole chunk and a long question. Trained on 256."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one passage gave.

    `answers` is the logit that the passage answers; `words` float32 (tokens,) the probability, 0 to 1, that each token
    belongs to the answer; `spans` the tokens' characters in the passage. A passage too long is read from its beginning.
    """

    answers: float
    words: "NDArray[np.float32]"
    spans: tuple[tuple[int, int], ...]


class Reader:
    """The model at `home`, opened at first use and computed with `threads` threads. May be called from many threads."""

    def __init__(self, home: Path, *, name: str, weights: str, threads: int) -> None:
        self.name, self._home, self._weights, self._threads = name, home, weights, threads
        self._lock = threading.Lock()
        self._opened: tuple[Any, Any] | None = None

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """One reading a passage, in their order."""
        tokenizer, session = self._open()
        asked = tokenizer.encode(question, add_special_tokens=False).ids[:QUESTION_TOKENS]
        # Not encode_batch_fast: it leaves the tokens' characters out.
        encoded = tokenizer.encode_batch(list(passages), add_special_tokens=False) if passages else []
        room = MOST_TOKENS - len(asked) - 3
        frame = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
        rows = [[frame[0], *asked, frame[1], *item.ids[:room], frame[1]] for item in encoded]
        first = len(asked) + 2
        order = sorted(range(len(rows)), key=lambda place: -len(rows[place]))
        found: dict[int, Reading] = {}
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            logits = self._run(session, [rows[place] for place in places], first)
            for place, own in zip(places, logits, strict=True):
                spans = tuple(encoded[place].offsets[:room])
                words = own[1 + first : 1 + first + len(spans)]
                found[place] = Reading(float(own[0]), _sigmoid(words), spans)
        return [found[place] for place in range(len(rows))]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without frame tokens."""
        tokenizer, _ = self._open()
        return [len(item.ids) for item in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def _run(self, session: Any, rows: Sequence[list[int]], first: int) -> Any:
        """float32 (rows, 1 + tokens) logits."""
        import numpy as np

        ids = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
        mask, kinds = np.zeros_like(ids), np.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
            mask[number, : len(row)] = 1
            kinds[number, first : len(row)] = 1
        (logits,) = session.run(None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": kinds})
        return logits

    def _open(self) -> tuple[Any, Any]:
        with self._lock:
            if self._opened is None:
                go_offline()
                from tokenizers import Tokenizer

                tokenizer = Tokenizer.from_file(str(self._home / "tokenizer.json"))
                tokenizer.no_truncation()
                tokenizer.no_padding()
                self._opened = tokenizer, open_session(self._home / self._weights, self._threads)
            return self._opened

    def warm(self) -> None:
        """Load what reading needs, so that the first question does not wait."""
        self.read("warm", ["warm"])

    def close(self) -> None:
        """Give the memory back; the next call loads again."""
        with self._lock:
            self._opened = None


def _sigmoid(logits: "NDArray[np.float32]") -> "NDArray[np.float32]":
    import numpy as np

    return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)
