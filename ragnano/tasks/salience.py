"""Scores how informative a sentence of a contract is: what it obliges or allows, how much, by when. Text only.

The weights are set by judgement on the sample documents; they are not learnt. This module uses no store and no model.
"""

import re

from ragnano.documents.locations import innermost
from ragnano.tasks.sections import Sentence
from ragnano.text.entities import AMOUNT, DATE, DURATION, SHARE
from ragnano.text.word_lists import CLAUSE_WORD

# "shall not be required to" and "will have the right to" express no obligation.
_NO_DUTY = (
    r"(?! (?:not be (?:obliged|obligated|required|liable)|have (?:the|no) (?:\w+ )?(?:right|option|obligation|duty)))"
)
DUTY = re.compile(
    rf"\b(?:(?:shall|must|will)\b{_NO_DUTY}|agrees? to|undertakes? to|covenants? to|"
    r"(?:is|are) (?:required|obliged|obligated) to|(?:is|are) (?:responsible|liable) for|(?:is|are) (?:due|payable))\b",
    re.IGNORECASE,
)
RIGHT = re.compile(
    r"\b(?:may|(?:is|are) (?:entitled|permitted|allowed|free)|(?:has|have|reserves?) the (?:\w+ )?(?:right|option)|"
    r"grants?|at its (?:option|discretion))\b(?! not\b)",
    re.IGNORECASE,
)
BAN = re.compile(
    r"\b(?:(?:shall|may|must|will|can) (?:not|never)(?! be (?:obliged|obligated|required))|cannot|prohibited|refrain|"
    r"(?:is|are) (?:not|never) (?:to|permitted|allowed)|no (?:party|person|other)|neither|"
    r"without (?:the )?(?:prior )?(?:written )?consent)\b",
    re.IGNORECASE,
)
STATES = re.compile(
    r"(?:the|this)\s+[^,;]{3,80}?\s(?:is|are|begins?|starts?|commences?|continues?|ends?|bears?|expires?)\b",
    re.IGNORECASE,
)
FACTS = ((AMOUNT, 0.25), (SHARE, 0.2), (DURATION, 0.2), (DATE, 0.15))
MOST_FACTS = 0.4

# What people look for first in a contract, and what is alike in every contract; by words of heading or sentence.
WEIGHTY = re.compile(
    r"\b(?:term|terminat\w+|renew\w*|fees?|price\w*|pricing|payments?|pay|rent|interest|compensation|salary|royalt\w+|loan|"
    r"commitment|commission|deposit|services|scope|licen[cs]es?|grants?|supply|deliver\w*|exclusiv\w+|non-?compet\w+|"
    r"appointment|territory|ownership|intellectual|confidential\w*|disclosure|warrant\w+|liabilit\w+|indemn\w+|insurance|"
    r"default|remedies|governing|arbitration|assign\w*|minimum|purchase|premises|position|duties|covenants?)\b",
    re.IGNORECASE,
)
BOILERPLATE = re.compile(
    r"\b(?:counterparts?|headings?|severab\w+|waivers?|entire agreement|further assurances|interpretation|construction|"
    r"notices?|survival|miscellan\w+|general provisions|recitals?|witness\w*|w i t n e s s|signatur\w+|definitions?|"
    r"table of contents|attorneys.? fees|time is of the essence|relationship of the parties|"
    r"independent contractors?|background|"
    r"exhibit|schedule|appendix|annex|accounting|contacts?|referred to (?:herein|as))\b",
    re.IGNORECASE,
)
_PARTIES = re.compile(r"\b(?:between|among|by and)\s+(?!the parties\b|them\b)", re.IGNORECASE)
_ENTERED = re.compile(r"\b(?:is|are) (?:hereby )?(?:entered into|made)\b", re.IGNORECASE)
_MADE = re.compile(r"\b(?:agreement|lease|contract|letter|amendment|addendum|licen[cs]e|guarant(?:y|ee)|deed)\b", re.I)
DEFINES = re.compile(
    r"[\"“][^\"”]{1,60}[\"”],?\s+(?:shall\s+|will\s+)?(?:means?|refers?|includes?|ha(?:s|ve) the)", re.I
)
_SIDEWAYS = re.compile(
    r"(?:notwithstanding|for the avoidance|for purposes|without limiting|in (?:addition|such|this|that|the event)|"
    r"at each|if (?:any provision|such)|upon|to the extent|accordingly|pursuant to|"
    r"subject to|except as|provided|the foregoing|however|therefore|whereas|such|"
    rf"this (?:{CLAUSE_WORD})|it is|nothing|as used)\b",
    re.IGNORECASE,
)
_BLANKED = re.compile(r"\[\W*\*+\W*\]|\[\s*\]|_{3,}")
_BORROWED = re.compile(r"\b(?:Section|Sections|Clause|Article|Exhibit|Schedule)\s+[\dIVXA-Z]")

FRONT = 1.0
"""Added to the sentence that names the parties to the contract: every summary opens with it."""
FRONT_CHUNKS = 4
EASY = (50, 450)
"""Length in characters of a sentence that is easy to read and complete."""


def telling(sentence: Sentence, in_clause: int = 0, in_section: int = 0) -> float:
    """Returns a sentence's value, about -1 to 2; `in_clause` and `in_section` are its indices in them, from 0.

    A clause begins with its rule and continues with the details.
    """
    text, heading = sentence.text, innermost(sentence.chunk.section)
    score = min(MOST_FACTS, sum(weight for pattern, weight in FACTS if pattern.search(text)))
    if DUTY.search(text) or RIGHT.search(text) or BAN.search(text):
        score += 0.3
    elif STATES.match(text):
        score += 0.25
    score += max(0.0, 0.2 - 0.05 * in_clause) + max(0.0, 0.2 - 0.04 * in_section)
    score += 0.1 * bool(WEIGHTY.search(text)) - 0.25 * bool(BOILERPLATE.search(text))
    if BOILERPLATE.search(heading) and not WEIGHTY.search(heading):
        score -= 0.25
    if not EASY[0] <= len(text) <= EASY[1]:
        score -= 0.15 if len(text) <= 2 * EASY[1] else 0.3
    if sentence.lead or not text[0].isupper() or text[-1] not in '.!?”"':
        score -= 0.25
    score -= 0.35 * bool(DEFINES.search(text)) + 0.15 * bool(_SIDEWAYS.match(text))
    score -= min(0.4, 0.1 * len(_BLANKED.findall(text))) + 0.05 * len(_BORROWED.findall(text))
    if names_the_parties(sentence):
        score += FRONT
    return score


def names_the_parties(sentence: Sentence) -> bool:
    """Whether this is the opening sentence of a contract."""
    text = sentence.text
    return (
        sentence.chunk.ordinal < FRONT_CHUNKS
        and len(text) >= EASY[0]
        and bool(_MADE.search(text) and (_PARTIES.search(text) or _ENTERED.search(text)))
    )


def weight_of(heading: str) -> float:
    """Returns the importance of a section with this heading in a summary: 1 is ordinary."""
    if BOILERPLATE.search(heading) and not WEIGHTY.search(heading):
        return 0.5
    return 1.25 if WEIGHTY.search(heading) else 1.0
