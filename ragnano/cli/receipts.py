"""Saves the receipts of answers: `ragnano ask --receipt`."""

from pathlib import Path
from typing import TYPE_CHECKING

from ragnano.errors import ReceiptError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ragnano.assistant import Assistant
    from ragnano.types import Answer, Scope


def ask_saving_receipt(assistant: "Assistant", path: Path) -> "Callable[..., Answer]":
    """Returns a function that asks as `assistant.ask` does and writes the receipt.

    Raises ReceiptError at once when `path` cannot be written, before anybody waits for an answer.
    """
    from ragnano.receipts import may_write, save_receipt
    from ragnano.replay import ask_with_receipt

    may_write(path)

    def ask(
        question: str,
        scope: "Scope | None" = None,
        *,
        model: str | None = None,
        on_direct: "Callable[[Answer], None] | None" = None,
        on_text: "Callable[[str], None] | None" = None,
        on_progress: "Callable[[int, int], None] | None" = None,
    ) -> "Answer":
        answer, receipt = ask_with_receipt(
            assistant,
            question,
            scope,
            model=model,
            on_direct=on_direct,
            on_text=on_text,
            on_progress=on_progress,
        )
        save_receipt(receipt, path)
        return answer

    return ask


def make_folder(folder: Path) -> None:
    """Makes the folder for a batch's receipts; a new one is readable only by its owner. Raises ReceiptError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ReceiptError(f"{folder} cannot be a folder for receipts: {error.strerror}; name another") from None
