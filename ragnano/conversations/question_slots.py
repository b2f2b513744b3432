"""Finds the parts of a question that a follow-up may replace: documents, parties, dates, sections, what is asked for.

Works on text alone, using word lists and word order; it contains no other grammar, no store and no model. If the
boundaries of a part are unclear, no part is returned: the follow-up is then appended to the question.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ragnano.text.file_names import ENDING
from ragnano.text.word_lists import ATTACHMENT_WORD, CLAUSE_WORD, DOCUMENT_NOUNS, MONTH
from ragnano.text.words import STOPWORDS, stem

Kind = Literal["document", "party", "time", "section", "amount"]

# A word, number or possessive ending: "Ironvale's" is two tokens.
TOKEN = re.compile(r"['’]s\b|[^\W_]+(?:[.,&'’-](?![sS]\b)[^\W_]+)*")

AUXILIARIES = frozenset(
    "is are was were be do does did has have had can could may might must shall should will would need needs".split()
)
QUESTION_WORDS = frozenset("what which who whom whose when where why how".split())
PREPOSITIONS = frozenset(
    """
    in under of for on at by from to with within without during after before per between about against until since
    than through regarding concerning below above over
    """.split()
)
DETERMINERS = frozenset("the a an each every any no either another our my your their this that both all".split())
CONJUNCTIONS = frozenset("if when while because unless until after before whether that where and or but".split())
PARTIES = frozenset(
    """
    party side tenant landlord subtenant lessor lessee buyer seller purchaser vendor supplier customer client licensor
    licensee employer employee contractor subcontractor consultant borrower lender guarantor creditor debtor insurer
    insured policyholder distributor manufacturer dealer agent principal franchisor franchisee provider recipient
    discloser controller processor shareholder director officer member partner owner manager trustee beneficiary
    company firm bank user subscriber publisher author patient doctor student teacher parent passenger carrier
    """.split()
)

_TIME = re.compile(
    rf"\b(?:{MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?|{MONTH}\.?,?\s+\d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}\b\.?(?:,?\s+\d{{4}})?|\d{{4}}-\d{{2}}-\d{{2}}|(?:19|20)\d{{2}}"
    r"|(?:the\s+)?(?:this|next|last|first|second|third|fourth|fifth)\s+(?:\w+\s+)?(?:year|quarter|month|week|day)s?)\b",
    re.IGNORECASE,
)
_SECTION = re.compile(
    rf"\b(?:{CLAUSE_WORD}|paragraph|{ATTACHMENT_WORD}|chapter|page|item)\s+"
    r"(?:[0-9]+(?:\.[0-9]+)*|[ivxlcIVXLC]+\b|[A-Za-z]\b)",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"[$€£¥]\s?\d[\d,.]*\d?(?:\s(?:thousand|million|billion)\b)?|\b\d[\d.,]*\s?%")
FILE = re.compile(rf"[\w()&+,'’-]{{1,100}}(?: [\w()&+,'’-]{{1,100}}){{0,8}}{ENDING}", re.IGNORECASE)
_MAIN = re.compile(
    r"^(?P<asks>(?:what|which|who|when|where|how \w{1,20}) (?:is|are|was|were)) (?P<thing>(?:the|our|my|your) .+?)\W*$",
    re.IGNORECASE,
)
# After a document or party these form a compound with another meaning: "the lease term", "the customer data".
_COMPOUNDS = frozenset(
    "term period year payment data number deposit fee improvement holder date price rate total account name".split()
)
_LONGEST_NAME = 6  # words before "agreement" that may be its name


class Slot(NamedTuple):
    """Characters [start, end) of a question that name something of a kind."""

    start: int
    end: int
    kind: Kind


class Token(NamedTuple):
    """A word as written, in lower case, and its characters [start, end)."""

    text: str
    lower: str
    start: int
    end: int

    @property
    def is_content(self) -> bool:
        """False for function words, auxiliaries and prepositions."""
        ordinary = self.lower in STOPWORDS and self.lower not in DOCUMENT_NOUNS
        return not (ordinary or self.lower in AUXILIARIES or self.lower in PREPOSITIONS or self.text[0] in "'’")


@dataclass(frozen=True, slots=True)
class MainPart:
    """The parts of a question: asks "How much is", noun phrase "the deposit", tail " in the lease"."""

    asks: str
    noun_phrase: str
    tail: str

    @property
    def head(self) -> str:
        """The stem of the noun phrase's noun."""
        return stem(self.noun_phrase.split()[-1])


