"""One GGUF opened with llama.cpp: tokens in, most likely next token out.

The only module that touches llama_cpp, and it does so through the C interface: the Python class on top of it neither
exposes `use_extra_bufts` nor evaluates prompts in fixed blocks. It knows no chat template, no queue and no thread
safety: one caller at a time.

Why blocks: matrix kernels differ between batch sizes. Measured with SmolLM2-135M: a prompt read token by token ends in
logits up to 0.46 away from the same prompt read in batches (correlation 0.9997; all batches of 2 to 64 agree bit
for bit on that build), and greedy decoding amplifies that to other words. Prompts are therefore always read in batches
that begin at multiples of `BLOCK`, only whole blocks are ever reused, and the state of written tokens (batches of one)
never is. What is reused is then bit for bit what would have been computed again.
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
"""Prompt tokens per batch. Tokens per processor second with one AVX-512 thread, other work beside: SmolLM2-135M 71, 93,
129, 115 in blocks of 16, 32, 64, 128; Qwen2.5-Coder-0.5B 70, 65, 70 in blocks of 32, 64, 256."""

LIKELY = 64
"""Likeliest tokens that a grammar is checked for before the whole vocabulary is."""

_silenced: list[Any] = []  # the callback must outlive every call llama.cpp makes


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How llama.cpp is run. `extra_buffers` lets it repack weights for special instructions (AMX and others);
    `threads` None means as many as the caller's settings say."""

    extra_buffers: bool = True
    threads: int | None = None


