"""Looks words, names and numbers up in the searched documents, and finds similar ones.

Uses the store; does not rank passages.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import PurePath

from ragnano.answering.things import NamedThing, codes_in, weak_in_names, word_list
from ragnano.store import Catalogue, quote_term
from ragnano.text.legal_terms import is_part, is_role
from ragnano.text.words import STOPWORDS, words
from ragnano.types import Chunk, Document, Scope

NEAREST = 3
"""Most names that a refusal lists."""

_MOST_TEXTS = 300  # chunks searched for similar names
_LOOKED_AT = 20  # chunks matching a name by stems, in which its exact spelling is searched for
_NEAR = 2  # most words between the words of a name
_LIKE = 0.6
"""Least similarity (Ratcliff and Obershelp) of a name to the one asked for."""

_WORD = r"(?:[A-ZÀ-Þ][\w’'-]+|[A-Z]\.)"
_RUN = re.compile(rf"{_WORD}(?: {_WORD})*")
_NUMBERS = (
    r"((?:\d{1,7}[A-Za-z]?|[IVX]{1,4}|[A-Z]\d{0,3}(?!-))\b"
    r"(?:\s*(?:,\s*(?:and|or)\b|,|and|&|or|to|through|-|–)\s*(?:\d{1,7}[A-Za-z]?|[A-Z])\b)*)"
)
_BETWEEN = re.compile(r"\s*(,\s*(?:and|or)\b|,|and|&|or|to|through|-|–)\s*")
_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
}
_SHORT = 4  # letters of a word that may abbreviate one of at least twice its length: "Tech", "St"

Numbers = tuple[tuple[str, str], ...]
"""Single numbers and ranges as (first, last); both are equal for a single number."""


def numbers_of(head: str, text: str) -> Numbers:
    """Returns the numbers given to a noun: "Units 3 and 5 to 9" gives (3, 3) and (5, 9)."""
    called = re.escape(re.sub("y$", "", head.removesuffix("s")))
    pattern = rf"(?<![^\W_])(?i:{called}(?:y|ies|e?s)?\s+(?:(?:no|nr|number)\.?\s*|#\s*)?){_NUMBERS}(?![\w%]|[.,/-]\w)"
    return tuple(pair for found in re.finditer(pattern, text) for pair in _pairs(found[1]))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    parts = _BETWEEN.split(text.lower())
    at = 0
    while at < len(parts):
        runs = at + 2 < len(parts) and parts[at + 1] in ("to", "through", "-", "–")
        yield parts[at], parts[at + 2] if runs else parts[at]
        at += 4 if runs else 2


def is_among(number: str, numbers: Numbers) -> bool:
    """Whether a number is one of them or within one of the ranges."""
    number = _ROMAN.get(number, number)
    for pair in numbers:
        first, last = (_ROMAN.get(one, one) for one in pair)
        if number in (first, last):
            return True
        if number.isdigit() and first.isdigit() and last.isdigit() and int(first) <= int(number) <= int(last):
            return True
    return False


def runs_in(text: str) -> list[str]:
    """Returns the runs of capitalised words in a text, names among them."""
    return [found[0] for found in _RUN.finditer(text)]


def another_of(name: NamedThing, run: str) -> bool:
    """Whether a run of capitalised words is another person's name that shares a part: "Jon Ilves", "Marta Ilves".

    If one name contains the other they are the same: "Ilves" alone, "Ms Ilves", "P. Ilves" for Peter.
    """
    run_words = [word for word in (part.lower().strip(".") for part in run.split()) if _counts(word)]
    run_words, name_words = [singular(word) for word in run_words], [singular(word) for word in name.words]
    if len(name_words) < 2 or len(run_words) < 2:
        return False
    missing = [word for word in name_words if word not in run_words]
    others = [word for word in run_words if word not in name_words]
    alike = any(_is_short_for(one, other) or _is_short_for(other, one) for one in missing for other in others)
    ends = run_words[0] == name_words[0] or run_words[-1] == name_words[-1]
    return bool(missing and others) and ends and not alike


def singular(word: str) -> str:
    """Returns a word of a name without a plural or possessive ending: "Competitors", "Heldin's"."""
    return word.removesuffix("'s").removesuffix("’s").removesuffix("s")


def names_in(text: str) -> set[str]:
    """Returns the words of a text in the form in which names are compared."""
    return {singular(word) for word in words(text)}


def _shape(code: str) -> str:
    """Returns a code with all digits replaced by 0: "K06" is "k00"."""
    return re.sub(r"\d", "0", code.lower())


def _is_with_letters(code: str, other: str) -> bool:
    """Whether a code is the other one followed by letters: "HP-40P" and "HP-40"."""
    return code.startswith(other) and code[len(other) :].strip("-/.").isalpha()


def _is_short_for(word: str, other: str) -> bool:
    """Whether a word is an initial or abbreviation of the other ("P.", "Tech"); "Smith" is not one of "Smithers"."""
    return other.startswith(word) and (len(word) == 1 or (len(word) <= _SHORT and 2 * len(word) <= len(other)))


def _counts(word: str) -> bool:
    apart = word not in STOPWORDS and word not in weak_in_names() and word not in word_list("titles")
    return bool(word) and apart and not is_role(word) and not is_part(word)


class Searched:
    """The documents of a scope, for looking up names and numbers."""

    def __init__(self, catalogue: Catalogue, scope: Scope) -> None:
        self._catalogue = catalogue
        self.scope = scope

    @cached_property
    def documents(self) -> dict[str, Document]:
        """The documents by id."""
        return {document.id: document for document in self._catalogue.documents(self.scope)}

    def called(self, document: Document) -> str:
        """Returns a document's own names: title, parties and files."""
        files = (PurePath(path).stem.replace("_", " ").replace("-", " ") for path in document.paths)
        return " ".join((document.title, *document.parties, *files))

    def contains_word(self, word: str) -> bool:
        """Whether a document or its names contain the word, alone or at the start of or inside a longer one."""
        if self._catalogue.lexical(f"{quote_term(word)} *", self.scope, 1):
            return True
        if any(word in self.called(document).lower() for document in self.documents.values()):
            return True
        spellings = dict.fromkeys((word, word.title(), word.upper(), word.capitalize()))
        return len(word) > 3 and bool(self._catalogue.holding(list(spellings), self.scope, 1))

    def contains_name(self, name: Sequence[str], document: str | None = None) -> bool:
        """Whether the words occur close together, in any order, in a document (or in this one) or in its names."""
        scope = self.scope if document is None else Scope(documents=(document,))
        near = f"NEAR({' '.join(map(quote_term, name))}, {_NEAR})"
        name_words = set(map(singular, name))
        found = self._catalogue.chunks(identifier for identifier, _ in self._catalogue.lexical(near, scope, _LOOKED_AT))
        if any(name_words <= names_in(f"{chunk.section} {chunk.text} {chunk.context}") for chunk in found.values()):
            return True  # checked in the text, because the index matches stems: "Held" would match "Helding"
        documents = self.documents.values() if document is None else [self._catalogue.document(document)]
        return any(name_words <= names_in(self.called(one)) for one in documents)

    def contains_phrase(self, phrase: str) -> bool:
        """Whether a document contains the words in this order."""
        return bool(self._catalogue.lexical(quote_term(phrase), self.scope, 1))

    def contains_lowercase(self, word: str) -> bool:
        """Whether a document writes the word in lower case, which makes it an ordinary word."""
        pattern = re.compile(rf"(?<!\w){re.escape(word.lower())}(?!\w)")
        return any(pattern.search(chunk.text) for chunk in self.chunks_with([word]))

    def is_name_of_document(self, name: Sequence[str]) -> bool:
        """Whether the name is one of a document's own: in its title, its parties or its file names."""
        name_words = set(map(singular, name))
        return any(name_words <= names_in(self.called(document)) for document in self.documents.values())

    def contains_exactly(self, term: str) -> bool:
        """Whether the word or number occurs anywhere as a separate token in this spelling."""
        pattern = re.compile(rf"(?<![\w.,/-]){re.escape(term)}(?![\w%]|[.,/-]\d)", re.IGNORECASE)
        texts = (f"{chunk.section} {chunk.text}" for chunk in self.chunks_with([term]))
        return any(map(pattern.search, texts)) or any(
            pattern.search(self.called(one)) for one in self.documents.values()
        )

    def has_codes_like(self, code: NamedThing) -> bool:
        """Whether documents contain codes of its shape ("K01" for "K06") and none that differs by final letters."""
        found = {other.lower() for _, text in self._texts(code) for other in codes_in(text)}
        spelled = code.text.lower()
        varied = any(_is_with_letters(spelled, other) or _is_with_letters(other, spelled) for other in found)
        return not varied and any(_shape(other) == _shape(spelled) for other in found)

    def others_of(self, name: NamedThing) -> list[str]:
        """Returns the names of others who share a part of the name."""
        texts = [f"{chunk.section}\n{chunk.text}\n{chunk.context}" for chunk in self.chunks_with(name.words)]
        texts += [self.called(document) for document in self.documents.values()]
        return list(dict.fromkeys(run for text in texts for run in runs_in(text) if another_of(name, run)))

    def numbers(self, head: str) -> Numbers:
        """Returns the numbers that documents give to this noun."""
        chunks = self.chunks_with([head.removesuffix("s")])
        texts = [f"{chunk.section}\n{chunk.text}" for chunk in chunks]
        texts += [self.called(document) for document in self.documents.values()]
        return tuple(pair for text in texts for pair in numbers_of(head, text))

    def chunks_with(self, terms: Iterable[str]) -> list[Chunk]:
        """Returns chunks that contain one of the terms."""
        expression = " OR ".join(map(quote_term, terms))
        found = self._catalogue.lexical(expression, self.scope, _MOST_TEXTS) if expression else []
        return list(self._catalogue.chunks(identifier for identifier, _ in found).values())

    def nearest(self, thing: NamedThing) -> tuple[str, ...]:
        """Returns what is most similar to the thing, each with its file name: `"Marta Ilves" (staff.pdf)`."""
        best_by_name: dict[str, tuple[float, str]] = {}
        for document, text in self._texts(thing):
            for candidate in _of_kind(thing, text):
                score, known = _likeness(thing, candidate), best_by_name.get(candidate.lower())
                if score >= _LIKE and (known is None or known[0] < score):
                    best_by_name[candidate.lower()] = score, f'"{candidate}" ({PurePath(document.path).name})'
        best = sorted(best_by_name.values(), key=lambda item: -item[0])[:NEAREST]
        return tuple(candidate for _, candidate in best)

    def _texts(self, thing: NamedThing) -> Iterator[tuple[Document, str]]:
        """Yields names and texts of the documents: all of few, those that contain a word of the thing of many."""
        for document in self.documents.values():
            yield document, "\n".join((document.title, *document.parties))
        if self._catalogue.embedded_count(self.scope) <= _MOST_TEXTS:
            chunks = [chunk for document in self.documents for chunk in self._catalogue.chunks_of(document)]
        else:
            chunks = self.chunks_with([*thing.words, *([thing.head] if thing.head else [])])
        for chunk in chunks:
            if chunk.document in self.documents:
                yield self.documents[chunk.document], f"{chunk.section}\n{chunk.text}"


def _of_kind(thing: NamedThing, text: str) -> Iterator[str]:
    """Yields what the text contains of the thing's kind."""
    if thing.kind == "label":
        called = thing.text[: len(thing.head)]
        yield from (f"{called} {number.upper()}" for pair in numbers_of(thing.head, text) for number in pair)
    elif thing.kind == "code":
        yield from codes_in(text)
    elif thing.kind in ("name", "term"):
        yield from (run.rstrip(".") for run in runs_in(text) if any(map(_counts, words(run))))


def _likeness(thing: NamedThing, candidate: str) -> float:
    """Similarity, 0 to 1; a name of one word is compared with each word of a longer one."""
    named, other = " ".join(thing.words), candidate.lower()
    if thing.kind == "label":
        number = candidate.rpartition(" ")[2].lower()
        far = abs(int(number) - int(named)) if number.isdigit() and named.isdigit() else 1000
        return 1 / (1 + far) * (1 - _LIKE) + _LIKE
    others = [other, *(other.split() if len(thing.words) == 1 else [])]
    return max(SequenceMatcher(None, named, one).ratio() for one in others)
