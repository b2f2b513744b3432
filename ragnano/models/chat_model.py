"""The chat model: generates text with one GGUF. It serves one request at a time; the others wait in order of arrival.

Decoding is greedy, so that equal prompts give equal bytes.
"""

import codecs
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ragnano.errors import EngineError
from ragnano.models.chat_template import ChatTemplate, Prompt, Segment
from ragnano.models.fifo_lock import Turns
from ragnano.models.llama_backend import EngineSettings, LoadedModel
from ragnano.models.offline import go_offline
from ragnano.models.stream_filters import CLOSE, OPEN, StopFilter, ThinkingFilter

Finish = Literal["stop", "length", "cancelled"]


@dataclass(frozen=True, slots=True)
class Generation:
    """The result of a request. `text` is exactly the streamed text, without thoughts and stop strings.

    `seconds_to_first_token` is measured from the moment this request is served, without the wait in the queue; None if
    there was no token.
    """

    text: str
    prompt_tokens: int
    answer_tokens: int
    seconds_to_first_token: float | None
    finish: Finish


class ChatModel:
    """A GGUF at `path`, opened at first use. Thread-safe.

    `settings` come from the self-test (`ragnano.models.self_test`); `context_tokens` limits prompt plus answer.
    """

    def __init__(self, path: Path, *, name: str, threads: int, context_tokens: int, settings: EngineSettings) -> None:
        self.path, self.name = path, name
        self._threads, self._context_tokens, self._settings = threads, context_tokens, settings
        self._turns = Turns()
        self._loading = threading.Lock()
        self._loaded: tuple[LoadedModel, ChatTemplate] | None = None
        self._thinking: dict[int, bytes] = {}

    @property
    def waiting(self) -> int:
        """Number of requests in the queue, without the one being served."""
        return self._turns.waiting

    def load(self) -> None:
        """Opens the weights now instead of at the first request. Raises EngineError."""
        self._open()

    def close(self) -> None:
        """Frees the memory after the requests before it; the next request opens the file again."""
        with self._turns.turn(), self._loading:
            if self._loaded is not None:
                self._loaded[0].close()
            self._loaded = None

    def _open(self) -> tuple[LoadedModel, ChatTemplate]:
        with self._loading:
            if self._loaded is None:
                go_offline()
                model = LoadedModel(
                    self.path, threads=self._threads, context_tokens=self._context_tokens, settings=self._settings
                )
                source = model.metadata("tokenizer.chat_template")
                template = ChatTemplate(source, begin=model.token_text("bos"), end=model.token_text("eos"))
                tags = [(model.tokenize(tag, special=True), tag) for tag in (OPEN, CLOSE)]
                self._thinking = {ids[0]: tag.encode() for ids, tag in tags if len(ids) == 1}
                self._loaded = model, template
            return self._loaded

    def count_tokens(self, text: str) -> int:
        """Returns the number of tokens of a text without a template; control words count as plain text."""
        model, _ = self._open()
        return len(model.tokenize(text, special=False))

    def prompt_tokens(self, prompt: Prompt) -> int:
        """Returns the number of tokens of the whole prompt, template included."""
        model, template = self._open()
        return len(self._tokens(model, template.render(prompt)))

    def generate(
        self,
        prompt: Prompt,
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        grammar: str | None = None,
        on_text: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Generation:
        """Generates an answer to a prompt with greedy decoding.

        `grammar` is GBNF with a rule called root. `on_text` receives the answer in pieces, in the calling thread.
        `cancelled` is called between tokens and while waiting. Raises EngineError, for example if prompt and answer
        exceed the context.
        """
        with self._turns.turn(cancelled) as served:
            if not served:
                return Generation("", 0, 0, None, "cancelled")
            model, template = self._open()
            segments = template.render(prompt)
            tokens = self._tokens(model, segments)
            self._check_room(model, len(tokens), max_tokens)
            writer = _Writer(on_text, stop, inside=segments[-1].text.rstrip().endswith(OPEN))
            return self._write(model, tokens, max_tokens, grammar, writer, cancelled)

    def _tokens(self, model: LoadedModel, segments: Sequence[Segment]) -> list[int]:
        tokens = [token for part in segments for token in model.tokenize(part.text, special=part.special)]
        begin = model.begin_token()
        if begin is not None and tokens[:1] != [begin]:
            tokens.insert(0, begin)
        return tokens

    def _check_room(self, model: LoadedModel, prompt: int, answer: int) -> None:
        if prompt + answer > model.context_tokens:
            raise EngineError(
                f"the prompt has {prompt} tokens and the answer may have {answer}, more than the context of "
                f"{model.context_tokens}: raise RAGNANO_CONTEXT_TOKENS or lower RAGNANO_EVIDENCE_TOKENS"
            )

    def _write(
        self,
        model: LoadedModel,
        tokens: Sequence[int],
        max_tokens: int,
        grammar: str | None,
        writer: "_Writer",
        cancelled: Callable[[], bool] | None,
    ) -> Generation:
        begun = time.perf_counter()
        first: float | None = None
        count = 0
        finish: Finish = "length"
        with model.sampler(grammar) as sampler:
            if not model.read(tokens, cancelled):
                return Generation("", len(tokens), 0, None, "cancelled")
            while count < max_tokens:
                if cancelled is not None and cancelled():
                    finish = "cancelled"
                    break
                token = sampler.pick()
                first = first or time.perf_counter() - begun
                if model.ends(token):
                    finish = "stop"
                    break
                count += 1
                if writer.write(self._thinking.get(token) or model.piece(token)):
                    finish = "stop"
                    break
                if count < max_tokens:
                    model.decode([token])
        return Generation(writer.finish(), len(tokens), count, first, finish)


class _Writer:
    """Converts the bytes of tokens to text: decodes UTF-8, removes thoughts and ends at stop strings."""

    def __init__(self, on_text: Callable[[str], None] | None, stop: Sequence[str], *, inside: bool) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._thinking = ThinkingFilter(inside)
        self._stop = StopFilter(stop)
        self._on_text = on_text
        self._written: list[str] = []

    def write(self, data: bytes) -> bool:
        """Adds the next token's bytes; returns True if a stop string ended the answer."""
        self._show(self._stop.feed(self._thinking.feed(self._decoder.decode(data))))
        return self._stop.stopped

    def finish(self) -> str:
        """Emits the text held back and returns the whole text."""
        rest = self._thinking.feed(self._decoder.decode(b"", final=True)) + self._thinking.flush()
        self._show(self._stop.feed(rest))
        self._show(self._stop.flush())
        return "".join(self._written)

    def _show(self, text: str) -> None:
        if text:
            self._written.append(text)
            if self._on_text is not None:
                self._on_text(text)
