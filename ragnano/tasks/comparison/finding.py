"""Finds the value of an attribute in one document: its words, the evidence, and the value in a comparable form."""

import re
from dataclasses import dataclass, field, replace
from datetime import date

from ragnano.answering.citations import cite
from ragnano.answering.direct_answer import direct_answer, without_doubtful_yes_or_no
from ragnano.evidence import select
from ragnano.evidence.answerability import load_gate
from ragnano.tasks.comparison.attributes import Attribute, attribute_named
from ragnano.tasks.comparison.defined_terms import defined_dates
from ragnano.tasks.task_context import Tools
from ragnano.text.comparable_values import ComparableValue, read_value
from ragnano.text.date_arithmetic import last_day_of_term, written
from ragnano.text.entities import DATE
from ragnano.text.quantities import Value, values_of
from ragnano.text.query import Question
from ragnano.types import Document, Evidence, Scope

_FROM_A_DATE = re.compile(r"\b(?:from|commencing|beginning|starting|after|of|on|with)\b[^.;]{0,40}$", re.IGNORECASE)
_BEGINS = re.compile(
    r"\b(?:from(?: and including)?|(?:commenc|beginn?|start)\w*(?: on)?|takes? effect (?:on|from)"
    r"|effective(?: on| from)?|first day is)\s*(?:the\s)?$",
    re.IGNORECASE,
)
# Beside a length of time, these say that it is no term: a renewal, a notice, or a time counted from an event.
_NO_TERM = re.compile(
    r"\b(?:notice|prior|before|each|successive|additional|further|renew\w*|exten\w+|following|after (?!(?:the )?"
    r"(?:commencement|effective|signing|date (?:hereof|of this))))\b",
    re.IGNORECASE,
)
_START = re.compile(r"\b(?:commenc\w+|effective|start\w*|sign\w+|execution)\b", re.IGNORECASE)
_UNTIL = re.compile(
    r"\b(?:to|until|till|through|ending(?: on)?|expir\w+(?: on)?)\s+(?:and including\s+)?$", re.IGNORECASE
)
_BESIDE_A_LENGTH = 30  # characters on either side
READ = 4
"""Chunks of each document that are read, half of a lookup's: of 176 questions to one contract each, the right passage
was among the first five for .99."""
SURE_ENOUGH = 0.5
"""From here on no further question is asked."""
LEAST_SURE = 0.1
"""Below it a value is shown but not compared."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one document says about an attribute. `words` are its own, "" if nothing was found; `evidence` the sentence.

    `value` is empty where the words state nothing comparable. `note` is the computation of a value that is not stated,
    or what it lacks; `support` is further evidence that the computation rests on.
    """

    document: Document
    words: str = ""
    value: ComparableValue = field(default_factory=lambda: ComparableValue("other"))
    evidence: Evidence | None = None
    confidence: float = 0.0
    note: str = ""
    support: tuple[Evidence, ...] = ()

    @property
    def sure(self) -> float:
        """How sure the reader is of the sentence and of its exact words, 0 to 1."""
        if self.evidence is None or self.evidence.exact is None:
            return 0.0
        exact = self.evidence.exact
        return self.evidence.score * (exact.score if exact.kind == "span" else exact.sure)

    @property
    def found(self) -> bool:
        """Whether the document says something about the attribute."""
        return self.evidence is not None


def find_value(attribute: Attribute, document: Document, tools: Tools) -> Finding:
    """Reads the attribute's value in a document: its questions are asked until one finds a sure value.

    Raises EngineError.
    """
    with tools.catalogue.each_page_once():  # and forgotten afterwards: there may be thousands of documents
        return _find(attribute, document, tools)


def _find(attribute: Attribute, document: Document, tools: Tools) -> Finding:
    best = Finding(document, value=ComparableValue(attribute.kind))
    for question in attribute.questions:
        for finding in _answers(question, attribute, document, tools):
            if (finding.value.known, finding.sure) > (best.value.known, best.sure) or not best.found:
                best = finding
        if best.value.known and best.sure >= SURE_ENOUGH:
            break
    if best.value.known and best.sure < LEAST_SURE:
        return replace(best, value=ComparableValue(attribute.kind), note="not sure")
    return best


def _answers(question: str, attribute: Attribute, document: Document, tools: Tools) -> list[Finding]:
    """Asks a document one question and returns what each of the chosen sentences says; [] if the gate refuses."""
    found = tools.find(question, Scope(documents=(document.id,)), tools.settings.candidates)
    chosen, signals = select(replace(found, hits=found.hits[:READ]), tools.catalogue, tools.reader)
    gate = load_gate()
    confidence = gate.confidence(signals)
    if not chosen or confidence < gate.least_confidence(tools.settings.risk):
        return []
    findings = [
        _read(found.question, attribute, item, document, confidence, tools)
        for item in without_doubtful_yes_or_no(chosen, confidence)
    ]
    if attribute.once:
        findings = [finding for finding in findings if not finding.value.per]
    return [_end_of_term(finding, tools) for finding in findings] if attribute.term else findings


