"""Answers one question step by step: retrieve → select → gate → phrase → verify → conflicts → assemble.

A clause that is asked for by its number is looked up instead of searched for, and the evidence must contain what the
question names. A question in two parts is answered as two questions, whose answers are combined.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ragnano.answering.citations import cite, cite_hit
from ragnano.answering.clause_lookup import clause_asked, clause_evidence, no_such_clause
from ragnano.answering.direct_answer import direct_answer, without_doubtful_yes_or_no
from ragnano.answering.in_force import ValueHistory, value_history
from ragnano.answering.named import check_named
from ragnano.answering.phrasing import (
    REFUSED,
    Draft,
    phrased,
    quoted,
    quoted_all,
    with_conflicts,
    with_history,
)
from ragnano.answering.question_parts import parts_of, together
from ragnano.answering.refusal import nearest, refusal
from ragnano.evidence import SHOWN, select
from ragnano.evidence.answerability import load_gate
from ragnano.models import ChatModel, Reader
from ragnano.receipts import Trace, receipt
from ragnano.retrieval.retriever import Found
from ragnano.settings import Settings
from ragnano.store import Catalogue
from ragnano.text.query import read_question
from ragnano.types import Answer, Conflict, Document, Evidence, Scope, Timings


@dataclass(frozen=True, slots=True)
class AskRequest:
    """A question, its scope, and the callbacks for progress.

    `chat` phrases the answer, None for quotes alone; `model` is the model name recorded in the answer. The callbacks
    are those of Assistant.ask.
    """

    question: str
    scope: Scope
    model: str
    chat: ChatModel | None = None
    on_direct: Callable[[Answer], None] | None = None
    on_text: Callable[[str], None] | None = None
    cancelled: Callable[[], bool] | None = None
    trace: Trace | None = None
    begun: float = field(default_factory=time.monotonic)
    """Time at which the question arrived (time.monotonic, seconds)."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """The result of the look-up: the evidence, the confidence that it answers, and why nothing does ("" if unknown).

    `clause` is true if the evidence is a clause's own words, looked up by number.
    """

    found: Found
    evidence: tuple[Evidence, ...]
    confidence: float
    reason: str
    clause: bool
    seconds: float
    history: ValueHistory | None = None


class Pipeline:
    """Answers questions from a catalogue. `retrieve` finds the best chunks: (question, scope, how many) → Found."""

    def __init__(
        self,
        catalogue: Catalogue,
        reader: Reader,
        settings: Settings,
        retrieve: Callable[[str, Scope, int], Found],
    ) -> None:
        self._catalogue, self._reader, self._settings, self._retrieve = catalogue, reader, settings, retrieve

    def answer(self, request: AskRequest) -> Answer:
        """Returns the answer, or a refusal. Raises QuestionError, ModelMissing, EngineError."""
        parts = parts_of(request.question)
        if len(parts) == 1:
            return self._answer_one(request)[0]
        both = [self._answer_one(replace(request, question=part)) for part in parts]
        answers = [answer for answer, _ in both]
        if all(answer.verdict == "not_found" for answer in answers):
            return self._answer_one(request)[0]
        evidence = [item for _, own in both for item in own]
        if request.trace:
            request.trace.evidence = tuple(evidence)
        mark = receipt(request.question, request.scope, evidence, request.model, self._settings)
        return together(request.question, parts, answers, mark)

    def _answer_one(self, request: AskRequest) -> tuple[Answer, tuple[Evidence, ...]]:
        looked = self._with_history(request, self._look(request))
        draft = self._draft(request, looked)
        if looked.history is not None and draft.verdict != "not_found":
            evidence, draft = looked.evidence, with_history(draft, looked.history)
        else:
            evidence, draft = with_conflicts(
                draft, looked.found.question, looked.evidence, self._catalogue, request.scope
            )
        if request.trace:
            request.trace.evidence = evidence
        return self._assembled(request, looked, evidence, draft), evidence

    def _look(self, request: AskRequest) -> _Looked:
        found = self._retrieve(request.question, request.scope, self._settings.candidates)
        number = clause_asked(found.question)
        if number is not None:
            clause_items = clause_evidence(number, self._catalogue, found.scope)
            reason = "" if clause_items else no_such_clause(number, self._catalogue, found.scope)
            return _Looked(
                found, clause_items[:SHOWN], float(bool(clause_items)), reason, True, time.monotonic() - request.begun
            )
        evidence, signals = select(found, self._catalogue, self._reader)
        # Retrieval may have removed names that narrowed the search, but the check needs the whole question.
        named = check_named(read_question(request.question), evidence, self._catalogue, request.scope)
        confidence = load_gate().confidence(signals)
        fitting = without_doubtful_yes_or_no(named.fitting, confidence)
        return _Looked(found, fitting, confidence, named.reason, False, time.monotonic() - request.begun)

    def _answers(self, looked: _Looked) -> bool:
        """Whether the gate lets the evidence answer."""
        least = load_gate().least_confidence(self._settings.risk)
        return bool(looked.evidence) and not looked.reason and looked.confidence >= least

    def _with_history(self, request: AskRequest, looked: _Looked) -> _Looked:
        """Returns the look-up with the value in force first, if amendments of the contract change the value found."""
        if looked.clause or not self._answers(looked):
            return looked
        history = value_history(
            looked.found.question,
            looked.evidence,
            self._catalogue,
            request.scope,
            lambda document: self._read_again(request, document),
            date.today(),
        )
        return looked if history is None else replace(looked, evidence=history.before(looked.evidence), history=history)

    def _read_again(self, request: AskRequest, document: Document) -> tuple[Evidence, ...]:
        """Returns what another document has to say to the question; () if the gate refuses."""
        scope = Scope(documents=(document.id,))
        found = self._retrieve(request.question, scope, self._settings.candidates)
        evidence, signals = select(found, self._catalogue, self._reader)
        gate = load_gate()
        return evidence if gate.confidence(signals) >= gate.least_confidence(self._settings.risk) else ()

    def _draft(self, request: AskRequest, looked: _Looked) -> Draft:
        """Returns the answer's words and their evidence: gate, then the model if one is used, then verification."""
        evidence = looked.evidence
        if not self._answers(looked):
            return replace(REFUSED, reason=looked.reason)
        if looked.clause:
            return quoted_all(evidence)
        if request.chat is None:
            return quoted(evidence)
        if request.on_direct:
            request.on_direct(self._assembled(request, looked, evidence, quoted(evidence)))
        return phrased(
            request.chat,
            looked.found.question,
            evidence,
            self._settings,
            count_tokens=self._reader.count_tokens,
            begun=request.begun,
            on_text=request.on_text,
            cancelled=request.cancelled,
        )

    def _assembled(self, request: AskRequest, looked: _Looked, evidence: Sequence[Evidence], draft: Draft) -> Answer:
        found, refused = looked.found, draft.verdict == "not_found"
        cited = [evidence[at] for at in draft.cited]
        citations = cite(cited, self._catalogue)
        near = nearest(found.hits) if refused else ()
        return Answer(
            question=found.question.text,
            answer=refusal(self._catalogue.documents(found.scope), draft.reason) if refused else draft.text,
            verdict=draft.verdict,
            confidence=round(looked.confidence, 4),
            citations=citations,
            nearest=tuple(cite_hit(hit, self._catalogue) for hit in near),
            timings=Timings(round(looked.seconds, 4), draft.first_token_s, round(time.monotonic() - request.begun, 4)),
            tokens=draft.tokens,
            model=request.model,
            receipt=receipt(found.question.text, request.scope, evidence, request.model, self._settings),
            about=tuple(document.path for document in found.about),
            conflicts=draft.conflicts,
            direct=None if refused or _is_open(draft.conflicts) else direct_answer(found.question, cited, citations),
        )


def _is_open(conflicts: Sequence[Conflict]) -> bool:
    """Whether passages contradict each other and none of them is in force: then none is the exact answer."""
    return any(conflict.in_force is None for conflict in conflicts)
