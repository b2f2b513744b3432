"""Decides whether a question is put to several documents, to which, and about which attribute."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePath

from ragnano.conflicts.families import families
from ragnano.models import Embedder
from ragnano.store import Catalogue
from ragnano.tasks.comparison.attributes import Attribute, AttributeMatcher
from ragnano.tasks.comparison.conditions import Condition
from ragnano.tasks.comparison.documents import named_documents, names_in, of_a_sort
from ragnano.tasks.comparison.query import ComparisonQuery, comparison_asked
from ragnano.text.places import places_in
from ragnano.text.words import fold
from ragnano.types import Document, Scope

LEAST_LIKENESS = 0.35
"""Least cosine of a question to an attribute where its words say that several documents are meant."""
LEAST_LIKENESS_ALONE = 0.5
"""The same where only a superlative or a sum suggests it: "What is the longest notice period?"."""
CLEARLY_LIKER = 0.1
"""A place is taken for a condition on the documents, not on the value, if another attribute is by this much liker."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is to be done: the query, the attribute (None: only the documents are listed or counted), the documents.

    `governed_by` are places whose law must govern the documents: "the caps in the two Delaware contracts".
    """

    query: ComparisonQuery
    attribute: Attribute | None
    documents: tuple[Document, ...]
    governed_by: tuple[str, ...] = ()


def plan_comparison(
    question: str, scope: Scope, catalogue: Catalogue, embedder: Callable[[], Embedder]
) -> Comparison | None:
    """Returns the comparison that a question asks for; None if it is a question to one document.

    `embedder` opens the embedder, which is not needed for most questions. Raises ModelMissing.
    """
    # Names are looked up only where they can matter: most questions end here, without a query of the store.
    several = len(names_in(question)) > 1
    if comparison_asked(question, several_named=several) is None:
        return None
    documents = tuple(catalogue.documents(scope))
    if len(documents) < 2:
        return None
    named = named_documents(question, catalogue, scope)
    contracts = families(named.documents, catalogue)
    if len(contracts) == 1:
        return None
    query = comparison_asked(question, several_named=named.several)
    if query is None:
        return None
    documents = of_a_sort(sorted(named.documents or documents, key=_file_name), query.narrowing, catalogue)
    if not query.topic and query.narrowing:
        return Comparison(query, None, documents)
    topic = _without_names(query.topic, named.documents)
    matcher = _matcher(embedder())
    likely, likeness = _best(matcher, topic, query)
    if query.condition.places:
        other, without_place = _best(matcher, topic, replace(query, condition=Condition()))
        if other is not None and other.kind != "place" and without_place >= likeness + CLEARLY_LIKER:
            query = replace(query, condition=replace(query.condition, places=()))
            return Comparison(query, other, documents, governed_by=places_in(question))
    least = LEAST_LIKENESS if query.explicit else LEAST_LIKENESS_ALONE
    return Comparison(query, likely, documents) if likely is not None and likeness >= least else None


def _file_name(document: Document) -> tuple[str, str]:
    return PurePath(document.path).name.casefold(), document.id


def _best(matcher: AttributeMatcher, topic: str, query: ComparisonQuery) -> tuple[Attribute | None, float]:
    """Returns the attribute likest to the topic or to the whole question, and its cosine."""
    texts = dict.fromkeys((topic, query.question) if topic else (query.question,))
    return max((matcher.best(text, query.kinds) for text in texts), key=lambda found: found[1])


def _without_names(topic: str, named: tuple[Document, ...]) -> str:
    """Returns the topic without the names of the documents."""
    names = {word for document in named for party in (*document.parties, document.title) for word in party.split()}
    kept = [word for word in re.split(r"\s+", topic) if not (word[:1].isupper() and word in names)]
    return fold(" ".join(kept))


@lru_cache(maxsize=2)
def _matcher(embedder: Embedder) -> AttributeMatcher:
    return AttributeMatcher(embedder)