def _read(
    question: Question, attribute: Attribute, evidence: Evidence, document: Document, confidence: float, tools: Tools
) -> Finding:
    """Returns what one sentence says: its exact words and their value."""
    direct = direct_answer(question, [evidence], cite([evidence], tools.catalogue))
    words = (direct.text if direct else "") or evidence.text
    if attribute.kind == "yes_no":
        truth = None if direct is None or direct.kind == "span" else direct.kind.startswith("yes")
        return Finding(document, words, ComparableValue("yes_no", truth=truth), evidence, confidence)
    value = read_value(attribute.kind, direct.text if direct else "", evidence.text, last=attribute.term)
    finding = Finding(document, words, value, evidence, confidence)
    return finding if value.known or attribute.kind != "date" else _with_defined_date(finding, attribute, tools)


def _with_defined_date(finding: Finding, attribute: Attribute, tools: Tools) -> Finding:
    """Returns the finding with the date that the document gives a term in its words: "until the Expiry Date".

    A term for a start is no end: "the eighth anniversary of the Commencement Date".
    """
    assert finding.evidence is not None
    for text in dict.fromkeys((finding.words, finding.evidence.text)):
        terms = defined_dates(text, tools.catalogue.chunks_of(finding.document.id))
        if attribute.term:
            terms = [defined for defined in terms if not _START.search(defined.term)]
        if len(terms) == 1 or (terms and text == finding.words):
            defined = terms[-1]
            note = f"{defined.term}: {written(defined.day)}"
            return replace(finding, value=ComparableValue("date", day=defined.day), note=note)
    return finding


def _end_of_term(finding: Finding, tools: Tools) -> Finding:
    """Returns a finding whose end date is computed where the document states the term by its length.

    A day that the term runs from is no end: without a length beside it, the end is not known.
    """
    assert finding.evidence is not None
    begins = _is_a_start(finding)
    length = _length_stated(finding.words)
    if length is None and (begins or not finding.value.known):
        length = _length_stated(finding.evidence.text)
    if length is None:
        stated = not begins and not _is_older(finding)
        return finding if stated else replace(finding, value=ComparableValue("date"), note="no end is stated")
    start, support = _start_of_term(finding, length, tools)
    if start is None:
        return replace(
            finding, value=ComparableValue("date"), note="no start date was found, so the end is not computed"
        )
    last = last_day_of_term(start, length.value, length.unit)  # type: ignore[arg-type]
    if last is None:
        return replace(finding, value=ComparableValue("date"))
    said = finding.evidence.text[length.start : length.end] if not _length_stated(finding.words) else finding.words
    note = f"computed: {said[:60]} from {written(start)}, that day counted, end on {written(last)}"
    return replace(finding, value=ComparableValue("date", day=last), note=note, support=support)


def _is_a_start(finding: Finding) -> bool:
    """Whether the day that was read is one that the sentence begins the term with: "from 1 May 2024"."""
    assert finding.evidence is not None
    text = finding.evidence.text
    days = [found for found in DATE.finditer(text) if read_value("date", found.group(), "").day == finding.value.day]
    return bool(days) and all(_BEGINS.search(text[: found.start()]) for found in days)


def _is_older(finding: Finding) -> bool:
    """Whether the day that was read is not after the document's own date."""
    day, own = finding.value.day, finding.document.date
    return day is not None and own is not None and day.isoformat() <= own


def _length_stated(text: str) -> Value | None:
    """Returns the length of a term in a text; None if it has none, or a date that is not the start of one."""
    lengths = values_of(text, "duration")
    dates = list(DATE.finditer(text))
    if len(lengths) != 1 or lengths[0].unit in ("day", "hour", "business day"):
        return None
    before = [text[: found.start()] for found in dates]
    if any(_UNTIL.search(words) or not _FROM_A_DATE.search(words) for words in before):
        return None
    [length] = lengths
    beside = text[max(0, length.start - _BESIDE_A_LENGTH) : length.end + _BESIDE_A_LENGTH]
    return None if _NO_TERM.search(beside) else length


def _start_of_term(finding: Finding, length: Value, tools: Tools) -> tuple[date | None, tuple[Evidence, ...]]:
    """Returns the first day of a term: the one date beside its length, or else the start date of the document."""
    assert finding.evidence is not None
    beside = read_value("date", finding.words, finding.evidence.text)
    if beside.day is not None:
        return beside.day, ()
    start = find_value(attribute_named("start date"), finding.document, tools)
    return start.value.day, (start.evidence,) if start.evidence and start.value.day else ()
