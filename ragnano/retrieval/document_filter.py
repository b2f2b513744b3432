"""Finds the documents that a question is about: extracts names from the question and matches them to documents.

Documents are matched by title, parties, date and file name, and the lexical index finds documents that open with a
name. This module does not rank passages.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePath

from ragnano.store import Catalogue, quote_term
from ragnano.text.legal_terms import is_too_common, names_somebody
from ragnano.text.query import Question, read_question
from ragnano.text.word_lists import LEGAL_FORM, WEAK_IN_NAMES
from ragnano.text.words import STOPWORDS, content_stems, fold, stem, words
from ragnano.types import Document, Scope

# Too common in company and contract names to identify a document by themselves.
_WEAK = frozenset(map(stem, (*WEAK_IN_NAMES, "amendment", "exhibit", "ex", "dated")))
# A chunk this early in its document names the document's own parties (title block, preamble).
_FRONT_CHUNKS = 3
# Documents are kept whose names account for at least this share of the best document's score.
_NEAR_BEST = 0.85
# Share of the question's names (by weight) that the best document must have for the question to be about it.
_ENOUGH = 0.5

_MOST_HITS = 200  # chunks searched for a name typed in lower case
_LEAST_GLUED = 5  # least letters of a word that is searched for at the start of a longer one
_JOINS = re.compile(r"\s+(?:and|&)\s+|\s*,\s*")

_OPENING = re.compile(r"^\W*(?:in|under|according to|for)\s+(.{3,400}?)\s*[:,]\s+(\S.{8,})$", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The scope limited to the documents that a question names, those documents, and the question without the names.

    If the question names no document, or none has the name, scope and question are unchanged and `about` is ().
    """

    scope: Scope
    about: tuple[Document, ...]
    focus: str


def narrow(question: Question, catalogue: Catalogue, scope: Scope) -> Narrowed:
    """Finds the documents that the question names."""
    unchanged = Narrowed(scope, (), question.text)
    documents = catalogue.documents(scope)
    if files := tuple(document for document in documents if _is_called(document, question.files)):
        ids = tuple(document.id for document in files)
        return Narrowed(replace(scope, documents=ids), files, _without_files(question, files))
    named = _named_documents(question, documents) | small_names(question, documents, catalogue, scope)
    named -= _WEAK | _words_of_dates(question)
    named |= set(question.dates) & {document.date for document in documents if document.date}
    if not named or not documents:
        return unchanged
    matches = {document.id: named & (_own_names(document) | _glued_names(question, document)) for document in documents}
    for identifier, found in _named_in_front(question.names, catalogue, scope).items():
        if identifier in matches:
            matches[identifier] |= found & named
    weights = _weights(named, matches.values(), len(documents))
    scores = {identifier: sum(weights[word] for word in found) for identifier, found in matches.items()}
    best = max(scores.values())
    if best < _ENOUGH * sum(weights.values()) or best == 0:
        return unchanged
    near_best = tuple(document for document in documents if scores[document.id] >= _NEAR_BEST * best)
    focus = without_names(question.text, frozenset().union(*(matches[document.id] for document in near_best)) | _WEAK)
    return Narrowed(replace(scope, documents=tuple(document.id for document in near_best)), near_best, focus)


def title_stems(document: Document) -> frozenset[str]:
    """Returns the content stems of a document's title and file names, which say what sort of document it is."""
    files = (PurePath(path).stem.replace("_", " ").replace("-", " ") for path in document.paths)
    return frozenset(content_stems(" ".join((document.title, *files))))


def without_names(text: str, stems: frozenset[str]) -> str:
    """Returns the question without the words that only identify the document: they do not distinguish its passages.

    "In the Supply Agreement between Acme and Beta: who pays?" becomes "who pays?". Elsewhere, capitalised words with
    one of the stems are removed. A question that would have no content left is returned unchanged.
    """
    opened = _OPENING.match(text)
    if opened and any(word[0].isupper() and stem(word) in stems for word in _WORDS.findall(opened.group(1))):
        text = opened.group(2)
    remaining = _WORDS.sub(
        lambda match: "" if match.group()[0].isupper() and stem(match.group()) in stems else match.group(), text
    )
    return fold(remaining) if content_stems(remaining) else text


def _named_documents(question: Question, documents: Sequence[Document]) -> set[str]:
    """Stems of the question's names. Places, roles, parts and quoted terms count only as a document's own name."""
    found: set[str] = set()
    quoted = {word for phrase in question.phrases for word in _name_stems(phrase)}
    for name in question.names:
        stems = _name_stems(name)
        ordinary = is_too_common(name) or stems <= quoted
        if not ordinary or any(stems <= _own_names(document) for document in documents):
            found |= stems
    return found


def small_names(question: Question, documents: Sequence[Document], catalogue: Catalogue, scope: Scope) -> set[str]:
    """Stems of names in a question typed without capitals: words of parties, or of companies in titles and file names,
    that occur only in their documents.
    """
    if any(character.isupper() for character in question.text[1:]):
        return set()
    found: set[str] = set()
    for word in {word for word in words(question.text) if word not in STOPWORDS and stem(word) not in _WEAK}:
        bearers = {document.id: document for document in documents if stem(word) in _own_names(document)}
        if not bearers:
            continue
        hits = catalogue.lexical(quote_term(word), scope, _MOST_HITS)
        holders = catalogue.chunks(identifier for identifier, _ in hits).values()
        if not {chunk.document for chunk in holders} <= bearers.keys():
            continue
        of_a_party = any(stem(word) in _stems_of_names("", one.parties, ()) for one in bearers.values())
        if of_a_party or _is_a_company(word, [chunk.text for chunk in holders]):
            found.add(stem(word))
    return found


