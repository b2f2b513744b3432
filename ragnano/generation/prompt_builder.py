"""Phrasing: sends evidence and a question to the chat model and returns its raw reply (see verify)."""

from collections.abc import Callable, Sequence

from ragnano.documents.locations import innermost
from ragnano.generation.grammar import answer_grammar
from ragnano.generation.prompts import EXTRACT, EXTRACTS, QUESTION, SYSTEM
from ragnano.models import ChatModel, Generation, Part, Prompt
from ragnano.text.prompt_injection import addresses_a_model
from ragnano.text.query import Question
from ragnano.text.words import sentences
from ragnano.types import Evidence


def build_prompt(question: Question, evidence: Sequence[Evidence]) -> Prompt:
    """Returns the prompt. Document text and question are untrusted parts: they cannot act as special tokens."""
    parts = [Part(EXTRACTS, trusted=True)]
    for item in in_reading_order(evidence):
        parts += [Part(EXTRACT, trusted=True), Part(_with_place(item), trusted=False), Part("\n", trusted=True)]
    parts += [Part(QUESTION, trusted=True), Part(question.text, trusted=False)]
    return Prompt(system=SYSTEM, parts=tuple(parts))


def in_reading_order(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Returns the evidence in document order; the documents are in the order of their best evidence."""
    documents = list(dict.fromkeys(item.hit.document.id for item in evidence))
    return sorted(evidence, key=lambda item: (documents.index(item.hit.document.id), item.spans[0]))


def whole_sentences(reply: Generation) -> str:
    """Returns the reply without a last sentence that the token limit cut off."""
    if reply.finish != "length":
        return reply.text
    ends = [end for _, end in sentences(reply.text)]
    return reply.text[: ends[-2]] if len(ends) > 1 else ""


def _with_place(item: Evidence) -> str:
    """Returns the evidence preceded by its heading: "Term and Termination: Either party may …"."""
    heading = innermost(item.hit.chunk.section)
    has_heading = heading and heading not in item.text and not addresses_a_model(heading)
    return f"({heading}) {item.text}" if has_heading else item.text


def generate(
    model: ChatModel,
    question: Question,
    evidence: Sequence[Evidence],
    *,
    max_tokens: int,
    on_text: Callable[[str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Generation:
    """Returns the model's greedy reply in the grammar of answers, up to an empty line: an answer is one paragraph.

    Raises EngineError.
    """
    return model.generate(
        build_prompt(question, evidence),
        max_tokens=max_tokens,
        stop=("\n\n", "\nQuestion:", "\nExtract"),
        grammar=answer_grammar(evidence, question.kind),
        on_text=on_text,
        cancelled=cancelled,
    )
