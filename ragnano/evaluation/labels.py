"""Reads a folder of labelled documents, whose questions have known passages, in either of two forms.

ragnano's own form: `retrieval.jsonl`, one {"question", "category", "document", "passages", "named"?} a line. CUAD's
form (Hendrycks et al., NeurIPS 2021 datasets track): `contracts.jsonl` with lawyers' spans by category, and
`queries.json` with one question a category. The documents are beside them in `documents/`, `pdf/` or `txt/`.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from ragnano.errors import ConfigError

_FOLDERS = ("documents", "pdf", "txt")
LEAST_WORDS = 3  # a shorter span ("Section 4") occurs in many places, so finding it proves nothing
_MOST_NAME_WORDS = 8  # longer "parties" are sentences about the parties


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question and the passages of one document that experts labelled as its answer.

    `document` is a file name; `named` is the question as asked of all documents at once, naming the one it is about (""
    when there is nothing to name it by).
    """

    question: str
    category: str
    document: str
    passages: tuple[str, ...]
    named: str = ""


def documents_folder(data: Path) -> Path:
    """Returns the folder with the labelled documents. Raises ConfigError when there is none."""
    for name in _FOLDERS:
        if (data / name).is_dir():
            return data / name
    raise ConfigError(
        f"{data} has no folder {', '.join(_FOLDERS[:-1])} or {_FOLDERS[-1]}; give --data the data's folder"
    )


def read_labels(data: Path, paraphrases: Mapping[str, str] | None = None) -> tuple[Labelled, ...]:
    """Returns all labelled questions in file order; `paraphrases` (by category) replace the questions.

    Raises ConfigError when the folder is in neither form.
    """
    with labels_of(data):
        if (data / "retrieval.jsonl").is_file():
            return tuple(_own(data, paraphrases))
        if (data / "contracts.jsonl").is_file():
            return tuple(_cuad(data, paraphrases))
    raise ConfigError(f"{data} has neither retrieval.jsonl nor contracts.jsonl; give --data a labelled folder")


@contextmanager
def labels_of(data: Path) -> Iterator[None]:
    """Turns the errors of reading the labels in `data` into a ConfigError that names the cause."""
    try:
        yield
    except OSError as error:
        raise ConfigError(f"cannot read the labels in {data}: {error.strerror}") from None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ConfigError(f"the labels in {data} are malformed: {type(error).__name__} {error}") from None


def read_paraphrases(path: Path) -> dict[str, str]:
    """Returns other wordings by category. Raises ConfigError."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot read {path}: {error}") from None
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise ConfigError(f"{path} is not an object of category and wording")
    return found


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yields the objects of a JSON-lines file."""
    with path.open(encoding="utf-8") as stream:
        yield from (json.loads(line) for line in stream if line.strip())


def _own(data: Path, paraphrases: Mapping[str, str] | None) -> Iterator[Labelled]:
    for item in read_lines(data / "retrieval.jsonl"):
        category = item.get("category", "")
        question, named = item["question"], item.get("named", "")
        if paraphrases is not None:
            if category not in paraphrases:
                continue
            question, named = paraphrases[category], ""  # a paraphrase names no document
        yield Labelled(question, category, item["document"], tuple(item["passages"]), named)


def _cuad(data: Path, paraphrases: Mapping[str, str] | None) -> Iterator[Labelled]:
    queries: dict[str, str] = json.loads((data / "queries.json").read_text(encoding="utf-8"))
    wordings = queries if paraphrases is None else {name: paraphrases[name] for name in queries if name in paraphrases}
    folder = documents_folder(data).name
    for contract in read_lines(data / "contracts.jsonl"):
        opening = opening_of(contract["clauses"])
        for category, question in wordings.items():
            spans = contract["clauses"].get(category, {}).get("spans", [])
            if any(span.get("strict") and len(span["text"].split()) >= LEAST_WORDS for span in spans):
                yield Labelled(
                    question,
                    category,
                    PurePath(contract["txt" if folder == "txt" else "pdf"]).name,
                    tuple(span["text"] for span in spans),
                    f"{opening}: {question}" if opening else "",
                )


def opening_of(clauses: Mapping[str, Any]) -> str:
    """Returns the words a person would use to name the contract: its title and up to two of its parties."""
    title = (clauses.get("Document Name", {}).get("answer") or "agreement").strip(' "')
    spans = [span["text"] for span in clauses.get("Parties", {}).get("spans", [])]
    parties = list(dict.fromkeys(text for text in spans if 1 < len(text.split()) <= _MOST_NAME_WORDS))[:2]
    return f"In the {title.title() if title.isupper() else title} between {' and '.join(parties)}" if parties else ""
