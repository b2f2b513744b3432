"""Substitutes what a follow-up names for its counterpart in the previous question. Works on text alone."""

import re
from dataclasses import dataclass

from ragnano.conversations.question_slots import DETERMINERS, FILE, PREPOSITIONS, Slot, main_of, prepositional, slots_of
from ragnano.text.words import stem

PREFIX = re.compile(r"^(?:in|under|for|according to)\s+(?:[^:?]{3,300}:|[^:?,]{3,300},)\s+(?=\S)", re.I)
_WHEN = (" after", " before", " until", " since", " during", " if", " when", " while", " once")
_NAMED_HEAD = re.compile(
    r"\b(?:the|our|my|your)\s+[A-Z][\w&'’-]*\s+$", re.ASCII
)  # "the Ironvale", before its "employee"
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_OBJECT_OF = ("for", "of", "about", "on", "against", "from", "with", "without", "regarding", "concerning")
_THING_OF = ("about", "on", "against", "regarding", "concerning")


@dataclass(frozen=True, slots=True)
class Fragment:
    """What a follow-up without a verb names: "for", "the other party". `cued` is true after "and", "what about", …"""

    preposition: str
    words: str
    cued: bool


def substituted(fragment: Fragment, previous: str) -> str | None:
    """Returns `previous` with the fragment in place of its counterpart."""
    slots = slots_of(previous)
    for kind in ("section", "time", "amount", "document"):
        if _names_only(fragment, kind):
            found = [slot for slot in slots if slot.kind == kind and not _sets_a_time(previous, slot)]
            if found:
                return _put(previous, found[-1], fragment)
    numbered = [slot for slot in slots if slot.kind == "section"]
    if numbered and _NUMBER.fullmatch(fragment.words):
        number = previous.rindex(" ", numbered[-1].start, numbered[-1].end) + 1
        return previous[:number] + fragment.words + previous[numbered[-1].end :]
    if _names_only(fragment, "party"):
        parties = [slot for slot in slots if slot.kind == "party"]
        replaced = _replace_party(fragment, previous, parties)
        return replaced or (_rename_document(fragment, previous, slots) if is_named(fragment.words) else None)
    return _replace_object(fragment, previous)


def _names_only(fragment: Fragment, kind: str) -> bool:
    """Whether the whole fragment names one thing of this kind."""
    # As it would appear inside a question, where a capital at its start does not come from opening a sentence.
    padded = ("for " if fragment.cued or fragment.preposition else "") + fragment.words
    slots = [slot for slot in slots_of(padded) if slot.kind == kind]
    return len(slots) == 1 and padded[slots[0].start : slots[0].end] == padded[len(padded) - len(fragment.words) :]


def _sets_a_time(previous: str, slot: Slot) -> bool:
    """Whether a document is mentioned only to give a time: "after the lease has ended"."""
    return slot.kind == "document" and previous[: slot.start].lower().rstrip().endswith(_WHEN)


def _put(previous: str, slot: Slot, fragment: Fragment) -> str:
    """Puts the fragment into the slot; the fragment's own preposition replaces the one before the slot."""
    head, words = previous[: slot.start], fragment.words
    last = head.split()[-1] if head.split() else ""
    if _NAMED_HEAD.search(head) and words.split()[0].lower() in DETERMINERS:
        words = words.partition(" ")[2]
    if fragment.preposition and fragment.preposition != "for":
        if last.lower() in PREPOSITIONS:
            head = head.rstrip()[: -len(last)] + fragment.preposition + " "
        elif slot.kind in ("time", "amount"):
            head += fragment.preposition + " "
    return sentence(head + words + previous[slot.end :])


