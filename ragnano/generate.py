"""Phrasing: evidence and a question go to the chat model, its raw reply comes back (see verify)."""

from collections.abc import Callable, Sequence

from ragnano.models import ChatModel, Generation, Part, Prompt
from ragnano.prompts import EXTRACT, EXTRACTS, QUESTION, SYSTEM
from ragnano.question import Question
from ragnano.types import Evidence


def build_prompt(question: Question, evidence: Sequence[Evidence]) -> Prompt:
    """The prompt. Document text and the question are untrusted parts: they can't act as special tokens."""
    parts = [Part(EXTRACTS, trusted=True)]
    for item in evidence:
        parts += [Part(EXTRACT, trusted=True), Part(_with_place(item), trusted=False), Part("\n", trusted=True)]
    parts += [Part(QUESTION, trusted=True), Part(question.text, trusted=False)]
    return Prompt(system=SYSTEM, parts=tuple(parts))


def _with_place(item: Evidence) -> str:
    """The evidence after the heading it stands under: "Term and Termination: Either party may …"."""
    heading = item.hit.chunk.section.rsplit(" > ", 1)[-1]
    return f"({heading}) {item.text}" if heading and heading not in item.text else item.text


def generate(
    model: ChatModel,
    question: Question,
    evidence: Sequence[Evidence],
    *,
    max_tokens: int,
    on_text: Callable[[str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Generation:
    """The model's reply, greedy. Stops at an empty line: an answer is one paragraph. Raises EngineError."""
    return model.generate(
        build_prompt(question, evidence),
        max_tokens=max_tokens,
        stop=("\n\n", "\nQuestion:", "\nExtract"),
        on_text=on_text,
        cancelled=cancelled,
    )