def _library() -> Any:
    """llama.cpp's C interface, with its log sent nowhere.

    OpenMP threads that wait for each other spin by default; on a machine with other work that wastes the very cores
    they wait for: with a load of 5 on 2 cores SmolLM2-135M wrote 2 to 5 tokens/s spinning and 17 to 21 sleeping. The
    variable is read when the library is loaded.
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
    """Weights and one context of `context_tokens` tokens. Raises EngineError when the file cannot be opened."""

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
        self._held: list[int] = []  # prompt tokens whose state is kept, whole blocks only
        self.vocabulary: int = lib.llama_vocab_n_tokens(self.vocab)

    def _parameters(self, threads: int, context_tokens: int, settings: EngineSettings) -> Any:
        lib = self.library
        params = lib.llama_context_default_params()
        params.n_ctx = context_tokens
        params.n_batch = params.n_ubatch = BLOCK
        params.n_threads = params.n_threads_batch = settings.threads or threads
        params.flash_attn_type = lib.LLAMA_FLASH_ATTN_TYPE_DISABLED  # its sums depend on the batch size
        params.swa_full = True  # sliding windows keep all cells, so that any prefix can be reused
        params.no_perf = True
        return params

    def close(self) -> None:
        """Free context and weights; calling it twice is harmless."""
        if self._context:
            self.library.llama_free(self._context)
        if self._model:
            self.library.llama_model_free(self._model)
        self._context = self._model = None

    def metadata(self, key: str) -> str | None:
        """A metadata value of the GGUF as text, None when it has none."""
        name = key.encode()
        size = self.library.llama_model_meta_val_str(self._model, name, ctypes.create_string_buffer(1), 1)
        if size < 0:
            return None
        buffer = ctypes.create_string_buffer(size + 1)
        self.library.llama_model_meta_val_str(self._model, name, buffer, size + 1)
        return buffer.value.decode("utf-8", "replace")

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Tokens of `text`, without a begin token. Only with `special` do control words become control tokens."""
        if not text:
            return []
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        tokens = (ctypes.c_int32 * room)()
        count = self.library.llama_tokenize(self.vocab, data, len(data), tokens, room, False, special)
        if count < 0:  # never more tokens than bytes plus a few, says every tokenizer seen; ask again if one differs
            tokens = (ctypes.c_int32 * -count)()
            count = self.library.llama_tokenize(self.vocab, data, len(data), tokens, -count, False, special)
        return list(tokens[:count])

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """The bytes a token stands for: part of a UTF-8 sequence perhaps; nothing for control tokens."""
        for room in (64, 1024):
            buffer = ctypes.create_string_buffer(room)
            count = self.library.llama_token_to_piece(self.vocab, token, buffer, room, 0, special)
            if count >= 0:
                return buffer.raw[:count]
        return b""

    def begin_token(self) -> int | None:
        """The token every prompt must begin with, None when the model wants none."""
        token: int = self.library.llama_vocab_bos(self.vocab)
        return token if token >= 0 and self.library.llama_vocab_get_add_bos(self.vocab) else None

    def token_text(self, which: str) -> str:
        """Text of the "bos" or "eos" token as templates write it, "" when there is none."""
        token: int = getattr(self.library, f"llama_vocab_{which}")(self.vocab)
        return self.piece(token, special=True).decode("utf-8", "replace") if token >= 0 else ""

    def ends(self, token: int) -> bool:
        """Whether this token ends the answer."""
        return bool(self.library.llama_vocab_is_eog(self.vocab, token))

    def read(self, tokens: Sequence[int], stop: Callable[[], bool] | None = None) -> bool:
        """Evaluate a prompt, reusing the whole blocks it shares with the one before. False when `stop` said so."""
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
        """Tokens in the whole blocks shared with the held prompt; at least one token stays to be read."""
        shared = 0
        for end in range(BLOCK, min(len(self._held), len(tokens) - 1) + 1, BLOCK):
            if self._held[shared:end] != list(tokens[shared:end]):
                break
            shared = end
        return shared

    def _forget_after(self, keep: int) -> int:
        """Drop all state from position `keep` on; 0 when the model cannot drop part of it (recurrent layers)."""
        if keep and self.library.llama_memory_seq_rm(self._memory, 0, keep, -1):
            return keep
        self.library.llama_memory_clear(self._memory, True)
        return 0

    def decode(self, tokens: Sequence[int]) -> None:
        """Evaluate at most BLOCK tokens after those already evaluated."""
        array = (ctypes.c_int32 * len(tokens))(*tokens)
        code = self.library.llama_decode(self._context, self.library.llama_batch_get_one(array, len(tokens)))
        if code != 0:
            self._held = []
            raise EngineError(f"the engine failed (code {code}): ask again, or run `ragnano doctor`")

    def reset(self) -> None:
        """Forget everything that was evaluated."""
        self._held = []
        self.library.llama_memory_clear(self._memory, True)

    def logits(self) -> list[float]:
        """Logits after the last evaluated token."""
        return [float(value) for value in self.logits_view()]

    def sampler(self, grammar: str | None) -> "GreedySampler":
        """A greedy sampler, held to a GBNF grammar if one is given."""
        return GreedySampler(self, grammar)

    def logits_view(self) -> Any:
        """float32 (vocabulary,) after the last evaluated token; valid until the next one is evaluated."""
        import numpy as np

        return np.ctypeslib.as_array(self.library.llama_get_logits_ith(self._context, -1), (self.vocabulary,))


class GreedySampler:
    """Picks the most likely token that the grammar allows. Use as a context manager: it holds native memory.

    A grammar is checked for the likeliest token first, then for the next ones, and for the whole vocabulary only when
    none of those fits: checking 150,000 tokens takes longer than computing their logits does.
    """

    def __init__(self, model: LoadedModel, grammar: str | None) -> None:
        self._lib, self._model = model.library, model
        self._ruled = None
        if grammar is not None:
            self._ruled = self._lib.llama_sampler_init_grammar(model.vocab, grammar.encode(), b"root")
            if not self._ruled:
                raise EngineError("the grammar is not valid GBNF with a rule called root: correct it")

    def pick(self) -> int:
        """The next token; the grammar advances by it."""
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
        """The likeliest of these tokens that the grammar allows, the lowest id among equals; None if it allows none."""
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
    """Correlation of two sets of logits, -1 to 1; 0 when either holds something that is no finite number."""
    if not all(map(math.isfinite, first)) or not all(map(math.isfinite, second)):
        return 0.0
    mean_a, mean_b = sum(first) / len(first), sum(second) / len(second)
    a, b = [x - mean_a for x in first], [y - mean_b for y in second]
    norm = math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))
    return sum(x * y for x, y in zip(a, b, strict=True)) / norm if norm else 0.0
