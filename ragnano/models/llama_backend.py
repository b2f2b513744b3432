"""Runs one GGUF with llama.cpp: evaluates tokens and picks the most likely next one.

The only module that uses llama_cpp, through its C interface: the Python class on top of it neither exposes
`use_extra_bufts` nor evaluates prompts in fixed blocks. Not thread-safe: one caller at a time.

Why blocks: matrix kernels differ between batch sizes. Measured with SmolLM2-135M: the logits after a prompt evaluated
token by token differ by up to 0.46 from those of the same prompt in batches (correlation 0.9997; all batches of 2 to 64
agree bit for bit on that build), and greedy decoding amplifies that to other words. Prompts are therefore always
evaluated in batches that begin at multiples of `BLOCK`, only whole blocks are reused, and the state of generated tokens
(batches of one) never is. Reused state is then bit for bit what would have been computed again.
"""

import ctypes
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragnano.errors import EngineError

BLOCK = 64
"""Prompt tokens per batch. Tokens per processor second with one AVX-512 thread on a busy machine: SmolLM2-135M 71, 93,
129, 115 in blocks of 16, 32, 64, 128; Qwen2.5-Coder-0.5B 70, 65, 70 in blocks of 32, 64, 256."""

LIKELY = 64
"""Number of most likely tokens that a grammar is checked for before the whole vocabulary."""

_silenced: list[Any] = []  # keeps the log callback alive as long as llama.cpp may call it


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Settings for llama.cpp. `extra_buffers` lets it repack weights for special instructions (AMX and others);
    `threads` overrides the caller's number of threads unless it is None."""

    extra_buffers: bool = True
    threads: int | None = None


