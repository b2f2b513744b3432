"""Reads labelled questions as people ask them: a file with one object a line, and the texts it names.

A line has "id", "kind", "split", "txt" (a file's name), "question", "answerable", "type", "short", "gold", "also" and
"direct".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from ragnano.errors import ConfigError
from ragnano.evaluation.labelled_questions import LabelledQuestion, sample
from ragnano.evaluation.labels import labels_of, read_lines

MEASURING = "dev.jsonl"
"""The file that is read when a folder is given."""
TEXTS = ("txt", "../cuad_train/txt", "../cuad/txt")
"""Folders that may contain the texts, relative to the folder of the labels, in the order they are searched."""


@dataclass(frozen=True, slots=True)
class Label:
    """A question asked of `document` (a file name), and what is known of its answer.

    `gold` holds the sentences or rows that answer it, () where none does; `also` holds other passages that do. `short`
    is the exact words that answer, "" where no few words do; `direct` is the ideal direct answer. `erased` is true for
    a question asked of its document without the sentences that answer it.
    """

    id: str
    kind: str
    split: str
    document: str
    question: str
    type: str
    gold: tuple[str, ...]
    also: tuple[str, ...] = ()
    short: str = ""
    direct: str = ""
    erased: bool = False

    @property
    def answerable(self) -> bool:
        """Whether the document answers it."""
        return bool(self.gold)

    @property
    def passages(self) -> tuple[str, ...]:
        """All passages that answer it."""
        return self.gold + self.also

    @property
    def asked(self) -> LabelledQuestion:
        """The question as one that is asked of its document alone."""
        return LabelledQuestion(self.id, self.question, self.type, self.document, self.passages, (self.document,))


def read_asked(data: Path) -> tuple[Label, ...]:
    """Returns the labelled questions of a file, or of a folder's `dev.jsonl`, in file order. Raises ConfigError."""
    path = data / MEASURING if data.is_dir() else data
    with labels_of(path):
        found = tuple(_label(line) for line in read_lines(path))
        if len({label.id for label in found}) < len(found):
            raise ValueError("duplicate id")
    return found


def _label(line: Mapping[str, Any]) -> Label:
    """Parses the label in a line. Raises ValueError, LookupError or TypeError for any other form."""
    words = {name: line[name] for name in ("id", "kind", "split", "txt", "question", "type")}
    if not all(isinstance(word, str) for word in words.values()):
        raise TypeError("id, kind, split, txt, question and type must be text")
    document = PurePath(words.pop("txt")).name
    if not line["answerable"]:
        return Label(**words, document=document, gold=())
    gold, also = _sentences(line["gold"]), _sentences(line.get("also") or [])
    if not gold:
        raise ValueError(f"{words['id']} is answerable and has no gold")
    short, direct = line.get("short") or "", line.get("direct") or ""
    return Label(**words, document=document, gold=gold, also=also, short=short, direct=direct)


def _sentences(found: Any) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(sentence, str) for sentence in found):
        raise TypeError("gold and also must be lists of texts")
    return tuple(found)


def chosen_of(
    labels: Sequence[Label],
    *,
    split: str | None = None,
    kind: str | None = None,
    limit: int | None = None,
    seed: int = 1,
) -> tuple[Label, ...]:
    """Returns the questions of a split and a kind (None: any), shuffled, answerable ones first.

    `limit` is the most that are returned; it takes answerable and other questions evenly. Raises ConfigError when none
    is left.
    """
    for name, requested in (("split", split), ("kind", kind)):
        available = sorted({getattr(label, name) for label in labels})
        if requested is not None and requested not in available:
            raise ConfigError(
                f"no labelled question of {name} {requested}: there are {', '.join(available) or 'none at all'}"
            )
    left = {label.id: label for label in labels if split in (None, label.split) and kind in (None, label.kind)}
    if not left:
        raise ConfigError(f"no labelled question is of split {split or 'any'} and kind {kind or 'any'}")
    taken = sample([label.asked for label in left.values()], answerable=None, absent=None, seed=seed, limit=limit)
    return tuple(left[item.id] for item in taken)


def texts_of(data: Path, labels: Iterable[Label]) -> dict[str, str]:
    """Returns the texts of the labels' documents by file name. Raises ConfigError for a missing one."""
    folder = data if data.is_dir() else data.parent
    return {name: _text(folder, name) for name in dict.fromkeys(label.document for label in labels)}


def _text(folder: Path, name: str) -> str:
    """Returns the file's text with its line ends unchanged."""
    for texts in TEXTS:
        path = folder / texts / name
        if path.is_file():
            with labels_of(path):
                return path.read_bytes().decode("utf-8", errors="replace")
    places = ", ".join(str(folder / texts) for texts in TEXTS)
    raise ConfigError(f"the text {name}, which a labelled question is about, is in none of {places}")
