"""Checks evidence against what the question names, and words the refusal when no document contains it.

Evidence is dropped only if it is about another thing of the same kind ("Unit 16" for "Unit 17"); a question is refused
only if a thing that it names occurs in no searched document. Everything else is left to the reader.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ragnano.answering.searched import Searched, another_of, is_among, names_in, numbers_of, runs_in, singular
from ragnano.answering.things import NamedThing, currencies, names_a_paper, same_places, things_named
from ragnano.documents.table_rows import is_row
from ragnano.documents.text_tables import text_rows
from ragnano.store import Catalogue
from ragnano.text.legal_terms import is_place
from ragnano.text.query import Question, synonym_stems
from ragnano.text.words import stem, words
from ragnano.types import Evidence, Scope

Fit = Literal["holds", "lacks", "other"]
"""Whether evidence contains a thing that is asked for, lacks it, or is about another thing of its kind."""

_ROW_WIDTH = 3  # filled cells of a row about something; a row with fewer may be a heading within the table
_BARE_YEAR = re.compile(r"(?<![\w/.-])(?:in|for|during)\s+(?:19|20)\d\d(?![\w/-]|\.\d)")
_CELLS = re.compile(r"\s*\|\s*|\s*;\s*|\t| {2,}")


@dataclass(frozen=True, slots=True)
class NamedCheck:
    """The evidence about what the question names, best first, and why nothing can answer ("" if something can).

    `reason` is whole sentences for the user: 'No document names "Marta Helding". The nearest name is …'. `things` are
    those that occur nowhere, or that no evidence is about.
    """

    fitting: tuple[Evidence, ...]
    reason: str = ""
    things: tuple[NamedThing, ...] = ()


def check_named(question: Question, evidence: Sequence[Evidence], library: Catalogue, scope: Scope) -> NamedCheck:
    """Returns the evidence that fits; none, with a reason, if a named thing occurs in no searched document."""
    things = things_named(question)
    if scope.documents is not None:
        # A user who selected the documents may call them by any name.
        things = tuple(thing for thing in things if not names_a_paper(question.text, thing))
    if not things:
        return NamedCheck(tuple(evidence))
    searched = Searched(library, scope)
    if absent := tuple(thing for thing in things if _is_absent(thing, searched, question)):
        return NamedCheck((), _no_document(absent[0], searched), absent)
    fits = _fits(things, evidence, searched, library)
    fitting = [at for at in range(len(evidence)) if not _is_about_another(things, fits[at])]
    if missed := [
        thing for at, thing in enumerate(things) if _is_missed(thing, [fit[at] for fit in fits], bool(fitting))
    ]:
        return NamedCheck((), _nothing_found(missed[0], searched), (missed[0],))
    fitting.sort(
        key=lambda at: -sum(_is_exact(thing) and fit == "holds" for thing, fit in zip(things, fits[at], strict=True))
    )
    return NamedCheck(tuple(evidence[at] for at in fitting))


def _is_missed(thing: NamedThing, fits: Sequence[Fit], left: bool) -> bool:
    """Whether no evidence is about the thing: the best item is about another, none contains it, and none else is left.

    For a currency, place or year, other evidence does not help: it is about another one.
    """
    return fits[:1] == ["other"] and "holds" not in fits and (not left or thing.kind in ("currency", "place", "year"))


def _is_exact(thing: NamedThing) -> bool:
    """Whether evidence that contains the thing itself is better than evidence that does not."""
    return thing.kind in ("label", "currency")


def _is_about_another(things: Sequence[NamedThing], fits: Sequence[Fit]) -> bool:
    """Whether, for some kind of thing, the evidence is about others only; one of two units asked for is enough."""
    for kind in {thing.kind for thing in things}:
        kind_fits = [fit for thing, fit in zip(things, fits, strict=True) if thing.kind == kind]
        if "other" in kind_fits and "holds" not in kind_fits:
            return True
    return False


def _is_absent(thing: NamedThing, searched: Searched, question: Question) -> bool:
    """Whether the thing occurs in no searched document."""
    if thing.kind == "name":
        return _is_absent_name(thing, searched)
    if thing.kind == "label":
        numbers = searched.numbers(thing.head)
        series = len({pair[0] for pair in numbers}) > 1 and not is_among(thing.words[0], numbers)
        return series and not searched.contains_exactly(thing.words[0])
    if thing.kind == "code":
        return _is_absent_code(thing, searched)
    if thing.kind == "term":
        return not searched.contains_phrase(thing.text) and not all(map(searched.contains_word, thing.words))
    return False


def _is_absent_code(code: NamedThing, searched: Searched) -> bool:
    """Whether the code occurs nowhere although the documents contain similar codes."""
    spellings = (code.text, "".join(code.words), re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", " ", code.text))
    if any(map(searched.contains_phrase, spellings)) or searched.contains_word(code.text.lower()):
        return False
    return searched.has_codes_like(code)


def _is_absent_name(name: NamedThing, searched: Searched) -> bool:
    occurring = [word for word in name.words if searched.contains_word(word)]
    if not occurring:
        return not any(synonym_stems(stem(word)) for word in name.words)
    if len(name.words) < 2 or 2 * len(occurring) > len(name.words) > 2 or (len(occurring) == len(name.words) > 2):
        return False
    if len(occurring) == len(name.words) and searched.contains_name(name.words):
        return False
    return not any(map(searched.contains_lowercase, occurring)) and bool(searched.others_of(name))


def _no_document(thing: NamedThing, searched: Searched) -> str:
    if thing.kind == "term":
        return f'No document uses the term "{thing.text}".'
    return _with_nearest(f'No document names "{thing.text}".', thing, searched)


def _nothing_found(thing: NamedThing, searched: Searched) -> str:
    if thing.kind == "currency":
        return f"The documents give no such amount in {thing.text}."
    if thing.kind in ("place", "year"):
        return f"The documents say it for others, not for {thing.text}."
    return _with_nearest(f'Nothing that was found is about "{thing.text}".', thing, searched)


def _with_nearest(message: str, thing: NamedThing, searched: Searched) -> str:
    near = [one for one in searched.nearest(thing) if not one.lower().startswith(f'"{thing.text.lower()}"')]
    if not near:
        return message
    what = "name" if thing.kind == "name" else ""
    called = f"nearest {what}{'s' if what and len(near) > 1 else ''}".strip()
    return f"{message} The {called} {'are' if len(near) > 1 else 'is'} {', '.join(near)}."


def _fits(
    things: Sequence[NamedThing], evidence: Sequence[Evidence], searched: Searched, library: Catalogue
) -> list[list[Fit]]:
    """Returns, for each item of evidence, how it fits each thing."""
    fits = [[_fit(thing, item, searched) for thing in things] for item in evidence]
    for at, thing in enumerate(things):
        if thing.kind not in ("currency", "term", "place"):
            for place, item in enumerate(evidence):
                if fits[place][at] == "lacks" and _is_a_neighbour(thing, item, library):
                    fits[place][at] = "other"
    return fits


def _fit(thing: NamedThing, item: Evidence, searched: Searched) -> Fit:
    above = f"{item.hit.chunk.section}\n{item.hit.chunk.columns}\n{searched.called(item.hit.document)}"
    if thing.kind == "label":
        return _label_fit(thing, item.text, above)
    if thing.kind == "currency":
        return _currency_fit(thing, item.text)
    if thing.kind == "name":
        return _name_fit(thing, item, above, searched)
    if thing.kind == "place":
        return _place_fit(thing, item.text, searched)
    if thing.kind == "year":
        return _year_fit(thing, f"{above}\n{item.text}", item.text, searched)
    return "holds" if thing.kind == "code" and _contains(thing, f"{above}\n{item.text}") else "lacks"


def _label_fit(thing: NamedThing, item_text: str, above: str) -> Fit:
    number = thing.words[0]
    for text in (item_text, above):
        if numbers := numbers_of(thing.head, text):
            return "holds" if is_among(number, numbers) else "other"
        if number in words(text):
            return "holds"
    return "lacks"


def _currency_fit(thing: NamedThing, item_text: str) -> Fit:
    shown = [signs for asked, signs in currencies() if thing.words[0] in asked]
    others = [signs for asked, signs in currencies() if thing.words[0] not in asked]
    if any(_contains_currency(item_text, signs) for signs in shown):
        return "holds"
    return "other" if any(_contains_currency(item_text, signs) for signs in others) else "lacks"


def _contains_currency(text: str, signs: frozenset[str]) -> bool:
    tokens = set(re.findall(r"[a-zł]+|[$€£¥₹]", text.lower()))
    return bool(tokens & signs) and any(char.isdigit() for char in text)


def _name_fit(thing: NamedThing, item: Evidence, above: str, searched: Searched) -> Fit:
    if _contains(thing, item.text) or _contains(thing, above):
        return "holds"
    if any(another_of(thing, run) for run in runs_in(item.text)):
        return "other"
    if searched.contains_name(thing.words, item.hit.document.id):
        return "lacks"
    borne = item.hit.document.parties and searched.is_name_of_document(thing.words)
    return "other" if borne or any(another_of(thing, run) for run in runs_in(above)) else "lacks"


def _place_fit(thing: NamedThing, item_text: str, searched: Searched) -> Fit:
    names = same_places(thing.text)
    if any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", item_text.lower()) for name in names):
        return "holds"
    others = [run for run in runs_in(item_text) if is_place(run)]
    return "other" if len(others) > 1 and not any(map(searched.contains_exactly, names)) else "lacks"


def _year_fit(thing: NamedThing, whole: str, item_text: str, searched: Searched) -> Fit:
    year = thing.words[0]
    if year in whole:
        return "holds"
    return "other" if _BARE_YEAR.search(item_text) and not searched.contains_exactly(year) else "lacks"


def _contains(thing: NamedThing, text: str) -> bool:
    """Whether the text contains all words of the thing, ignoring what separates their letters."""
    if thing.kind == "code":
        return "".join(thing.words) in re.sub(r"[\W_]", "", text.lower())
    return set(map(singular, thing.words)) <= names_in(text)


def _is_a_neighbour(thing: NamedThing, item: Evidence, library: Catalogue) -> bool:
    """Whether the item is a row of a table in which another row with as many cells is about the thing."""
    span = item.spans[0]
    text = library.page(item.hit.document.id, span.page).text
    rows = [(row.start, text[row.start : row.end]) for row in text_rows(text)]
    rows += [(line.start(), line[0]) for line in re.finditer(r"[^\n]+", text) if is_row(line[0])]
    row_text = next((row for start, row in rows if start == span.start), "")
    if is_row(row_text) and not is_row(text[: span.start].rstrip().rpartition("\n")[2]):
        return False  # the first row of a table contains the column names
    return bool(row_text) and any(_is_about(thing, row, len(_filled(row_text))) for _, row in rows)


def _is_about(thing: NamedThing, row: str, width: int) -> bool:
    """Whether a row with that many filled cells has the thing in its first two cells and a figure after them."""
    filled = _filled(row)
    if len(filled) != width or width < _ROW_WIDTH or not any(map(str.isdigit, "".join(filled[1:]))):
        return False
    return thing.text in filled[:2] if thing.kind == "year" else _contains(thing, " ".join(filled[:2]))


def _filled(row: str) -> list[str]:
    return [cell for cell in _CELLS.split(row.strip()) if cell.strip(" |")]