def _library() -> Any:
    """Returns llama.cpp's C interface with its log disabled.

    OpenMP threads that wait for each other spin by default. On a busy machine that wastes the cores they wait for: with
    a load of 5 on 2 cores SmolLM2-135M generated 2 to 5 tokens/s spinning and 17 to 21 sleeping. OMP_WAIT_POLICY is
    read when the library is loaded.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from llama_cpp import llama_cpp

    if not _silenced:
        callback = llama_cpp.llama_log_callback(lambda _level, _text, _data: None)
        llama_cpp.llama_log_set(callback, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        _silenced.append(callback)
    return llama_cpp


class LoadedModel:
    """Weights and one context of `context_tokens` tokens. Raises EngineError if the file cannot be opened."""

    def __init__(self, path: Path, *, threads: int, context_tokens: int, settings: EngineSettings) -> None:
        self.library = lib = _library()
        self._context: Any = None
        params = lib.llama_model_default_params()
        params.use_extra_bufts = settings.extra_buffers
        params.n_gpu_layers = 0
        self._model = lib.llama_model_load_from_file(str(path).encode(), params)
        if not self._model:
            raise EngineError(f"{path} cannot be opened: it is damaged or no GGUF this engine knows; fetch it again")
        self.vocab = lib.llama_model_get_vocab(self._model)
        self.trained_context: int = lib.llama_model_n_ctx_train(self._model)
        self._context = lib.llama_init_from_model(self._model, self._parameters(threads, context_tokens, settings))
        if not self._context:
            self.close()
            raise EngineError(
                f"not enough memory for a context of {context_tokens} tokens: lower RAGNANO_CONTEXT_TOKENS"
            )
        self.context_tokens: int = lib.llama_n_ctx(self._context)
        self._memory = lib.llama_get_memory(self._context)
        self._held: list[int] = []  # prompt tokens whose state can be reused, whole blocks only
        self.vocabulary: int = lib.llama_vocab_n_tokens(self.vocab)

    def _parameters(self, threads: int, context_tokens: int, settings: EngineSettings) -> Any:
        lib = self.library
        params = lib.llama_context_default_params()
        params.n_ctx = context_tokens
        params.n_batch = params.n_ubatch = BLOCK
        params.n_threads = params.n_threads_batch = settings.threads or threads
        params.flash_attn_type = lib.LLAMA_FLASH_ATTN_TYPE_DISABLED  # its sums depend on the batch size
        params.swa_full = True  # keeps all cells of sliding windows, so that any prefix can be reused
        params.no_perf = True
        return params

    def close(self) -> None:
        """Frees context and weights. May be called twice."""
        if self._context:
            self.library.llama_free(self._context)
        if self._model:
            self.library.llama_model_free(self._model)
        self._context = self._model = None

    def metadata(self, key: str) -> str | None:
        """Returns a metadata value of the GGUF as text, None if there is none."""
        name = key.encode()
        size = self.library.llama_model_meta_val_str(self._model, name, ctypes.create_string_buffer(1), 1)
        if size < 0:
            return None
        buffer = ctypes.create_string_buffer(size + 1)
        self.library.llama_model_meta_val_str(self._model, name, buffer, size + 1)
        return buffer.value.decode("utf-8", "replace")

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Returns the tokens of `text`, without a begin token. Control words become control tokens if `special`."""
        if not text:
            return []
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        tokens = (ctypes.c_int32 * room)()
        count = self.library.llama_tokenize(self.vocab, data, len(data), tokens, room, False, special)
        if count < 0:  # more tokens than bytes plus a few: no known tokenizer does this
            tokens = (ctypes.c_int32 * -count)()
            count = self.library.llama_tokenize(self.vocab, data, len(data), tokens, -count, False, special)
        return list(tokens[:count])

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """Returns a token's bytes, perhaps part of a UTF-8 sequence; b"" for control tokens unless `special`."""
        for room in (64, 1024):
            buffer = ctypes.create_string_buffer(room)
            count = self.library.llama_token_to_piece(self.vocab, token, buffer, room, 0, special)
            if count >= 0:
                return buffer.raw[:count]
        return b""

    def begin_token(self) -> int | None:
        """Returns the token that every prompt must begin with, None if the model needs none."""
        token: int = self.library.llama_vocab_bos(self.vocab)
        return token if token >= 0 and self.library.llama_vocab_get_add_bos(self.vocab) else None

    def token_text(self, which: str) -> str:
        """Returns the text of the "bos" or "eos" token as templates write it, "" if there is none."""
        token: int = getattr(self.library, f"llama_vocab_{which}")(self.vocab)
        return self.piece(token, special=True).decode("utf-8", "replace") if token >= 0 else ""

    def ends(self, token: int) -> bool:
        """Whether this token ends the answer."""
        return bool(self.library.llama_vocab_is_eog(self.vocab, token))

    def read(self, tokens: Sequence[int], stop: Callable[[], bool] | None = None) -> bool:
        """Evaluates a prompt; reuses whole blocks shared with the held one. Returns False if `stop` returned True."""
        start = self._forget_after(self._shared_blocks(tokens))
        self._held = list(tokens[:start])
        for begin in range(start, len(tokens), BLOCK):
            if stop is not None and stop():
                return False
            block = tokens[begin : begin + BLOCK]
            self.decode(block)
            if len(block) == BLOCK:
                self._held.extend(block)
        return True

    def _shared_blocks(self, tokens: Sequence[int]) -> int:
        """Returns the number of tokens in whole blocks shared with the held prompt; leaves at least one to evaluate."""
        shared = 0
        for end in range(BLOCK, min(len(self._held), len(tokens) - 1) + 1, BLOCK):
            if self._held[shared:end] != list(tokens[shared:end]):
                break
            shared = end
        return shared

    def _forget_after(self, keep: int) -> int:
        """Drops all state from position `keep` on and returns how many tokens remain.

        That is 0 if the model cannot drop a part (recurrent layers).
        """
        if keep and self.library.llama_memory_seq_rm(self._memory, 0, keep, -1):
            return keep
        self.library.llama_memory_clear(self._memory, True)
        return 0

    def decode(self, tokens: Sequence[int]) -> None:
        """Evaluates at most BLOCK tokens after those already evaluated. Raises EngineError."""
        array = (ctypes.c_int32 * len(tokens))(*tokens)
        code = self.library.llama_decode(self._context, self.library.llama_batch_get_one(array, len(tokens)))
        if code != 0:
            self._held = []
            raise EngineError(f"the engine failed (code {code}): ask again, or run `ragnano doctor`")

    def reset(self) -> None:
        """Drops all evaluated state."""
        self._held = []
        self.library.llama_memory_clear(self._memory, True)

    def logits(self) -> list[float]:
        """Returns the logits after the last evaluated token."""
        return [float(value) for value in self.logits_view()]

    def sampler(self, grammar: str | None) -> "GreedySampler":
        """Returns a greedy sampler, constrained by a GBNF grammar if one is given."""
        return GreedySampler(self, grammar)

    def logits_view(self) -> Any:
        """Returns float32 logits (vocabulary,) after the last evaluated token; valid until the next evaluation."""
        import numpy as np

        return np.ctypeslib.as_array(self.library.llama_get_logits_ith(self._context, -1), (self.vocabulary,))


