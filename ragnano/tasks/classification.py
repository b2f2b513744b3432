"""Classifies a question as a lookup, a summary or a list. Works on text alone, without store or model.

Conservative on purpose: a question wrongly classified as a list or a summary gets a long answer beside the point, so
only forms that ask for a whole count, and "What are the payment terms?" stays a lookup.
"""

import re
from dataclasses import dataclass
from typing import Literal

from ragnano.answering.clause_lookup import clause_asked
from ragnano.text.file_names import ENDING
from ragnano.text.query import read_question
from ragnano.text.word_lists import ATTACHMENT_WORD, CLAUSE_WORD
from ragnano.text.words import fold

TaskKind = Literal["lookup", "summary", "list"]

DOCUMENT_NOUN = (
    r"(?:agreements?|contracts?|documents?|files?|leases?|letters?|amendments?|addend(?:um|a)|polic(?:y|ies)|nda|"
    r"licen[cs]es?|deeds?|guarant(?:y|ee)s?|memorandum|terms (?:and conditions|of (?:use|service))|pdf)"
)
"""Common names of documents, for a pattern that ignores case."""

_FILE = rf"\S+{ENDING}"
_ABOUT_ONE = re.compile(rf"^(?:this|it)$|\b{DOCUMENT_NOUN}\b|{_FILE}|(?-i:\b[A-Z][a-z]|\b[A-Z]{{2,}})", re.IGNORECASE)
_PART_NUMBER = re.compile(rf"^(?:the )?(?:{CLAUSE_WORD}|{ATTACHMENT_WORD})\b", re.IGNORECASE)

_POLITE = re.compile(
    r"^(?:(?:please|kindly|ok|okay|hi|hello)\b[\s,]*|(?:can|could|would|will) you (?:please )?|"
    r"i(?:'d| would) like (?:you to|to have|to see)? ?|i (?:want|need) (?:you to )?)+",
    re.IGNORECASE,
)
_PLACE = re.compile(r"^(?:in|under|from|according to|for)\s+.{3,300}?[,:]\s+(?=\S.{6,})", re.IGNORECASE)
_END = re.compile(r"[\s?.!,:;]*(?:\b(?:please|for me|briefly|in brief|in short)\b[\s?.!,:;]*)*$", re.IGNORECASE)

_BRIEF = r"(?:(?:very|short|brief|quick|concise|one-page|high-level|plain|executive) )*"
_SUMMARY_NOUN = r"(?:summary|overview|synopsis|gist|digest|recap|run-?down|tl;?\s?dr)"

