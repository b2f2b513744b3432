"""A kept conversation as a Markdown file. Questions and document text stand in it as they are, never as markup."""

import os
import re
import string
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from ragnano.errors import QuestionError
from ragnano.places import where
from ragnano.text import fold
from ragnano.types import ConversationInfo, Turn

REMOVED = "The answer was removed with a document that it rested on."
_PUNCTUATION = re.compile("[" + re.escape(string.punctuation) + "]")
# A number and a full stop at a line's head would begin a list; the stop is escaped with the rest. These need no escape.
_HARMLESS = re.compile(r"\\(?=[,;?%'\"/])")
_LINK = re.compile(r"(?:https?|ftp)(?=\\:)|www(?=\\\.)|(?=\\@)", re.IGNORECASE)


def markdown(info: ConversationInfo, turns: Sequence[Turn]) -> str:
    """The conversation as CommonMark."""
    return "\n".join(_lines(info, turns)) + "\n"


def escape(text: str) -> str:
    """One line of Markdown that shows `text`: white space is folded, control characters go, all marks are escaped."""
    text = "".join(character if character.isprintable() else " " for character in fold(text))
    escaped = _HARMLESS.sub("", _PUNCTUATION.sub(r"\\\g<0>", text))
    # Some readers make links of bare web and mail addresses: an empty comment parts them.
    return _LINK.sub(lambda found: found.group() + "<!-- -->", escaped)


def write(path: Path, content: str | bytes) -> None:
    """Put it into a file that only its owner can read (0600), at once. Raises QuestionError when that fails."""
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise QuestionError(f"cannot write {path}: {error.strerror}; choose another --out") from None


def _lines(info: ConversationInfo, turns: Sequence[Turn]) -> Iterator[str]:
    yield f"# {escape(info.title)}"
    yield ""
    yield f"Begun {info.created}, last question {info.updated}."
    for turn in turns:
        yield from ("", f"## {turn.number}\\. {escape(turn.asked)}", "")
        if turn.read_as != turn.asked:
            yield from (f"Read as: {escape(turn.read_as)}", "")
        if turn.answer is None:
            yield f"*{REMOVED}*"
            continue
        for line in turn.answer.answer.splitlines():
            yield escape(line)
        for citation in turn.answer.citations:
            yield from ("", f"> {escape(citation.quote)}", ">", f"> \\[{citation.number}\\] {escape(where(citation))}")
        if turn.answer.nearest:
            yield from ("", "Closest clauses:", "")
            for citation in turn.answer.nearest:
                yield f"- {escape(where(citation))}: {escape(citation.quote)}"
