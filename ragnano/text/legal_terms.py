"""Decides whether capitalised words name a particular person or company.

Places, the roles of parties and the terms that a document defines do not distinguish one document from another.
"""

import re

from ragnano.text.word_lists import ATTACHMENT_WORD, CLAUSE_WORD

ROLES = (
    "tenant landlord lessee lessor supplier customer buyer seller vendor purchaser licensor licensee lender borrower "
    "guarantor employer employee company consultant contractor subcontractor provider client distributor manufacturer "
    "franchisor franchisee agent principal processor controller recipient discloser user bank reseller sponsor"
)
"""What contracts call their parties, in the singular and in lower case."""

# Where parties are based and whose law governs: the states of the U.S.A., and countries with much business law.
_PLACES = """
    Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|District of Columbia|Florida|
    Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|
    Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|
    New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|
    South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming|
    United States|USA|US|America|Canada|Ontario|British Columbia|Quebec|Mexico|Brazil|Argentina|Chile|
    United Kingdom|UK|England|Wales|England and Wales|Scotland|Northern Ireland|Ireland|European Union|EU|
    Europe|France|Germany|Italy|Spain|Portugal|Netherlands|Belgium|Luxembourg|Switzerland|Austria|
    Denmark|Sweden|Norway|Finland|Poland|Greece|Turkey|Israel|Russia|China|Hong Kong|Taiwan|Japan|
    Korea|South Korea|India|Singapore|Thailand|Vietnam|Malaysia|Indonesia|Philippines|Australia|
    New Zealand|South Africa
"""
_AS_PLACES = frozenset(" ".join(place.lower().split()) for place in _PLACES.split("|"))
_AS_ROLES = frozenset(ROLES.split())
_OF_A_PLACE = re.compile(r"^(?:state|commonwealth|republic|province|kingdom) of (?:the )?|^the ")
_OPEN, _CLOSE = ('"', "“"), ('"', "”")


_AS_PARTS = frozenset((*f"{CLAUSE_WORD}|{ATTACHMENT_WORD}".split("|"), "paragraph", "part", "attachment"))


def place_names() -> frozenset[str]:
    """Returns the names of the states and countries, in lower case."""
    return _AS_PLACES


def is_place(name: str) -> bool:
    """Whether a name is the name of a state or country: "State of New York"."""
    return _OF_A_PLACE.sub("", name.lower()) in _AS_PLACES


def is_role(name: str) -> bool:
    """Whether a name is a party's role in a contract: "Tenant", "Lenders"."""
    return name.lower().removesuffix("s") in _AS_ROLES


def is_part(name: str) -> bool:
    """Whether a name is the word for a part of a document: "Section"."""
    return name.lower().removesuffix("s") in _AS_PARTS


def is_too_common(name: str) -> bool:
    """Whether a name is too common to distinguish documents: a place, a role or a part."""
    return is_place(name) or is_role(name) or is_part(name)


def names_somebody(name: str, text: str) -> bool:
    """Whether a document's opening uses `name` as a name. Only the case of each word's first letter matters.

    A name whose first occurrence is in quotation marks is a term that the document defines there ("Prime Rate" means
    …). The short form of a company's name follows the long one.
    """
    parts = name.split()
    words = r"\s+".join(map(re.escape, parts))
    for found in re.finditer(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE):
        if _is_quoted(text, found):
            return False
        if all(word[0].isupper() or part[0].islower() for part, word in zip(parts, found[0].split(), strict=True)):
            return True
    return False


def _is_quoted(text: str, found: re.Match[str]) -> bool:
    before, after = text[: found.start()].rstrip(), text[found.end() :].lstrip(" ,.")
    return before.endswith(_OPEN) and after.startswith(_CLOSE)
