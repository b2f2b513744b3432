"""Saved answers: one object a line, as `ragnano ask --json` prints it, with question id, system and model.

A run that was stopped continues from its file: questions answered there are not asked again.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from types import TracebackType
from typing import Any, Self, TextIO

from ragnano.errors import ConfigError
from ragnano.evaluation.labelled_questions import LabelledQuestion
from ragnano.types import Answer

_OPENING = b'{"id": '  # at the start of every line


@dataclass(frozen=True, slots=True)
class Reply:
    """The judged parts of one answer. `quotes` holds the file name and words of each citation; times are in seconds.

    `direct` and `direct_kind` are the direct answer's words and kind, "" without one; `worded` is whether `answer` is
    in the model's words.
    """

    refused: bool
    answer: str
    confidence: float
    quotes: tuple[tuple[str, str], ...]
    total_s: float
    first_token_s: float
    prompt_tokens: int
    direct: str = ""
    direct_kind: str = ""
    worded: bool = False


def reply_of(record: dict[str, Any]) -> Reply:
    """Parses a record of `ask --json`. Without a model call, its first-word time and prompt tokens are 0.

    Records older than direct answers have none.
    """
    timings = record["timings"]
    direct = record.get("direct") or {}  # older runs have no direct answer, other systems a plain text
    direct_fields = {"text": direct} if isinstance(direct, str) else direct
    return Reply(
        record["verdict"] == "not_found",
        record["answer"],
        record["confidence"],
        tuple((PurePath(cited["path"]).name, cited["quote"]) for cited in record["citations"]),
        timings["total_s"],
        timings["first_token_s"] or 0.0,
        record["tokens"]["prompt"],
        direct=direct_fields.get("text", ""),
        direct_kind=direct_fields.get("kind", ""),
        worded=record["verdict"] == "answered",
    )


class Replies:
    """The answers so far by question, system and model; each is written to `path` (None: not at all) as it arrives.

    Use as a context manager. Raises ConfigError when the file is of another form or cannot be written.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._found: dict[tuple[str, str, str], tuple[str, Reply]] = {}
        self._stream: TextIO | None = None

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                self._path.touch(mode=0o600)  # it will contain words of the documents
                self._read(self._path)
                self._stream = self._path.open("a", encoding="utf-8")
            except OSError as error:
                raise ConfigError(f"cannot save the answers in {self._path}: {error.strerror}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream is not None:
            self._stream.close()

    def get(self, labelled: LabelledQuestion, system: str, model: str) -> Reply | None:
        """Returns the answer to exactly this question, None when there is none yet."""
        question, reply = self._found.get((labelled.id, system, model), ("", None))
        return reply if question == labelled.question else None

    def add(self, labelled: LabelledQuestion, system: str, model: str, answer: Answer) -> None:
        """Keeps an answer, and writes it to the file if there is one."""
        who = {"id": labelled.id, "system": system, "model": model}
        line = json.dumps({**who, **asdict(answer), "model": model, "question": labelled.question})
        self._take(json.loads(line))
        if self._stream is not None:
            self._stream.write(line + "\n")
            self._stream.flush()

    def _take(self, record: dict[str, Any]) -> None:
        who = (record["id"], record["system"], record["model"])
        self._found[who] = (record["question"], reply_of(record))

    def _read(self, path: Path) -> None:
        """Reads the existing answers, and cuts off a last line that a stopped run left unfinished."""
        whole = path.read_bytes()
        finished = whole[: whole.rfind(b"\n") + 1]
        try:
            if not (finished or _OPENING.startswith(whole[: len(_OPENING)])):
                raise ValueError("no such line")
            for line in finished.splitlines():
                self._take(json.loads(line))
        except (ValueError, LookupError, TypeError) as error:
            raise ConfigError(
                f"{path} holds no answers of an earlier run ({type(error).__name__} {error}): give another --keep"
            ) from None
        if len(finished) < len(whole):
            with path.open("r+b") as stream:
                stream.truncate(len(finished))
