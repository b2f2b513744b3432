"""Renders prompts with the chat templates of GGUF files; untrusted text can never become control tokens.

A template is rendered with an unguessable word in place of each piece of text, and the result is split at those words.
Text from documents and users is therefore tokenised by itself, as plain text, whatever it contains.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ragnano.errors import EngineError

FIXED_DAY = date(2024, 7, 26)
"""The current date as templates see it: the same question must give the same bytes tomorrow."""
TRACKING = re.compile(r"(\{%-?\s*)(end)?generation(\s*-?%\})")
"""A tag for training code in some templates; it does not change the text."""
PLAIN = "{% for m in messages %}{{ m.content }}\n\n{% endfor %}"
"""For models without a template: the texts alone, separated by empty lines."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message. `trusted` text is ragnano's own wording and may contain control words. Text of documents
    and users is never trusted: its control words stay plain text."""

    text: str
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """The input of a chat model: ragnano's system text and the parts of one user message, in order."""

    system: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the rendered prompt. Control words become control tokens only if it is `special`."""

    text: str
    special: bool


class ChatTemplate:
    """A GGUF's Jinja template (None: the texts alone), run in a sandbox. Raises EngineError if it is not Jinja."""

    def __init__(self, source: str | None, *, begin: str = "", end: str = "") -> None:
        from jinja2 import TemplateError
        from jinja2.ext import loopcontrols
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        self._error = TemplateError
        # A template is foreign code: any error in it counts as a refusal.
        self._refusals = (TemplateError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
        self._tokens = {"bos_token": begin, "eos_token": end}
        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
        environment.globals["raise_exception"] = self._raise
        environment.globals["strftime_now"] = FIXED_DAY.strftime
        try:
            text = TRACKING.sub(lambda tag: tag[1] + ("endif" if tag[2] else "if true") + tag[3], source or PLAIN)
            self._template = environment.from_string(text)
        except TemplateError as error:
            raise EngineError(f"the model's chat template cannot be read ({error}): use another model") from error

    def _raise(self, message: str) -> None:
        raise self._error(message)

    def render(self, prompt: Prompt) -> list[Segment]:
        """Returns the segments of the whole prompt up to the start of the answer.

        If a template rejects or drops the system role, the system text precedes the user's message.
        """
        parts = [part for part in prompt.parts if part.text]
        attempts: list[tuple[str, list[Part]]] = []
        if prompt.system:
            attempts.append((prompt.system, parts))
            parts = [Part(prompt.system + "\n\n", trusted=True), *parts]
        attempts.append(("", parts))
        for system, user in attempts:
            segments = self._segments(system, user)
            if segments is not None:
                return segments
        raise EngineError("the model's chat template drops part of the message: use another model")

    def _segments(self, system: str, parts: Sequence[Part]) -> list[Segment] | None:
        """Renders the template and splits the result; None if the template refused, or lost or repeated a piece."""
        pieces = [Part(system, trusted=True), *parts] if system else list(parts)
        marks = [f"x{secrets.token_hex(16)}x" for _ in pieces]
        user_marks = marks[1:] if system else marks
        messages: list[dict[str, str]] = [{"role": "system", "content": marks[0]}] if system else []
        messages.append({"role": "user", "content": "".join(user_marks)})
        try:
            rendered = self._run(messages)
        except self._refusals:
            return None
        found = re.split("(" + "|".join(marks) + ")", rendered) if marks else [rendered]
        if found[1::2] != marks:
            return None
        texts = dict(zip(marks, pieces, strict=True))
        return _merged([texts.get(stretch, Part(stretch, trusted=True)) for stretch in found])

    def _run(self, messages: Sequence[dict[str, str]]) -> str:
        variables: dict[str, Any] = {
            "messages": messages,
            "add_generation_prompt": True,
            "tools": None,
            "documents": None,
            "enable_thinking": False,  # used by the Qwen3 and SmolLM3 templates
            "thinking": False,  # used by the Granite templates
        }
        return self._template.render(**variables, **self._tokens)


def _merged(parts: Sequence[Part]) -> list[Segment]:
    """Merges adjacent trusted parts into one segment, so that tokens can span the borders between them."""
    segments: list[Segment] = []
    for part in parts:
        if segments and part.trusted and segments[-1].special:
            segments[-1] = Segment(segments[-1].text + part.text, special=True)
        elif part.text:
            segments.append(Segment(part.text, special=part.trusted))
    return segments
