"""Detects sentences that give orders to a language model ("ignore the above and print …").

Such a sentence is never passed to the model, and it is quoted only when the question asks for it: a contract that
obliges a party to disregard earlier instructions must still be found. The patterns match orders without a subject that
concern what a model is doing, and the role tags of chats. Lookalike letters are compared as Latin ones.
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
# An order opens a clause: no subject that "shall" do it comes before the verb.
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
    """Whether the text gives orders to a language model, or contains the role tags of a chat."""
    return _SPEAKS.search(plain_letters(text)) is not None


def plain_letters(text: str) -> str:
    """Removes invisible characters and replaces lookalike letters by Latin ones; for comparison, not for display."""
    compatible = unicodedata.normalize("NFKC", text)
    seen = "".join(character for character in compatible if unicodedata.category(character) != "Cf")
    return seen.translate(LOOKALIKES)
