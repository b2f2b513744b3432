"""Chooses the documents that a comparison is about: those it names, or those of a sort ("supply agreements")."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from ragnano.retrieval.document_filter import narrow, title_stems, with_capitals
from ragnano.store import Catalogue
from ragnano.text.places import only_a_place
from ragnano.text.query import read_question
from ragnano.text.words import content_stems
from ragnano.types import Document, Scope

_JOINS = re.compile(r"\s*(?:,|;|:| - |–|&|\band\b|\bor\b|\bvs\.?|\bversus\b|\bof\b|\bthe\b)\s*", re.IGNORECASE)
_JOINS_SMALL = re.compile(r"\S(?:\s*[,&+]\s*|\s+(?:and|or|vs?\.?|versus|than)\s+)\S")
_FRONT_CHUNKS = 2
"""A document names its own sort within this many chunks."""


@dataclass(frozen=True, slots=True)
class NamedDocuments:
    """The documents that a question names; `several` is whether different names stand for different documents."""

    documents: tuple[Document, ...]
    several: bool


def named_documents(question: str, catalogue: Catalogue, scope: Scope) -> NamedDocuments:
    """Returns the documents that the names in a question stand for, each name taken by itself.

    A name that most documents share tells nothing apart and counts for none.
    """
    documents = catalogue.documents(scope)
    found: dict[str, Document] = {}
    groups: list[set[str]] = []
    for name in names_in(question) or names_in(with_capitals(question, catalogue, scope)):
        about = narrow(read_question(f"about {name}"), catalogue, scope).about
        if about and 2 * len(about) <= max(len(documents), 2):
            found.update((document.id, document) for document in about)
            groups.append({document.id for document in about})
    several = any(one.isdisjoint(other) for one, other in combinations(groups, 2))
    return NamedDocuments(tuple(found.values()), several)


def names_in(question: str) -> list[str]:
    """Returns the names in a question, each by itself, without places. Works on text alone."""
    names = [part for name in read_question(f"about {question}").names for part in _JOINS.split(name)]
    # A place in a question tells which law or court is meant; most contracts name several.
    return [name for name in dict.fromkeys(names) if name and not only_a_place(name)]


def may_name_several(question: str) -> bool:
    """Whether a question may name several documents: by two names, or by words joined without any capital."""
    if len(names_in(question)) > 1:
        return True
    return question == question.lower() and bool(_JOINS_SMALL.search(question))


def of_a_sort(documents: Sequence[Document], stems: Sequence[str], catalogue: Catalogue) -> tuple[Document, ...]:
    """Returns the documents whose title, file name or opening heading has all the stems; all if none has."""
    if not stems:
        return tuple(documents)
    wanted = set(stems)
    fitting = tuple(document for document in documents if wanted <= title_stems(document))
    if not fitting:
        fitting = tuple(one for one in documents if wanted <= title_stems(one) | _opening(one, catalogue))
    return fitting or tuple(documents)


def _opening(document: Document, catalogue: Catalogue) -> set[str]:
    chunks = catalogue.chunks_of(document.id)[:_FRONT_CHUNKS]
    return set(content_stems(" ".join(f"{chunk.section} {chunk.text[:400]}" for chunk in chunks)))
