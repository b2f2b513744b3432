"""Phrasing: turns evidence that passed the gate into the model's verified words, or into the document's own words.

Uses the store only to find what contradicts the evidence; performs no retrieval.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ragnano.answering.in_force import ValueHistory
from ragnano.conflicts.detect import find_conflicts
from ragnano.evidence import within_budget
from ragnano.generation.prompt_builder import generate, whole_sentences
from ragnano.models import ChatModel
from ragnano.settings import Settings
from ragnano.store import Catalogue
from ragnano.text.prompt_injection import addresses_a_model
from ragnano.text.query import Question
from ragnano.types import Conflict, Evidence, Scope, TokenCount, Verdict
from ragnano.verification.stream_guard import StreamGuard
from ragnano.verification.verify import agrees, best_first, quote, see_also, verify


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before its citations are built. `cited` are indices into the evidence; the first `main` support it.

    `reason` says why nothing answers; "" if the documents do not mention it at all.
    """

    text: str
    verdict: Verdict
    cited: tuple[int, ...]
    main: int = 0
    first_token_s: float | None = None
    tokens: TokenCount = field(default_factory=TokenCount)
    conflicts: tuple[Conflict, ...] = ()
    reason: str = ""


REFUSED = Draft("", "not_found", ())


def quoted(evidence: Sequence[Evidence]) -> Draft:
    """Returns the best sentences verbatim; there must be at least one."""
    found = quote(evidence)
    return Draft(found.text, found.verdict, found.cited, len(found.cited))


def quoted_all(evidence: Sequence[Evidence]) -> Draft:
    """Returns all evidence verbatim; there must be at least one item."""
    text = " ".join(f"“{item.text}” [{number}]" for number, item in enumerate(evidence, start=1))
    return Draft(text, "quoted", tuple(range(len(evidence))), len(evidence))


def phrased(
    chat: ChatModel,
    question: Question,
    evidence: Sequence[Evidence],
    settings: Settings,
    *,
    count_tokens: Callable[[Sequence[str]], list[int]],
    begun: float,
    on_text: Callable[[str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Draft:
    """Returns the evidence in the model's words as far as they can be proved, else the best sentences verbatim.

    Evidence that addresses a model, or is in a language that cannot be checked, is quoted without the model. The reader
    decides which evidence answers, and whether with yes or no: words that leave the best evidence out or contradict the
    reader are rejected. `begun` is the time of the question (time.monotonic, seconds).
    """
    prompt_evidence = within_budget(evidence, settings.evidence_tokens, count_tokens)
    if any(addresses_a_model(item.text) for item in prompt_evidence) or evidence[0].foreign:
        return quoted(evidence)
    guard = StreamGuard(prompt_evidence)
    first: list[float] = []

    def preview(piece: str) -> None:
        if not first:
            first.append(time.monotonic() - begun)
        if on_text and (checked_text := guard.feed(piece)):
            on_text(checked_text)

    reply = generate(
        chat, question, prompt_evidence, max_tokens=settings.answer_tokens, on_text=preview, cancelled=cancelled
    )
    if on_text and (rest := guard.finish()):
        on_text(rest)
    checked = verify(whole_sentences(reply), question, prompt_evidence)
    # If the model declined or its words failed verification, the evidence, which passed the gate, is quoted.
    accepted = 0 in checked.cited and agrees(checked.text, evidence[0].exact)
    verified = best_first(see_also(checked, evidence)) if accepted else quote(evidence)
    return Draft(
        verified.text,
        verified.verdict,
        verified.cited,
        len(checked.cited or verified.cited),
        first[0] if first else None,
        TokenCount(reply.prompt_tokens, reply.answer_tokens),
    )


def with_conflicts(
    draft: Draft, question: Question, evidence: tuple[Evidence, ...], catalogue: Catalogue, scope: Scope
) -> tuple[tuple[Evidence, ...], Draft]:
    """Adds what contradicts the cited evidence: an answer never presents only one side of a conflict."""
    against = find_conflicts(question, evidence, draft.cited, catalogue, scope, draft.main)
    if against is None:
        return evidence, draft
    text = against.text if against.whole else f"{draft.text}\n{against.text}"
    verdict: Verdict = "quoted" if against.whole else draft.verdict
    combined = replace(draft, text=text, verdict=verdict, cited=against.cited, conflicts=against.conflicts)
    return against.evidence, combined


def with_history(draft: Draft, history: ValueHistory) -> Draft:
    """Adds the values that an amendment changed or will change; the evidence begins with those of the history."""
    stated = range(1 + len(history.others))
    cited = tuple(stated) if draft.verdict == "quoted" else tuple(dict.fromkeys([*draft.cited, *stated]))
    numbers = [cited.index(at) + 1 for at in stated]
    text = history.text(numbers)
    whole = text if draft.verdict == "quoted" else f"{draft.text}\n{text}"
    return replace(draft, text=whole, cited=cited, main=1, conflicts=(history.conflict(numbers),))
