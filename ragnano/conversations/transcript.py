"""Exports a kept conversation as a Markdown file. Questions and document text are literal, never markup."""

import os
import re
import string
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from ragnano.answering.presentation import Quote, direct_of, quote_of, words_beside
from ragnano.documents.locations import where
from ragnano.errors import QuestionError
from ragnano.text.words import fold
from ragnano.types import ConversationInfo, Turn

REMOVED = "The answer was removed with a document that it rested on."
_PUNCTUATION = re.compile("[" + re.escape(string.punctuation) + "]")
# A number and a full stop at the start of a line would begin a list; the stop is escaped. These need no escape.
_HARMLESS = re.compile(r"\\(?=[,;?%'\"/])")
_LINK = re.compile(r"(?:https?|ftp)(?=\\:)|www(?=\\\.)|(?<=.)(?=\\@)", re.IGNORECASE)
_NOTHING = "<!-- -->"  # never at the start of a line, where it would begin an HTML block


def markdown(info: ConversationInfo, turns: Sequence[Turn]) -> str:
    """Returns the conversation as CommonMark."""
    return "\n".join(_lines(info, turns)) + "\n"


def escape(text: str) -> str:
    """Returns `text` as one line of Markdown: folds white space, removes control characters, escapes punctuation."""
    return _escaped("".join(character if character.isprintable() else " " for character in fold(text)))


def _escaped(text: str) -> str:
    escaped = _HARMLESS.sub("", _PUNCTUATION.sub(r"\\\g<0>", text))
    # Some Markdown viewers turn bare web and mail addresses into links; an empty comment prevents that.
    return _LINK.sub(lambda found: found.group() + _NOTHING, escaped)


def write(path: Path, content: str | bytes) -> None:
    """Writes a file atomically, readable by its owner only (0600). Raises QuestionError if that fails."""
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
        if direct := direct_of(turn.answer):
            yield from (f"{_bold(direct.text)} \\[{direct.citation}\\]", "")
        for line in words_beside(turn.answer).splitlines():
            yield escape(line)
        for citation in turn.answer.citations:
            quote = _marked(quote_of(turn.answer, citation))
            yield from ("", f"> {quote}", ">", f"> \\[{citation.number}\\] {escape(where(citation))}")
        if turn.answer.nearest:
            yield from ("", "Closest clauses:", "")
            for citation in turn.answer.nearest:
                yield f"- {escape(where(citation))}: {escape(citation.quote)}"


def _bold(text: str) -> str:
    """Returns non-empty text in bold."""
    return f"**{escape(text).strip()}**"


def _marked(quote: Quote) -> str:
    """Returns the quote with the words of the direct answer in bold."""
    before, words, behind = map(_escaped, quote)
    if not words:
        return before
    # Asterisks between a letter and punctuation ("US$5") are no delimiters: an empty comment separates them.
    opening = _NOTHING if quote.before[-1:].strip() and not words[0].isalnum() else ""
    closing = _NOTHING if quote.behind[:1].strip() and not words[-1].isalnum() else ""
    return f"{before}{opening}**{words}**{closing}{behind}"