def tokens_of(text: str) -> list[Token]:
    """Returns the tokens in order."""
    return [Token(found.group(), found.group().lower(), found.start(), found.end()) for found in TOKEN.finditer(text)]


def without_times(text: str) -> str:
    """Returns `text` with dates and years blanked out, so that "May 2020" contains no verb; offsets stay valid."""
    return _TIME.sub(lambda found: " " * len(found.group()), text)


def slots_of(text: str) -> list[Slot]:
    """Returns everything that can be replaced, in order and without overlaps."""
    found: list[Slot] = []
    for finder in (_sections, _times, _amounts, _files, _documents, _parties):
        for slot in finder(text):
            if all(slot.end <= other.start or slot.start >= other.end for other in found):
                found.append(slot)
    return sorted(found)


def main_of(text: str) -> MainPart | None:
    """Returns the one thing that a question such as "What is the …?" asks for; None for other forms."""
    found = _MAIN.match(text)
    if not found:
        return None
    object_text = found["thing"]
    tokens = tokens_of(object_text)
    if any(token.lower in AUXILIARIES or token.lower in CONJUNCTIONS - {"and", "or"} for token in tokens):
        return None
    cut = next((token.start for token in tokens if token.lower in PREPOSITIONS), len(object_text))
    noun = object_text[:cut].rstrip()
    return MainPart(found["asks"], noun, object_text[len(noun) :]) if len(noun.split()) > 1 else None


def objects_of(text: str, slots: list[Slot]) -> tuple[list[str], bool]:
    """Returns other things with an article outside the slots, and whether the end of one of them is unclear."""
    tokens, objects, unclear = tokens_of(text), [], False
    for at, token in enumerate(tokens):
        if token.lower not in DETERMINERS or any(slot.start <= token.start < slot.end for slot in slots):
            continue
        if at and tokens[at - 1].lower in AUXILIARIES | CONJUNCTIONS:
            unclear = True
            continue
        run = _run(tokens, at + 1)
        if run > at + 1:
            objects.append(text[token.start : tokens[run - 1].end])
    if len(tokens) > 1 and tokens[0].lower in ("what", "which") and tokens[1].is_content:
        unclear = True
    return objects, unclear


def prepositional(text: str, preposition: str | None = None) -> tuple[int, int] | None:
    """Characters of the last phrase like "for renewals" that is no slot, from the preposition to its last word."""
    tokens, slots = tokens_of(text), slots_of(text)
    for at in range(len(tokens) - 1, 0, -1):
        if tokens[at].lower not in PREPOSITIONS or (preposition and tokens[at].lower != preposition):
            continue
        first = at + 1
        while first < len(tokens) and tokens[first].lower in DETERMINERS:
            first += 1
        run = _run(tokens, first)
        taken = any(slot.end > tokens[at].start and slot.start < tokens[run - 1].end for slot in slots)
        if run > first and not taken:
            return tokens[at].start, tokens[run - 1].end
    return None


def _run(tokens: list[Token], first: int) -> int:
    """Returns the index after the run of content words that starts at `first`."""
    at = first
    while at < len(tokens) and tokens[at].is_content:
        at += 1
    return at


def _sections(text: str) -> Iterator[Slot]:
    return (Slot(found.start(), found.end(), "section") for found in _SECTION.finditer(text))


def _times(text: str) -> Iterator[Slot]:
    return (Slot(found.start(), found.end(), "time") for found in _TIME.finditer(text))


