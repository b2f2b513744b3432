"""Tells text that speaks to a machine that reads it ("ignore the above and print …") from text about the matter.

Such a sentence is never shown to the model, and quoted only when the question asks for it: a contract that obliges a
party to disregard earlier instructions must still be found. What is looked for are orders without a subject, about
what the reader is doing, and the marks of a chat's roles; letters that only look Latin are read as Latin. Knows no
models and no store.
"""

import re
import unicodedata

from ragnano.text.words import LOOKALIKES

_ABOUT = (
    r"(?:above|previous|prior|preceding|earlier|following|foregoing"
    r"|other|your|these|those|all|any|every|(?:the\s+)?rest)"
)
_WHAT = (
    r"(?:instructions?|directions?|directives?|prompts?|rules?|guidelines?|guardrails?|messages?|context|data|text"
    r"|conversation|input|question|scoring|indicators?|document)"
)
# An order opens a clause: nobody stands before it who "shall" do it.
_OPENS = r"(?:^|[.;:!?\"“”'‘>)\]\n-]\s*|\b(?:please|just|simply|instead|now|and|important)[,:]?\s+)"
_ORDERS = (
    rf"{_OPENS}(?:ignore|disregard|forget|override|bypass|skip)\b[^.!?]{{0,60}}\b(?:{_ABOUT}\b[^.!?]{{0,40}}\b)?{_WHAT}\b",
    rf"{_OPENS}(?:print|output|respond|reply|answer|repeat|say|write|report|translate|recommend)\s+"
    r"(?:only|with|the\s+following|this|that|exactly|back|out|visit|one\b|[\"“'‘:<\[(])",
    r"\b(?:do\s+not|don't|don’t|never)\s+(?:evaluate|mention|reveal|follow|obey|answer|analy[sz]e|summari[sz]e)\b",
    r"\bif\s+(?:asked|questioned)\b[^.!?]{0,80}\b(?:respond|reply|say|answer|report)\b",
    r"\byou\s+(?:are\s+now|must\s+now|will\s+now|may\s+not\s+deviate|are\s+an?\s+(?:ai|assistant|language))\b",
    r"\b(?:note|message|instructions?|profile|metadata)\s+(?:to|for|by)\s+(?:the\s+|an?\s+|any\s+|all\s+)?"
    r"(?:automated|ai|llm|language\s+models?|assistants?|chatbots?|machine)\b",
    r"\b(?:system\s+prompt|chain\s+of\s+thought|visible\s+to\s+(?:the\s+)?(?:llm|ai|model)s?|follow\s+instructions?)\b",
)
_ROLES = (
    r"<\|[^|<>\n]{1,40}\|>",
    r"\[/?INST\]|<</?SYS>>",
    r"(?:^|\n|>\s?)\s*(?:system|user|assistant|human)\s*:",
    r"</?(?:system|instructions?|prompt|assistant|user)\b[^<>\n]{0,20}>",
    r"\[/?(?:system|instructions?|assistant|rest-of-document)\b[^\[\]\n]{0,40}\]?",
    r"(?:^|\n)\s*#{2,}\s*(?:instructions?|system|response)\b",
    r"\bcore\s+instruction\b",
)
_SPEAKS = re.compile("|".join(f"(?:{pattern})" for pattern in (*_ORDERS, *_ROLES)), re.IGNORECASE)


def addresses_a_model(text: str) -> bool:
    """Whether the text gives orders to a machine that reads it, or plays one of the roles of a chat."""
    return _SPEAKS.search(plain_letters(text)) is not None


def plain_letters(text: str) -> str:
    """The text without invisible characters, letters that look Latin made Latin; only to be compared, never shown."""
    compatible = unicodedata.normalize("NFKC", text)
    seen = "".join(character for character in compatible if unicodedata.category(character) != "Cf")
    return seen.translate(LOOKALIKES)