# Each pattern removes the words of the task; the group "rest" is what the task is about.
_SUMMARIES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(?:briefly |quickly )?(?:summari[sz]e|recap)\b(?! judgment)(?P<rest>.*)$",
        r"^sum up\b(?! to\b)(?!.{0,40}\b(?:amounts?|fees|figures|numbers|costs|payments|totals?)\b)(?P<rest>.*)$",
        rf"^(?:give|show|get|write|make|prepare|draft)(?: me| us)? (?:an?|the) {_BRIEF}{_SUMMARY_NOUN}\b(?P<rest>.*)$",
        rf"^(?:an? |the )?{_BRIEF}{_SUMMARY_NOUN}(?: (?P<rest>(?:of|on|about|for|please)\b.*))?$",
        r"^what(?:'s|’s| is) the (?:summary|gist|synopsis) of\b(?P<rest>.*)$",
        r"^tl;?\s?dr\b(?P<rest>.*)$",
        r"^(?P<rest>.*)\btl;?\s?dr$",
        r"^walk me through\b(?P<rest>.*)$",
    )
)
# These count only if what they are about is a document, or is not stated.
_OF_A_DOCUMENT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^what(?:'s|’s| is| are)(?P<rest> .{2,200}?)(?: all)? about$",
        r"^(?:(?:what are|tell me|give me|list) )?(?:the |its )?(?:key|main|most important|principal|essential) "
        r"(?:terms|points|provisions|clauses|takeaways)(?: and conditions)?(?P<rest>(?: (?:of|in|from)\b.*)?)$",
    )
)
_ALL = r"(?:all|every|each)(?: of)?\b(?: the\b| (?:single )?(?!about\b))"
_LISTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(?:list|enumerate|itemi[sz]e)\b(?! prices?\b)(?: out| down)?(?: me| us)?(?: (?:all|every|each))?"
        r"(?: of)?(?: the)?\b(?P<rest>.*)$",
        r"^(?:(?:give|show|make|get|write)(?: me| us)? )?(?:a |the )?(?:full |complete )?"
        r"list of(?: all)?(?: the)?\b(?P<rest>.*)$",
        rf"^(?:find|show|give|name|identify|extract|tell|get|collect|state)(?: me| us)? {_ALL}(?P<rest>.*)$",
        r"^(?:what|which) are all(?: of)?(?: the)?\b(?P<rest>.*)$",
        r"^(?:what|which) (?P<rest>\S.*?) (?:are there|exist)\b(?P<more>.*)$",
    )
)
# Plural nouns ask several documents, so that no single one of them can answer.
_SEVERAL = r"(?:agreements|contracts|leases|ndas|documents|files)"
_EACH = (
    r"(?:each|every)(?: single)? (?:agreement|contract|document|lease|licen[cs]e|file)"
    rf"|each of (?:the|these|our|my) {_SEVERAL}"
)
_ACROSS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^(?:which|what)(?: of (?:the|these|those|our|my))? {_SEVERAL} (?P<rest>(?:have(?! been\b)|contain|include|"
        r"mention|provide|allow|permit|forbid|prohibit|require|restrict|expire|end|renew|refer|limit|cap|state|say|speak)"
        r"\b.*)$",
        r"^which(?: of (?:the|these|those|our|my))? (?:agreements|contracts|leases|ndas) (?P<rest>are\b.*)$",
        rf"^(?P<rest>(?:what|which|who|whom|whose|when|where|how)\b.*?)(?: (?:in|of|under|for|by|to))? (?:{_EACH})$",
        rf"^(?:in|under|for) (?:{_EACH})[,:]? (?P<rest>(?:what|which|who|whom|whose|when|where|how)\b.*)$",
    )
)


@dataclass(frozen=True, slots=True)
class Task:
    """The requested task. `focus` is the question without the words of the task: "payment obligations of the
    Tenant"."""

    kind: TaskKind
    focus: str


def recognise(question: str) -> Task:
    """Returns the task of a question. The focus of a lookup is the whole question."""
    text = fold(question)
    if clause_asked(read_question(text)) is not None:
        return Task("lookup", text)  # the clause itself, whole
    request = _END.sub("", _POLITE.sub("", text))
    place = None if _ACROSS[-1].match(request) else _PLACE.match(request)
    where, request = (place.group(), request[place.end() :]) if place else ("", request)
    if (about := _summarised(request)) is not None:
        return Task("summary", where + about)
    if (about := _listed(request)) is not None:
        return Task("list", where + about)
    return Task("lookup", text)


def _summarised(request: str) -> str | None:
    """Returns what is to be summarised ("" if not stated), None if no summary is asked for."""
    for pattern in _SUMMARIES:
        if found := pattern.match(request):
            return _without_connector(found["rest"] or "")
    for pattern in _OF_A_DOCUMENT:
        if found := pattern.match(request):
            about = _without_connector(found["rest"] or "")
            if not about or (_ABOUT_ONE.search(about) and not _PART_NUMBER.match(about)):
                return about
    return None


def _listed(request: str) -> str | None:
    """Returns what is to be listed, None if no list is asked for."""
    for pattern in (*_LISTS, *_ACROSS):
        if found := pattern.match(request):
            return _without_connector(found["rest"] + (found.groupdict().get("more") or ""))
    return None


def _without_connector(rest: str) -> str:
    """Returns the rest of a request without the word that connected it to its verb."""
    return re.sub(r"^(?:of|on|about|for|from)\b\s*", "", rest.strip(" ,:;-–?."), flags=re.IGNORECASE)