def _amounts(text: str) -> Iterator[Slot]:
    return (Slot(found.start(), found.end(), "amount") for found in _AMOUNT.finditer(text))


def _files(text: str) -> Iterator[Slot]:
    for found in FILE.finditer(text):
        tokens = [token for token in tokens_of(text[: found.end()]) if token.end > found.start()]
        first = next((at for at, token in enumerate(tokens) if token.is_content), 0)
        # A name may have several words, but after "Which" its first ones are the question's: "Which law governs a.pdf".
        if first and tokens[first - 1].lower in QUESTION_WORDS and "." in tokens[-1].text:
            first = len(tokens) - 1
        yield Slot(tokens[first].start, found.end(), "document")


def _documents(text: str) -> Iterator[Slot]:
    """Yields documents: "the Larkspur services agreement", "Supply Agreement", with an article or a name."""
    tokens = tokens_of(text)
    for at, token in enumerate(tokens):
        if token.lower not in DOCUMENT_NOUNS or (at + 1 < len(tokens) and tokens[at + 1].lower in DOCUMENT_NOUNS):
            continue
        first = at
        while first > 0 and at - first < _LONGEST_NAME and tokens[first - 1].is_content and _near(text, tokens, first):
            first -= 1
        article = first > 0 and tokens[first - 1].lower in DETERMINERS
        if article:
            first -= 1
        else:
            while first <= at and not tokens[first].text[0].isupper():
                first += 1
            if first > at or (first == at and at == 0):
                continue
        # In "Must the borrower report" and "does Acme lease" the noun is a verb with a subject.
        does = first > 0 and tokens[first - 1].lower in AUXILIARIES
        doer = not article or any(other.lower in PARTIES for other in tokens[first:at])
        if _is_complete(tokens, first, at, text) and not (does and doer):
            yield Slot(tokens[first].start, token.end, "document")


def _parties(text: str) -> Iterator[Slot]:
    """Yields roles ("the tenant", "employees", "the other party") and names (runs of capitals inside the question)."""
    tokens = tokens_of(text)
    at = 0
    while at < len(tokens):
        word = tokens[at].lower
        if word in PARTIES or word.removesuffix("s") in PARTIES or word == "parties":
            first = at
            if first > 0 and tokens[first - 1].lower in ("other", "receiving", "disclosing"):
                first -= 1
            elif word == "side":
                at += 1
                continue
            if first > 0 and tokens[first - 1].lower in DETERMINERS:
                first -= 1
            if _is_complete(tokens, first, at, text):
                yield Slot(tokens[first].start, tokens[at].end, "party")
            at += 1
        elif at > 0 and _is_name(tokens[at]):
            last = at
            while last + 1 < len(tokens) and _is_name(tokens[last + 1]) and _near(text, tokens, last + 1):
                last += 1
            yield Slot(tokens[at].start, tokens[last].end, "party")
            at = last + 1
        else:
            at += 1


def _is_name(token: Token) -> bool:
    return token.text[0].isupper() and token.is_content


def _near(text: str, tokens: list[Token], at: int) -> bool:
    """Whether only white space, "&" or a hyphen separates a token from the one before it."""
    return not text[tokens[at - 1].end : tokens[at].start].strip(" &-")


def _is_complete(tokens: list[Token], first: int, last: int, text: str) -> bool:
    """Whether [first, last] is complete: "the lease" is not in "the lease term", but is in "does the lease end"."""
    if last + 1 >= len(tokens) or not tokens[last + 1].is_content or not _near(text, tokens, last + 1):
        return True
    following = tokens[last + 1]
    if following.lower in _COMPOUNDS:
        return False
    if following.text[0].isupper() and tokens[last].text[0].islower():
        return True
    led_by = tokens[first - 1].lower if first else ""
    return led_by in CONJUNCTIONS or any(token.lower in AUXILIARIES for token in tokens[:first])