class GreedySampler:
    """Picks the most likely token that the grammar allows. Use as a context manager: it owns native memory.

    The grammar is checked for the most likely token first, then for the next ones, and for the whole vocabulary only if
    it allows none of those: checking 150,000 tokens takes longer than computing their logits.
    """

    def __init__(self, model: LoadedModel, grammar: str | None) -> None:
        self._lib, self._model = model.library, model
        self._ruled = None
        if grammar is not None:
            self._ruled = self._lib.llama_sampler_init_grammar(model.vocab, grammar.encode(), b"root")
            if not self._ruled:
                raise EngineError("the grammar is not valid GBNF with a rule called root: correct it")

    def pick(self) -> int:
        """Returns the next token and advances the grammar. Raises EngineError if the grammar allows none."""
        import numpy as np

        logits = self._model.logits_view()
        if self._ruled is None:
            return int(np.argmax(logits))
        for count in (1, LIKELY, len(logits)):
            likely = np.argpartition(-logits, count - 1)[:count] if 1 < count < len(logits) else None
            tokens = np.array([np.argmax(logits)]) if count == 1 else np.arange(count) if likely is None else likely
            token = self._best_allowed(tokens.astype(np.int32), logits)
            if token is not None:
                self._lib.llama_sampler_accept(self._ruled, token)
                return token
        raise EngineError("the grammar allows no further word: correct it")

    def _best_allowed(self, tokens: Any, logits: Any) -> int | None:
        """Returns the most likely of these tokens that the grammar allows, ties by id; None if it allows none."""
        import numpy as np

        data = (self._lib.llama_token_data * len(tokens))()
        view = np.frombuffer(data, dtype=np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)]))
        view["id"], view["logit"] = tokens, logits[tokens]
        candidates = self._lib.llama_token_data_array(data=data, size=len(tokens), selected=-1, sorted=False)
        self._lib.llama_sampler_apply(self._ruled, ctypes.byref(candidates))
        allowed = np.isfinite(view["logit"])
        if not allowed.any():
            return None
        best = view["logit"][allowed].max()
        return int(view["id"][allowed & (view["logit"] == best)].min())

    def close(self) -> None:
        if self._ruled:
            self._lib.llama_sampler_free(self._ruled)
        self._ruled = None

    def __enter__(self) -> "GreedySampler":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def similarity(first: Sequence[float], second: Sequence[float]) -> float:
    """Returns the correlation of two sets of logits, -1 to 1; 0 if either contains a value that is not finite."""
    if not all(map(math.isfinite, first)) or not all(map(math.isfinite, second)):
        return 0.0
    mean_a, mean_b = sum(first) / len(first), sum(second) / len(second)
    a, b = [x - mean_a for x in first], [y - mean_b for y in second]
    norm = math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))
    return sum(x * y for x, y in zip(a, b, strict=True)) / norm if norm else 0.0