def _rename_document(fragment: Fragment, previous: str, slots: list[Slot]) -> str | None:
    """Puts a name in the place of the document's: "the Wadeley yeast agreement" becomes "the Stonebeck agreement".

    A question that names neither document nor party is asked for the name.
    """
    documents = [slot for slot in slots if slot.kind == "document" and not _sets_a_time(previous, slot)]
    if not documents:
        named = any(slot.kind == "party" and is_named(previous[slot.start :]) for slot in slots)
        return None if named or PREFIX.match(previous) else f"For {fragment.words}: {decapitalised(previous)}"
    slot = documents[-1]
    words = previous[slot.start : slot.end].split()
    if FILE.search(previous[slot.start : slot.end]):
        return sentence(f"{previous[: slot.start]}the {fragment.words} document{previous[slot.end :]}")
    article = words[0] if words[0].lower() in DETERMINERS else "the"
    return sentence(f"{previous[: slot.start]}{article} {fragment.words} {words[-1]}{previous[slot.end :]}")


def _replace_party(fragment: Fragment, previous: str, parties: list[Slot]) -> str | None:
    texts = [previous[slot.start : slot.end] for slot in parties]
    normalized = [_without_article(text) for text in texts]
    if _without_article(fragment.words).startswith("other "):
        if len(parties) == 2:
            return _swapped(previous, parties)
        return _put(previous, parties[0], fragment) if len(parties) == 1 else None
    if len(parties) == 2 and normalized[1] == _without_article(fragment.words):
        return _swapped(previous, parties)
    if not parties or _without_article(fragment.words) in normalized:
        return None
    alike = [slot for slot, text in zip(parties, texts, strict=True) if is_named(text) == is_named(fragment.words)]
    led = [slot for slot in parties if previous[: slot.start].rstrip().lower().endswith(" " + fragment.preposition)]
    chosen = (led if fragment.preposition and led else alike or parties)[0]
    return _put(previous, chosen, fragment)


def _swapped(previous: str, parties: list[Slot]) -> str:
    first, second = parties
    return sentence(
        previous[: first.start]
        + previous[second.start : second.end]
        + previous[first.end : second.start]
        + previous[first.start : first.end]
        + previous[second.end :]
    )


def _without_article(words: str) -> str:
    """Returns the words in lower case, without an article."""
    head, _, tail = words.lower().partition(" ")
    return tail if tail and head in DETERMINERS - {"other"} else words.lower()


def is_named(words: str) -> bool:
    return words[:1].isupper()


def _replace_object(fragment: Fragment, previous: str) -> str | None:
    """Replaces "for renewals" by another such phrase, or the thing asked for by another thing."""
    if fragment.preposition:
        place = prepositional(previous, fragment.preposition)
        phrase = f"{fragment.preposition} {fragment.words}"
        return sentence(previous[: place[0]] + phrase + previous[place[1] :]) if place else None
    definite = fragment.words.split()[0].lower() in DETERMINERS
    prefix = PREFIX.match(previous)
    head = prefix.group() if prefix else ""
    main = main_of(previous[len(head) :])
    if main and definite:
        same_kind = stem(fragment.words.split()[-1]) == main.head
        asks = main.asks if same_kind else "What are" if is_plural(fragment.words) else "What is"
        asks = decapitalised(asks) if head else asks
        return sentence(head + f"{asks} {fragment.words}{main.tail}?")
    place = prepositional(previous)
    if place and fragment.cued:
        preposition, _, _ = previous[place[0] : place[1]].partition(" ")
        if preposition.lower() in (_THING_OF if definite else _OBJECT_OF):
            return sentence(previous[: place[0]] + f"{preposition} {fragment.words}" + previous[place[1] :])
    return None


def is_plural(words: str) -> bool:
    last = words.split()[-1].lower()
    return last.endswith("s") and not last.endswith("ss")


def decapitalised(text: str) -> str:
    """Returns `text` for use inside a sentence; abbreviations such as "VAT" stay."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def sentence(text: str) -> str:
    """Returns `text` with an initial capital and a punctuation mark at the end."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith(("?", ".", "!")) else "?")
