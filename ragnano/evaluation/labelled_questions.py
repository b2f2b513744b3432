"""Questions with all that is known of their answers, and the sets they come in, independent of any file format."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Short = Literal["", "date", "names", "words", "verbatim"]
"""How a short answer is compared with the given one (`ragnano.evaluation.answer_checks`); "" where there is none."""


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question, the documents it is asked of, and what is known of its answer.

    `passages` are the words of `document` (a file name) that answer it; without any, the right answer is a refusal.
    `asked_of` holds the file names of the documents it is asked of; () means the whole index. `wanted` holds the right
    short answers, compared as `short` says. `says` is the document's answer to a yes/no question.
    """

    id: str
    question: str
    category: str
    document: str
    passages: tuple[str, ...]
    asked_of: tuple[str, ...] = ()
    short: Short = ""
    wanted: tuple[str, ...] = ()
    says: Literal["", "yes", "no"] = ""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions and the documents they are asked of: a folder of files, or texts by the file name each is to get."""

    kind: str
    items: tuple[LabelledQuestion, ...]
    documents: Path | Mapping[str, str]


def documents_of(found: QuestionSet, items: Sequence[LabelledQuestion]) -> Path | Mapping[str, str]:
    """Returns the documents that `items` need: the set's folder, or the texts that the items are asked of."""
    if isinstance(found.documents, Path):
        return found.documents
    return {name: found.documents[name] for item in items for name in item.asked_of}


def sample(
    items: Sequence[LabelledQuestion], *, answerable: int | None, absent: int | None, seed: int, limit: int | None
) -> tuple[LabelledQuestion, ...]:
    """Returns this many answerable and absent questions, shuffled, answerable ones first; None takes all.

    `limit` then takes that many of these evenly, so that both kinds keep their share.
    """
    with_passages = [item for item in items if item.passages]
    missing = [item for item in items if not item.passages]
    shuffler = random.Random(seed)
    shuffler.shuffle(with_passages)
    shuffler.shuffle(missing)
    taken = with_passages[:answerable] + missing[:absent]
    if limit is None or limit >= len(taken):
        return tuple(taken)
    return tuple(taken[place * len(taken) // limit] for place in range(limit))
