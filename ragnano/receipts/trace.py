"""Records what passes between ragnano and the chat model while one question is answered, without judging it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from ragnano.models import ChatModel, Generation, Prompt
from ragnano.types import Evidence


@dataclass(frozen=True, slots=True)
class Exchange:
    """One prompt as given to the model, the limits on the answer, and the reply before verification."""

    prompt: Prompt
    max_tokens: int
    stop: tuple[str, ...]
    grammar: str | None
    reply: Generation


@dataclass(slots=True)
class Trace:
    """Filled while a question is answered: the selected evidence, and every exchange with the model in order."""

    evidence: tuple[Evidence, ...] = ()
    exchanges: list[Exchange] = field(default_factory=list)

    def listen(self, model: ChatModel) -> ChatModel:
        """Returns a wrapper of the model that records its exchanges here."""
        # A wrapper with the same methods: a second ChatModel would open the weights again.
        return cast(ChatModel, _RecordingModel(model, self.exchanges))


class _RecordingModel:
    """Forwards everything to the model, and records prompts and replies."""

    def __init__(self, model: ChatModel, exchanges: list[Exchange]) -> None:
        self._model, self._exchanges = model, exchanges

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

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
        reply = self._model.generate(
            prompt, max_tokens=max_tokens, stop=stop, grammar=grammar, on_text=on_text, cancelled=cancelled
        )
        self._exchanges.append(Exchange(prompt, max_tokens, tuple(stop), grammar, reply))
        return reply
