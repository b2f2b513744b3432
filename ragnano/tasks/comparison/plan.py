"""Decides whether a question is put to several documents, to which, and about which attribute."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import PurePath

from ragnano.conflicts.families import families
from ragnano.models import Embedder
from ragnano.store import Catalogue
from ragnano.tasks.comparison.attributes import Attribute, attribute_named, attributes, free_attribute
from ragnano.tasks.comparison.documents import may_name_several, named_documents, of_a_sort
from ragnano.tasks.comparison.query import ComparisonQuery, parse
from ragnano.tasks.comparison.recognition import NOTHING, OTHER, Recognised, Recogniser
from ragnano.types import Document, Scope

LEAST_SEVERAL = 0.4
"""Least probability that several documents are meant, unless the question names documents of several contracts.
LOG.md has the shares of the questions that it finds and takes wrongly."""
LEAST_SEVERAL_CHOSEN = 0.05
"""The same where several documents have been chosen, by the user or by the answer before ("each of those")."""
LEAST_SEVERAL_FREE = 0.6
"""The same where the question is about none of the attributes: the answers are then not computed with."""
SURELY_SEVERAL = 0.75
"""Below it a question that only one document answers is a question to that document."""
LEAST_SHARE = 10
"""An attribute may be this many times less likely than "other" if the condition or the operation needs its kind."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is to be done: the query, the attribute (None: only the documents are listed or counted), the documents.

    `governed_by` are places whose law must govern the documents: "the caps in the two Delaware contracts". `doubtful`:
    one document may have been meant.
    """

    query: ComparisonQuery
    attribute: Attribute | None
    documents: tuple[Document, ...]
    governed_by: tuple[str, ...] = ()
    doubtful: bool = False


def plan_comparison(
    question: str, scope: Scope, catalogue: Catalogue, embedder: Callable[[], Embedder]
) -> Comparison | None:
    """Returns the comparison that a question asks for; None if it is a question to one document.

    `embedder` opens the embedder. Raises ModelMissing.
    """
    if scope.documents and len(scope.documents) < 2:
        return None
    recognised = _recogniser(embedder()).recognise(question)
    # Names are looked up only where they can matter: most questions end here, without a query of the store.
    least = LEAST_SEVERAL_CHOSEN if scope.documents else LEAST_SEVERAL
    if recognised.several < least and not may_name_several(question):
        return None
    documents = tuple(catalogue.documents(scope))
    if len(documents) < 2:
        return None
    named = named_documents(question, catalogue, scope)
    if len(families(named.documents, catalogue)) == 1:
        return None
    if recognised.several < least and not named.several:
        return None
    query = parse(question, recognised, date.today())
    documents = of_a_sort(sorted(named.documents or documents, key=_file_name), query.narrowing, catalogue)
    comparison = _about(query, recognised, documents)
    free = comparison.attribute is not None and comparison.attribute.kind == "other"
    if free and recognised.several < LEAST_SEVERAL_FREE and not named.several:
        return None
    return replace(comparison, doubtful=recognised.several < SURELY_SEVERAL)


def _about(query: ComparisonQuery, recognised: Recognised, documents: tuple[Document, ...]) -> Comparison:
    """Returns the comparison with the attribute that is likeliest, given the condition and the operation."""
    condition = query.condition
    likely = max(recognised.attributes, key=recognised.attributes.__getitem__)
    attribute = None if likely in (OTHER, NOTHING) else attribute_named(likely)
    if attribute is None and likely == NOTHING and condition.empty and not query.kinds:
        return Comparison(query, None, documents)
    if attribute is None or (query.kinds and attribute.kind not in query.kinds):
        attribute = _likeliest(recognised, query.kinds or condition.kinds)
    if attribute is None:
        free = free_attribute(query.question)
        return Comparison(replace(query, condition=condition.only("other")), free, documents)
    # A place beside another attribute tells which documents are meant: those under its law.
    governed_by = condition.places if attribute.kind != "place" else ()
    return Comparison(replace(query, condition=condition.only(attribute.kind)), attribute, documents, governed_by)


def _likeliest(recognised: Recognised, kinds: tuple[str, ...]) -> Attribute | None:
    """Returns the likeliest attribute with a value of one of these kinds; None without kinds or a likely one."""
    fitting = [attribute for attribute in attributes() if attribute.kind in kinds]
    best = max(fitting, key=lambda attribute: recognised.attributes.get(attribute.name, 0.0), default=None)
    if best is None or recognised.attributes.get(best.name, 0.0) * LEAST_SHARE < recognised.attributes.get(OTHER, 0.0):
        return None
    return best


def _file_name(document: Document) -> tuple[str, str]:
    return PurePath(document.path).name.casefold(), document.id


@lru_cache(maxsize=2)
def _recogniser(embedder: Embedder) -> Recogniser:
    return Recogniser.for_embedder(embedder)
