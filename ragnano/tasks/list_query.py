"""Parses what a list is to contain: the kind of sentence, its topic, and who is bound or entitled. Text only."""

import re
from dataclasses import dataclass

from ragnano.tasks.classification import DOCUMENT_NOUN
from ragnano.tasks.salience import BAN, DEFINES, DUTY, RIGHT
from ragnano.tasks.sections import Sentence, name_of
from ragnano.text.entities import AMOUNT, DATE, DURATION, SHARE
from ragnano.text.legal_terms import ROLES
from ragnano.text.query import synonym_stems
from ragnano.text.word_lists import ATTACHMENT_WORD, CLAUSE_WORD
from ragnano.text.words import content_stems, stem, words

BESIDE = 0.7
"""Weight of a word of the topic that occurs only in the heading, and of payment words if the sentence has an amount."""

_MONEY = re.compile(f"(?:{AMOUNT.pattern})|(?:{SHARE.pattern})", re.IGNORECASE)
_DEADLINE = re.compile(
    rf"(?:{DURATION.pattern})|\b(?:by|before|until|than)\s+(?:{DATE.pattern})|\bfirst day of\b", re.IGNORECASE
)
_BINDING = (BAN, DUTY, RIGHT)
# Names of what a list contains -> the pattern of such a sentence. The first match counts.
KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("restriction prohibition ban limitation", BAN),
    ("obligation duty responsibility requirement commitment covenant undertaking", DUTY),
    ("right permission entitlement option", RIGHT),
    ("deadline", _DEADLINE),
    ("period duration", DURATION),
    ("date", DATE),
    ("amount fee charge price cost sum payment penalty", _MONEY),
    ("definition defined", DEFINES),
)
# Words that mean only that something is listed, not what.
_EMPTY = frozenset(
    stem(word)
    for word in """
    mention reference provision clause section sentence place passage thing item kind type list term different
    various relevant important party parties agreement
    """.split()
)
_PAYING = frozenset(stem(word) for word in "pay payment fee charge price cost amount money financial".split())
_PAYS = re.compile(
    r"\b(?:(?:re|pre)?pa(?:y|ys|id|yable)|reimburses?|refunds?|remits?|to deposit|(?:shall|must|will) deposit)\b", re.I
)
_ROLE = rf"(?:{'|'.join(ROLES.split())})"
_NAME = rf"(?:(?-i:[A-Z][\w&-]+)|{_ROLE})"
_OWNER = re.compile(
    rf"\b({_NAME})(?:['’]s|s['’])(?=\s)|\b(?:of|on|by|for)\s+(?:(?:the|each|a)\s+)?({_NAME})\b", re.IGNORECASE
)
_NO_OWNER = re.compile(rf"{DOCUMENT_NOUN}|{CLAUSE_WORD}|{ATTACHMENT_WORD}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """`kind`: pattern of the sentences (None: any). `topic`: stems. `who`: a party or its role ("": anybody).

    `places`: stems of places, which must occur themselves: neither synonyms nor similarity count.
    """

    kind: re.Pattern[str] | None
    topic: tuple[str, ...]
    who: str = ""
    places: frozenset[str] = frozenset()

    def coverage(self, sentence: Sentence) -> float:
        """Share, 0 to 1, of the topic in the sentence and its heading, synonyms included; 1 without a topic."""
        if not self.topic:
            return 1.0
        sentence_stems = set(content_stems(f"{sentence.lead} {sentence.text}"))
        above = set(content_stems(name_of(sentence.chunk.section)))
        counted = []
        for part in self.topic:
            alternatives = {part, *synonym_stems(part)}
            paid = part in _PAYING
            if sentence_stems & alternatives or (paid and _PAYS.search(sentence.text)):
                counted.append(1.0)
            else:
                beside = above & alternatives or (paid and _MONEY.search(sentence.text))
                counted.append(BESIDE if beside else 0.0)
        return sum(counted) / len(counted)

    def names_the_places(self, sentence: Sentence) -> bool:
        """Whether the sentence names every place of the topic, such as New York."""
        return self.places <= set(content_stems(f"{sentence.lead} {sentence.text}"))

    def is_called(self, heading: str) -> bool:
        """Whether a heading contains all words of the topic: "Events of Default" for the events of default."""
        return bool(self.topic) and set(self.topic) <= set(content_stems(heading))

    def fits(self, sentence: Sentence, names: tuple[str, ...]) -> bool:
        """Whether the sentence is of the kind, and binds or entitles one of `names` (() for anybody)."""
        if self.kind is None:
            return True
        text = f"{sentence.lead} {sentence.text}"
        if not self.kind.search(text) or (self.kind is not DEFINES and DEFINES.search(text)):
            return False
        return not names or any(_concerns(name, self.kind, text) for name in names)


def read_list_query(text: str) -> ListQuery:
    """Parses what is to be listed: "payment obligations of the Tenant" is duties, payment, Tenant."""
    stems = content_stems(text)
    for names, kind in KINDS:
        heads = {stem(name) for name in names.split()}
        if matched := heads.intersection(stems):
            who = _owner(text) if kind in _BINDING else ""
            left = [part for part in stems if part not in matched | _EMPTY and part != stem(who)]
            return ListQuery(kind, tuple(left), who)
    return ListQuery(None, tuple(part for part in stems if part not in _EMPTY) or tuple(stems))


def _owner(text: str) -> str:
    names = (one or other for one, other in _OWNER.findall(text))
    return next((name for name in names if not _NO_OWNER.fullmatch(name)), "")


def _concerns(name: str, kind: re.Pattern[str], text: str) -> bool:
    """Whether the named party, or every party, is bound or entitled: "Tenant shall pay", "shall be paid by Tenant"."""
    who = rf"\b(?:{re.escape(name)}|each party|either party|both parties|the parties|neither party)\b"
    # No other verb, and no other name after a comma, may come between the two: "If Tenant overpays, Landlord shall".
    between = r"(?:(?!\b(?:shall|must|will|may)\b|,\s(?:the\s)?(?-i:[A-Z]))[^.;:]){0,60}?"
    if re.search(rf"{who}{between}(?:{kind.pattern})", text, re.IGNORECASE):
        return True
    as_it = rf"\b(?:if|when|where|once)\s+(?:the\s+)?{re.escape(name)}\b[^.;]*?,\s(?:it|they)\s+(?:{kind.pattern})"
    if re.search(as_it, text, re.IGNORECASE):
        return True
    by_name = rf"\b(?:(?:shall|must|will|may) be|due|payable) (?:[\w-]+ ){{0,4}}by (?:the )?{re.escape(name)}\b"
    return re.search(by_name, text, re.IGNORECASE) is not None


def role_of(name: str, opening: str) -> str:
    """Returns a contract's term for a party ("Borrower" for "Oakhelm"), "" if its opening does not define one."""
    if re.fullmatch(_ROLE, name, re.IGNORECASE):
        return ""
    found = re.finditer(
        rf"\b{re.escape(name)}\b(?:[^“”\"();]{{0,60}}?\bas (?P<as>{_ROLE})\b"
        r"|[^“”\"()]{0,120}\([^()“”\"]{0,30}[“\"](?P<role>[A-Z][\w-]+)[”\"])",
        opening,
        re.IGNORECASE,
    )
    roles = (match["as"] or match["role"] for match in found)
    return next((role for role in roles if not _NO_OWNER.fullmatch(role)), "")


def same_words(text: str) -> str:
    """Returns a key that is equal for sentences that differ only in numbering, case and punctuation."""
    return " ".join(words(text))
