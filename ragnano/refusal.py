"""What is said when the documents don't answer: that they don't, and which were searched."""

from collections.abc import Sequence

from ragnano.types import Document

NAMED = 3
"""Documents that a refusal names; more are counted."""


def refusal(searched: Sequence[Document]) -> str:
    """The refusal's words."""
    if not searched:
        return "The documents don't say. There was nothing to search."
    if len(searched) > NAMED:
        return f"The documents don't say. Searched {len(searched)} documents."
    names = ", ".join(sorted(document.path.replace("\\", "/").rsplit("/", 1)[-1] for document in searched))
    return f"The documents don't say. Searched {names}."
