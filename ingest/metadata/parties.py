"""Finds the parties of a contract in its introduction; returns none where the text is not plain."""

import re

from ragnano.text.word_lists import LEGAL_FORM

_MOST_PARTIES = 6
_OPENS = re.compile(r"\b(?:by and among|by and between|between|among)\b\s*:?|\bPARTIES\b:?|\bentered into by\b", re.I)
BODY = re.compile(
    r"\b(?:WHEREAS|W\s?I\s?T\s?N\s?E\s?S\s?S|RECITALS?|BACKGROUND|NOW,? THEREFORE|Whereas|Recitals|Background)\b"
    r"|(?i:\bagree[ds]? as follows)"
)
"""What follows a contract's introduction: recitals, or the clauses."""
_MOST_INTRODUCTION = 2_500  # characters; four parties with seats and roles come to about that
_JOINT = re.compile(r"(?:\b(?:and|AND|And)\b:?|[;\n]|\((?:\d|[a-z])\)|\b\d\.(?=\s))\s*")
_LEAD = re.compile(r"(?:[\s,;:.]|\(?\d[).]\s|\([a-z]\))+")
_NAME_ENDS = re.compile(
    r"""
    \s*,\s*(?:an?|the|having|with|whose|which|located|organi[sz]ed|incorporated|acting|duly|as|of|and|by|through|
        collectively|together|on\s+behalf)\b
    | \s+(?:an?|having|with|whose|located|organi[sz]ed|acting|duly|as|is|are|was|c/o|both|each|and|And|AND|its|through|
        on\s+behalf|dated|for\s+the|Room|Suite)\b
    | \s+of\s+(?:\d|[A-Z]) | (?:,\s*|\s+)\d+\s+\w
    | \s*\((?![A-Z][\w\ .]{1,20}\))                   # "(USA)" is part of a name, "(the “Buyer”)" is not
    | \s*[\[;:“"] | \n
    | (?<!\bInc)(?<!\bCorp)(?<!\bCo)(?<!\bLtd)(?<!\b[A-Z])(?<!\bSt)\.\s
    """,
    re.X,
)
# A company form in the name, or words that follow only names: "(the “Provider”)", ", a Delaware corporation".
_FORM = re.compile(
    rf"\b(?:{LEGAL_FORM}|bank|trust|association|university|partners|foundation|authority|city|county|state)\b",
    re.I,
)
_BEHIND_NAME = re.compile(
    r"^\s*,?\s*(?:\([^()]{0,60}[“\"‘']|(?:an?|the)\s+(?:[\w.]+\s+){0,4}(?:corporation|company|individual|partnership|resident|"
    r"limited|association|bank|trust|division|citizen)|an individual|as\s+the\b|hereinafter)",
    re.I,
)
_NO_PARTY = re.compile(
    r"^(?:this|the\s+(?:company|part|agent|trust)|party|parties|agreement|schedule|exhibit|appendix|section|table|dated|all|each|any|date)\b|"
    r"\b(?:agreement|schedules|exhibits|laws)\b",
    re.I,
)
_SMALL_IN_NAMES = frozenset({"and", "of", "the", "for", "de", "van", "von", "der", "la", "in", "on", "&"})


def parties_of(text: str) -> tuple[str, ...]:
    """Returns the parties of the contract in the order named, () when the text does not name them plainly."""
    for opening in _OPENS.finditer(text):
        rest = text[opening.end() : opening.end() + _MOST_INTRODUCTION]
        body = BODY.search(rest)
        found = _named(rest[: body.start()] if body else rest)
        if len(found) >= 2:
            return found
    return ()


def _named(text: str) -> tuple[str, ...]:
    """Returns the parties in an introduction: names at its beginning and after its joints ("and", ";", "(2)")."""
    names: list[str] = []
    end = 0
    for start in (0, *(joint.end() for joint in _JOINT.finditer(text))):
        if start < end:
            continue
        if names and start - end > 900:
            break
        name, stop = _name(text, start)
        if not name or name in names:
            if not names and start == 0 and text[:200].strip().lower().startswith(("the parties", "the company")):
                break
            continue
        names.append(name)
        end = stop
        if len(names) == _MOST_PARTIES:
            break
    return tuple(names)


def _name(text: str, start: int) -> tuple[str, int]:
    """Returns the party's name that begins at `start` and its end; ("", start) when there is no party there."""
    lead = _LEAD.match(text, start)
    begin = lead.end() if lead else start
    ends = _NAME_ENDS.search(text, begin + 2, begin + 160)
    stop = ends.start() if ends else min(len(text), begin + 160)
    name = " ".join(text[begin:stop].split()).strip(" ,;")
    words = name.split()
    if not 1 <= len(words) <= 10 or len(name) < 3 or _NO_PARTY.search(name) or not _begins_name(words[0]):
        return "", start
    if sum(word[0].islower() and word not in _SMALL_IN_NAMES for word in words[1:]):
        return "", start
    if not (_FORM.search(name) or _BEHIND_NAME.match(text[stop : stop + 120])):
        return "", start
    return name, stop


def _begins_name(word: str) -> bool:
    """Returns True for "iVillage", "2205925 (Ontario Limited)" and "example.com"; False for "offices"."""
    return any(map(str.isupper, word)) or word.isdigit() or "." in word[1:-1]
