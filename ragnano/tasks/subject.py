"""Determines which document, and which part of it, is to be summarised. Uses the store; reads no passages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from ragnano.documents.locations import headings_in
from ragnano.errors import AmbiguousError, QuestionError
from ragnano.retrieval.document_filter import narrow
from ragnano.store import Catalogue
from ragnano.tasks.classification import DOCUMENT_NOUN
from ragnano.text.query import read_question, synonym_stems
from ragnano.text.word_lists import ATTACHMENT_WORD, CLAUSE_WORD
from ragnano.text.words import content_stems, fold
from ragnano.types import Document, Scope

MOST_NAMED = 5
"""Most documents that an error message names."""

# Phrases that mean "this document" or "a part of it" but do not say which.
_THIS_ONE = re.compile(rf"\b(?:this|that|the whole|the entire|my|our|attached)\s+{DOCUMENT_NOUN}\b", re.IGNORECASE)
_AT_END = re.compile(
    r"\b(?:in|of|from|under)\s+(?:the|this|our|my)\s+"
    rf"(?P<name>(?:(?!(?:in|of|from|under|to|by|for)\b)[\w&’'-]+\s+){{0,4}}{DOCUMENT_NOUN})$",
    re.IGNORECASE,
)
_PART_WORDS = re.compile(
    r"\b(?:key|main|most important|principal|essential|major|terms|conditions|points|provisions?|clauses?|sections?|"
    r"articles?|paragraphs?|parts?|(?:in|into) \w+ (?:sentences?|words|lines|bullets?(?: points)?|points)|"
    r"in (?:plain|simple) (?:english|words|language)|briefly|please)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """One document and the part to summarise: stems of a heading, or section numbers; with neither, the whole."""

    document: Document
    stems: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        return not self.stems and not self.numbers


def subject_of(focus: str, scope: Scope, catalogue: Catalogue) -> Subject | None:
    """Returns what a summary is asked of; None if the scope is empty.

    Raises QuestionError when no document is named among several, AmbiguousError when several have the name.
    """
    documents = catalogue.documents(scope)
    if not documents:
        return None
    named: Sequence[Document] = ()
    rest = focus
    if any(character.isalnum() for character in focus):
        narrowed = narrow(read_question(focus), catalogue, scope)
        named, rest = narrowed.about, narrowed.focus
    document = _single_document(named, documents, content_stems(focus))
    numbers = read_question(rest).sections if any(map(str.isalnum, rest)) else ()
    return Subject(document, () if numbers else _part(rest, document), numbers)


def _single_document(named: Sequence[Document], documents: Sequence[Document], stems: Sequence[str]) -> Document:
    among = named or documents
    if len(among) == 1:
        return among[0]
    titles = {document.id: set(content_stems(document.title)) for document in among}
    title_stems = set(stems) & set().union(*titles.values())
    fitting = [document for document in among if title_stems and title_stems <= titles[document.id]]
    # "the office lease" is the document with that title, not the side letter to it.
    exact = [document for document in fitting if titles[document.id] == title_stems]
    if not exact and named:
        shortest = min((len(titles[document.id]) for document in fitting), default=0)
        exact = [document for document in fitting if len(titles[document.id]) == shortest]
    if len(fitting) == 1 or len(exact) == 1:
        return (exact or fitting)[0]
    if fitting or named:
        raise AmbiguousError(
            f"{len(fitting or named)} documents fit what is to be summarised: {_listed(fitting or named)}. "
            "Give one's file name, or choose it (--doc)"
        )
    raise QuestionError(
        f"a summary is of one document, and {len(documents)} are searched: name one in the question, "
        f"or choose it (--doc): {_listed(documents)}"
    )


def named_at_end(focus: str, scope: Scope, catalogue: Catalogue) -> tuple[Document | None, str]:
    """Returns the document that the end of a text names by file or title, ignoring case, and the text before it.

    "deadlines in the loan agreement" names the "Term Loan Agreement". Without a match the text is returned whole.
    """
    documents = catalogue.documents(scope)
    for document in documents:
        name = PurePath(document.path).name
        if focus.lower().endswith(f" {name.lower()}"):
            return document, re.sub(r"\s+(?:in|of|from|under)$", "", focus[: -len(name)].strip(), flags=re.IGNORECASE)
    phrase = _AT_END.search(focus)
    if phrase is None or not documents or not content_stems(focus[: phrase.start()]):
        return None, focus
    this_one = bool(_THIS_ONE.search(phrase.group())) or not content_stems(phrase["name"])
    try:
        document = _single_document((), documents, () if this_one else content_stems(phrase["name"]))
    except (AmbiguousError, QuestionError):
        return None, focus[: phrase.start()] if this_one else focus
    return document, focus[: phrase.start()].strip(" ,")


def _listed(documents: Sequence[Document]) -> str:
    names = ", ".join(PurePath(document.path).name for document in documents[:MOST_NAMED])
    return f"{names} and {len(documents) - MOST_NAMED} more" if len(documents) > MOST_NAMED else names


def _part(rest: str, document: Document) -> tuple[str, ...]:
    """Returns the stems that remain without the words that name the document."""
    rest = fold(_PART_WORDS.sub(" ", _THIS_ONE.sub(" ", rest)))
    names = " ".join([document.title, *document.parties, *(PurePath(path).stem for path in document.paths)])
    document_stems = set(content_stems(names.replace("_", " ").replace("-", " ")))
    kind = set(content_stems(document.media_type.rsplit("/", 1)[-1]))
    return tuple(stem for stem in content_stems(rest) if stem not in document_stems | kind)


def belongs(heading: str, subject: Subject) -> bool:
    """Whether a heading path names the part to summarise."""
    headings = headings_in(heading)
    if subject.numbers:
        return any(_has_number(heading, number) for heading in headings for number in subject.numbers)
    stems = set(content_stems(heading))
    return all({stem, *synonym_stems(stem)} & stems for stem in subject.stems)


def _has_number(heading: str, number: str) -> bool:
    head = rf"^(?:(?:{CLAUSE_WORD}|paragraph|part|{ATTACHMENT_WORD})\s+)?"
    return re.match(rf"{head}{re.escape(number)}(?![\w]|\.\d)", heading, re.IGNORECASE) is not None
