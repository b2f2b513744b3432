"""The reader: scores whether a passage answers a question, which of its words do, and whether they mean yes or no.

A cross-encoder (see the model card beside its weights) with logits for the pair and for each token, computed by
onnxruntime in float32.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragnano.models.offline import go_offline
from ragnano.models.onnx_session import open_session
from ragnano.types import DirectKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH = 4
"""Pairs per batch: their lengths vary, and a small batch needs little padding."""
QUESTION_TOKENS = 64
"""Limit for the tokens of a question; as in training."""
MOST_TOKENS = 320
"""Limit for the tokens of a pair, frame tokens included: a whole chunk and a long question. Trained on 256."""


KINDS: tuple[DirectKind, ...] = ("span", "yes", "no", "yes-if", "no-unless")
"""Kinds of answers, in the order of the reader's logits."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The reader's output for one passage.

    `answers` is the logit that the passage answers the question; `kinds`, float32 (len(KINDS),), is the probability, 0
    to 1, of each kind of answer if it does. For each token, `words`, float32 (tokens,), is the probability that it
    belongs to a sentence that answers; `begins` and `ends` (tokens,) are the probabilities that the exact answer begins
    and ends with it (each sums to 1); `spans` are the tokens' characters in the passage. Passages that are too long are
    truncated at the end.
    """

    answers: float
    kinds: "NDArray[np.float32]"
    words: "NDArray[np.float32]"
    begins: "NDArray[np.float32]"
    ends: "NDArray[np.float32]"
    spans: tuple[tuple[int, int], ...]


class Reader:
    """The model at `home`, opened at first use and computed with `threads` threads. Thread-safe."""

    def __init__(self, home: Path, *, name: str, weights: str, threads: int) -> None:
        self.name, self._home, self._weights, self._threads = name, home, weights, threads
        self._lock = threading.Lock()
        self._opened: tuple[Any, Any] | None = None

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """Returns one reading per passage, in order."""
        tokenizer, session = self._open()
        asked = tokenizer.encode(question, add_special_tokens=False).ids[:QUESTION_TOKENS]
        # Not encode_batch_fast: it does not return the tokens' characters.
        encoded = tokenizer.encode_batch(list(passages), add_special_tokens=False) if passages else []
        room = MOST_TOKENS - len(asked) - 3
        frame = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
        rows = [[frame[0], *asked, frame[1], *item.ids[:room], frame[1]] for item in encoded]
        first = len(asked) + 2
        order = sorted(range(len(rows)), key=lambda place: -len(rows[place]))
        found: dict[int, Reading] = {}
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            pairs, tokens = self._run(session, [rows[place] for place in places], first)
            for place, pair, own in zip(places, pairs, tokens, strict=True):
                spans = without_space(passages[place], encoded[place].offsets[:room])
                words, begins, ends = own[first : first + len(spans)].T
                found[place] = Reading(
                    float(pair[0]), _softmax(pair[1:]), _sigmoid(words), _softmax(begins), _softmax(ends), spans
                )
        return [found[place] for place in range(len(rows))]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Returns the number of tokens of each text, without frame tokens."""
        tokenizer, _ = self._open()
        return [len(item.ids) for item in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def _run(self, session: Any, rows: Sequence[list[int]], first: int) -> Any:
        """Returns float32 logits of the pairs (rows, 1 + len(KINDS)) and of their tokens (rows, tokens, 3)."""
        import numpy as np

        ids = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
        mask, kinds = np.zeros_like(ids), np.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
            mask[number, : len(row)] = 1
            kinds[number, first : len(row)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": kinds}
        known = {item.name for item in session.get_inputs()}  # a BERT has all three
        return session.run(["pairs", "tokens"], {name: array for name, array in inputs.items() if name in known})

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
        """Loads the model, so that the first question does not wait."""
        self.read("warm", ["warm"])

    def close(self) -> None:
        """Frees the memory; the next call loads again."""
        with self._lock:
            self._opened = None


def without_space(text: str, spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Returns the tokens' characters without the space that a word's first token begins with."""
    return tuple((start + (end - start > 1 and text[start].isspace()), end) for start, end in spans)


def _sigmoid(logits: "NDArray[np.float32]") -> "NDArray[np.float32]":
    import numpy as np

    return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)


def _softmax(logits: "NDArray[np.float32]") -> "NDArray[np.float32]":
    import numpy as np

    powers = np.exp(logits - logits.max(initial=0.0))
    return np.asarray(powers / max(float(powers.sum()), 1e-30), dtype=np.float32)
