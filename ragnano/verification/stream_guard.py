"""Decides how much of a reply may be displayed while the model is writing it. `verify` decides the final answer."""

import re
from collections.abc import Sequence

from ragnano.generation.prompts import NOT_FOUND
from ragnano.text.words import words
from ragnano.types import Evidence
from ragnano.verification.verify import MARK


class StreamGuard:
    """Passes a streamed reply on word by word as long as its facts occur somewhere in the evidence.

    The stream is a preview, but even a preview must not display an invented fact, so the first word that fails closes
    the stream.
    """

    def __init__(self, evidence: Sequence[Evidence]) -> None:
        self._known = {word for item in evidence for word in words(item.text)}
        self._held = ""
        self._started = False
        self.open = True

    def feed(self, piece: str) -> str:
        """Returns the part of the reply that may be displayed now ("" while a word is incomplete or after closing)."""
        self._held += piece
        cut = max(self._held.rfind(" "), self._held.rfind("\n")) + 1
        return self._release(cut)

    def finish(self) -> str:
        """Returns the rest when the reply has ended."""
        return self._release(len(self._held))

    def _release(self, cut: int) -> str:
        if not self.open:
            return ""
        ready, self._held = self._held[:cut], self._held[cut:]
        shown = []
        for token in re.findall(r"\s*\S+\s*", ready):
            if not self._may_show(token):
                self.open = False
                break
            shown.append(token)
            self._started = True
        return "".join(shown)

    def _may_show(self, token: str) -> bool:
        without_mark = MARK.sub("", token)
        if not self._started and without_mark.strip(" \n.\"'“”[]").upper() in ("", "NOT", NOT_FOUND):
            return False
        checked = any(character.isdigit() for character in without_mark) or (
            self._started and any(character.isupper() for character in without_mark)
        )
        return not checked or set(words(without_mark)) <= self._known
