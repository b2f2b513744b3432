"""Turns a follow-up ("and for the other party?") into a question that can be asked alone. This is done by code: the
same words always give the same question, and nothing is added that the user did not write.

What the follow-up names replaces what the previous question named of that kind. Pronouns are replaced if only one thing
can be meant. If that is unclear, the follow-up is appended to the previous question. This module looks at no documents.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragnano.conversations.anaphora import Anaphor, anaphora_of
from ragnano.conversations.question_slots import (
    AUXILIARIES,
    DETERMINERS,
    FILE,
    PREPOSITIONS,
    QUESTION_WORDS,
    main_of,
    objects_of,
    slots_of,
    tokens_of,
    without_times,
)
from ragnano.conversations.substitution import (
    PREFIX,
    Fragment,
    decapitalised,
    is_named,
    is_plural,
    sentence,
    substituted,
)
from ragnano.text.query import LONGEST_QUESTION
from ragnano.text.word_lists import DOCUMENT_NOUNS
from ragnano.text.words import content_stems, fold, stem

_CUE = re.compile(
    r"^(?:(?:and|but|or|also|plus|so|then|ok(?:ay)?)\b[,\s]*)*(?:(?:what|how)\s+about\b\s*|(?:the\s+)?same\s+(?=for\b))?",
    re.I,
)
_ABOUT = re.compile(r"\b(?:what|how)\s+about\b\s*$", re.I)
_JOIN = " — "
_JOINED = re.compile(r"(?<=[?.!])" + _JOIN)
_PARTS = re.compile(r",\s*(?:but|and)\s+|\s+but\s+")
_NAMED_ONE = re.compile(r"the (?P<name>[A-ZÀ-Þ][\w&'’-]*(?: [A-ZÀ-Þ][\w&'’-]*)*) one")
_ONE_NAMED = re.compile(
    r"the (?:one|contract|agreement|lease)s? (?:with|of|from|for) (?P<name>[A-ZÀ-Þ][\w&'’-]*(?: [A-ZÀ-Þ][\w&'’-]*)*)"
)
_ORDERS = frozenset(
    "list show give name tell find compare summarise summarize explain describe define quote count enumerate".split()
)
_CLAUSE = re.compile(rf"(?:if|unless|because|in case|when(?!\s+(?:{'|'.join(sorted(AUXILIARIES))})\b))\s", re.I)
_DONE_TO_DOCUMENTS = frozenset(map(stem, "govern sign amend renew terminate expire".split()))
_LONGEST_FRAGMENT = 4  # words, without a preposition at the start; a longer one is a keyword search
_LONGEST_PHRASE = 12  # words, with a preposition at the start


@dataclass(frozen=True, slots=True)
class Reading:
    """The question to ask, and whether it depends on the conversation. If not, it is the typed text itself."""

    text: str
    leans: bool


def read_followup(typed: str, before: str | None, *, listed: bool = False) -> Reading:
    """Interprets `typed` after the question `before` (as interpreted; None or "" at the start of a conversation).

    `listed`: the last answer was a list of documents, which words such as "those" and "its agreement" refer to.
    """
    if not before or len(typed) > LONGEST_QUESTION or not any(character.isalnum() for character in typed):
        return Reading(typed, leans=False)
    text, before = fold(typed), _JOINED.split(fold(before))[0]
    if listed and anaphora_of(text):
        return Reading(typed, leans=True)
    cue = _CUE.match(text)
    opening = cue.group() if cue else ""
    rest = text[len(opening) :]
    if not (opening or _is_fragment(rest) or anaphora_of(rest)):
        return Reading(typed, leans=False)
    made = _complete(rest, opening, before) or f"{before}{_JOIN}{text}"
    return Reading(made if len(made) <= LONGEST_QUESTION else text, leans=True)


def _complete(rest: str, opening: str, before: str) -> str | None:
    """Returns the question that `rest` makes of `before`, or None if it must be appended to it."""
    if not _is_fragment(rest):
        return None if _CLAUSE.match(rest) else _resolve(rest, before)
    words = rest.strip(" ?.!")
    first, _, others = words.partition(" ")
    if first.lower() in QUESTION_WORDS or not words:
        return None
    if len(parts := [part for part in _PARTS.split(words) if part]) > 1:
        return _complete_by_parts(parts, before)
    preposition = first.lower() if first.lower() in PREPOSITIONS and others else ""
    fragment = Fragment(preposition, _name_of_one(others if preposition else words), bool(opening))
    if any(word.lower in QUESTION_WORDS for word in tokens_of(fragment.words)):
        return None
    if made := substituted(fragment, before):
        return made
    if preposition or anaphora_of(rest) or (not opening and " " not in words):
        return None
    carried = _with_context((opening if _ABOUT.search(opening) else "") + rest, before)
    return None if carried is None else sentence(carried)


def _complete_by_parts(parts: Sequence[str], before: str) -> str | None:
    """Returns the question that several fragments make, one after the other: "for Lyngspett, but per month"."""
    made: str | None = before
    for part in parts:
        made = _complete(part, "and ", made) if made else None
    return made


def _name_of_one(words: str) -> str:
    """Returns the name in "the Fernhill one" and "the one with Fernhill"; other words unchanged."""
    named = _NAMED_ONE.fullmatch(words) or _ONE_NAMED.fullmatch(words)
    return named["name"] if named else words


def _is_fragment(rest: str) -> bool:
    """Whether the text contains no recognisable verb: "for renewals?", "how often?", "the other party?"."""
    if prefix := PREFIX.match(rest):
        return prefix.group().rstrip().endswith(",") and _is_fragment(rest[prefix.end() :])
    tokens = tokens_of(without_times(rest))
    words = [token.lower for token in tokens]
    if not words:
        return any(character.isalnum() for character in rest)
    if any(word in AUXILIARIES for word in words) or words[0] in _ORDERS or _CLAUSE.match(rest):
        return False
    if words[0] in QUESTION_WORDS:
        return len(content_stems(rest)) <= 1 and not anaphora_of(rest)
    return len(words) <= (_LONGEST_PHRASE if words[0] in PREPOSITIONS | DETERMINERS else _LONGEST_FRAGMENT)


def _resolve(rest: str, before: str) -> str | None:
    """Returns a whole question with its references replaced by names; None if one cannot be resolved."""
    for found in reversed(anaphora_of(rest)):
        if found.points == "other" or (found.points == "named" and _is_document(found)):
            referent = _the_document(before) if found.points == "named" else None
            if referent is None:
                continue
        else:
            referent = _referent(found, before) or _undergone(found, rest, before)
        if referent is None:
            return None
        if found.owns:
            referent += "'" if referent.endswith("s") else "'s"
        rest = rest[: found.start] + referent + rest[found.end :]
    return sentence(_with_context(rest, before) or rest)


def _undergone(found: Anaphor, rest: str, before: str) -> str | None:
    """Returns the document of the previous question if it contains exactly one: "Which law governs it?" """
    undergoes = found.points == "thing" and any(stem(token.lower) in _DONE_TO_DOCUMENTS for token in tokens_of(rest))
    document = _the_document(before) if undergoes else None
    if document is None:
        return None
    return f"the {document}" if is_named(document) and not FILE.search(document) else document


def _is_document(found: Anaphor) -> bool:
    return any(stem(word) == found.noun for word in DOCUMENT_NOUNS)


def _the_document(before: str) -> str | None:
    documents = [before[slot.start : slot.end] for slot in slots_of(before) if slot.kind == "document"]
    return documents[0] if len(documents) == 1 else None


def _referent(found: Anaphor, before: str) -> str | None:
    """Returns the only possible referent in the previous question, in the words used there."""
    prefix = PREFIX.match(before)
    main = main_of(before[prefix.end() :] if prefix else before)
    whole = main.noun_phrase + main.tail if main else None
    slots = slots_of(before)
    parties = [before[slot.start : slot.end] for slot in slots if slot.kind == "party"]
    if found.points == "named":
        return whole if main and main.head == found.noun else None
    if found.points in ("people", "person"):
        plural = whole if main and found.points == "people" and is_plural(main.noun_phrase) else None
        meant = parties[0] if len(parties) == 1 else None if parties else plural
    elif found.points == "thing":
        others, unclear = objects_of(before, slots)
        documents = [before[slot.start : slot.end] for slot in slots if slot.kind == "document"]
        candidates = [whole] if whole else [*documents, *parties, *others]
        meant = candidates[0] if len(candidates) == 1 and (whole or not unclear) else None
    else:
        meant = None
    if meant and found.owns and any(token.lower in PREPOSITIONS for token in tokens_of(meant)):
        return None
    return meant


def _with_context(text: str, before: str) -> str | None:
    """Returns `text` with the documents or names of the previous question; None if it has its own or there are none."""
    own = slots_of(text)
    if PREFIX.match(text) or any(slot.kind == "document" for slot in own):
        return None
    if prefix := PREFIX.match(before):
        return prefix.group() + decapitalised(text)
    slots = slots_of(before)
    documents = [slot for slot in slots if slot.kind == "document"]
    if documents:
        slot = documents[-1]
        head = before[: slot.start].split()
        preposition = head[-1] if head and head[-1].lower() in ("in", "under", "of", "to") else "in"
        name = before[slot.start : slot.end]
        article = "the " if is_named(name) and not FILE.search(name) else ""
        ends = len(text.rstrip(" ?.!"))
        return f"{text[:ends]} {preposition.lower()} {article}{name}{text[ends:] or '?'}"
    names = [
        before[slot.start : slot.end]
        for slot in slots
        # Not a possession: in "Acme's Vice President" the name is Acme.
        if slot.kind == "party" and is_named(before[slot.start :]) and before[: slot.start][-3:-1] not in ("'s", "’s")
    ]
    if names and not any(slot.kind == "party" and is_named(text[slot.start :]) for slot in own):
        return f"For {' and '.join(dict.fromkeys(names))}: {decapitalised(text)}"
    return None