def _is_a_company(word: str, texts: Sequence[str]) -> bool:
    """Whether texts write a word with a capital throughout and once before a legal form: "Pallowmere Fleet Limited"."""
    if any(re.search(rf"\b{re.escape(word)}\b", text) for text in texts):
        return False
    company = re.compile(
        rf"\b(?i:{re.escape(word)})\b(?:,? [A-Z&][\w&.'’-]*){{0,4}},? (?=[A-Z])(?i:{LEGAL_FORM}|as|ab)\b"
    )
    return any(company.search(text) for text in texts)


def with_capitals(text: str, catalogue: Catalogue, scope: Scope) -> str:
    """Returns a text with capitals at the names of documents that it has in small letters: "and Skarvnesse?"."""
    stems = small_names(read_question(text), catalogue.documents(scope), catalogue, scope)
    return _WORDS.sub(lambda match: match.group().capitalize() if stem(match.group()) in stems else match.group(), text)


def _is_called(document: Document, files: Sequence[str]) -> bool:
    """Whether one of the texts ends with the name of one of the document's files."""
    return any(_name_in(file, document) for file in files)


def _name_in(file: str, document: Document) -> str:
    """The document's file name at the end of a text, as it is written there; "" where it ends otherwise."""
    names = sorted({PurePath(path).name.lower() for path in document.paths}, key=len, reverse=True)
    fitting = (name for name in names if file.lower() == name or file.lower().endswith(" " + name))
    return file[-len(name) :] if (name := next(fitting, "")) else ""


def _without_files(question: Question, documents: Sequence[Document]) -> str:
    """The question without the names of these documents' files."""
    text = question.text
    for file in question.files:
        for name in filter(None, (_name_in(file, document) for document in documents)):
            text = text.replace(name, " ")
    return fold(text) if content_stems(text) else question.text


def _words_of_dates(question: Question) -> set[str]:
    """Stems of month names: they are capitalised but name no document ("May" is not a party)."""
    return {stem(word) for phrase in question.exact for word in words(phrase)} if question.dates else set()


def _name_stems(name: str) -> set[str]:
    return {stem(word) for word in words(name) if word not in STOPWORDS}


def _own_names(document: Document) -> frozenset[str]:
    found = _stems_of_names(document.title, document.parties, document.paths)
    return found | {document.date} if document.date else found


def _glued_names(question: Question, document: Document) -> set[str]:
    """Stems of name words at the start of a word in the file name: "INKTOMICORP_06_08_1998.pdf" matches "Inktomi"."""
    stems = [PurePath(path).stem.lower() for path in document.paths]
    document_words = [word for text in stems for word in _WORDS.findall(text.replace("_", " ").replace("-", " "))]
    return {word for name in question.names for other in document_words for word in _glued(words(name), other)}


def _glued(name: Sequence[str], other: str) -> set[str]:
    """Stems of adjacent words of a name with which a longer word begins: Midwest Energy in "midwestenergycorp"."""
    found: set[str] = set()
    for first in range(len(name)):
        for last in range(first + 1, len(name) + 1):
            head = "".join(name[first:last])
            if (
                len(head) >= _LEAST_GLUED
                and len(name[first]) >= _LEAST_GLUED
                and head != other
                and other.startswith(head)
            ):
                found.update(map(stem, name[first:last]))
    return found


@lru_cache(maxsize=10_000)
def _stems_of_names(title: str, parties: tuple[str, ...], paths: tuple[str, ...]) -> frozenset[str]:
    sources = [title, *parties, *(PurePath(path).stem for path in paths)]
    return frozenset(stem(word) for source in sources for word in words(source.replace("_", " ").replace("-", " ")))


def _named_in_front(names: Sequence[str], catalogue: Catalogue, scope: Scope) -> dict[str, set[str]]:
    """Maps each document whose first chunks contain one of the names as a phrase to the stems of those names."""
    found: dict[str, set[str]] = {}
    phrases = dict.fromkeys(part for name in names for part in _single_names(name))
    for phrase in (phrase for phrase in phrases if not is_too_common(phrase)):
        for document, opening in catalogue.opening_with(phrase, scope, _FRONT_CHUNKS).items():
            if names_somebody(phrase, opening):
                found.setdefault(document, set()).update(_name_stems(phrase))
    return found


def _single_names(name: str) -> Iterator[str]:
    """Yields a run of capitalised words, and the names joined in it by "and" and commas, without legal forms.

    "MICROSOFT CORPORATION and INKTOMI CORPORATION" is two parties, and a contract may write "Inktomi Corp.".
    """
    for part in (name, *_JOINS.split(name)):
        remaining = part.split()
        while remaining and not _name_stems(remaining[-1]) - _WEAK:
            remaining.pop()
        if _name_stems(" ".join(remaining)) - _WEAK:
            yield " ".join(remaining)


def _weights(named: set[str], matches: Iterable[set[str]], total: int) -> dict[str, float]:
    """Inverse document frequency of each wanted word among the documents' names; an unknown word counts as rare."""
    counts = Counter(word for found in matches for word in found)
    return {word: math.log(1 + total / (1 + counts[word])) for word in named}
