"""Receipt files: written so that only their owner can read them, and parsed as untrusted input.

A receipt contains words of documents. No message of this module repeats any of them.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from ragnano.errors import ReceiptError
from ragnano.models.json_files import write_json
from ragnano.receipts.schema import FORMAT, Receipt

_FIELD = re.compile(r"[a-z_0-9]{1,30}")

LARGEST = 16 << 20
"""Bytes. The receipt of one answer has some 20,000; a long summary calls the model many times."""
LONGEST_NAME = 60
"""Most characters of a batch line's id in a file name."""


def may_write(path: Path) -> None:
    """Raises ReceiptError if no receipt can be written: the folder is missing, or another kind of file is there."""
    if not path.parent.is_dir():
        raise ReceiptError(f"there is no folder {path.parent}: make it, or name another file for the receipt")
    if path.is_symlink() or path.exists():
        try:
            _read(path)
        except ReceiptError:
            raise ReceiptError(f"{path} exists and is not a receipt: it is left unchanged; name another file") from None


def save_receipt(receipt: Receipt, path: Path) -> None:
    """Writes the file atomically, readable by its owner only. Raises as `may_write`."""
    may_write(path)
    try:
        write_json(path, receipt.model_dump(mode="json"))
    except OSError as error:
        raise ReceiptError(f"cannot write {path}: {error.strerror}; name another file") from None


def load_receipt(path: Path) -> Receipt:
    """Returns the receipt in a file. Raises ReceiptError if it is not one, is too large, or was changed since."""
    value = _read(path)
    try:
        # Validated as JSON: only then does a strict model accept lists for tuples.
        receipt = Receipt.model_validate_json(json.dumps(value))
    except ValidationError as error:
        # Names of fields only: a foreign key could contain anything, including control characters.
        place = ".".join(
            str(part) for part in error.errors(include_input=False)[0]["loc"] if _FIELD.fullmatch(str(part))
        )
        raise ReceiptError(f"{path} is not a complete receipt: {place or 'its content'} is wrong or missing") from None
    if receipt.sha256 != receipt.digest():
        raise ReceiptError(f"{path} was changed after it was written: its content is not what its sha256 says")
    return receipt


def _read(path: Path) -> dict[str, Any]:
    """Returns the JSON object in the file, which must have this format."""
    try:
        if not path.is_file():
            raise ReceiptError(f"there is no file {path}: name a receipt that `ragnano ask --receipt` wrote")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise ReceiptError(f"cannot read {path}: {error.strerror}") from None
    if len(data) > LARGEST:
        raise ReceiptError(f"{path} is larger than any receipt ({LARGEST >> 20} MB): name another file")
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ReceiptError(f"{path} is not a receipt: it is not JSON") from None
    made = value.get("format") if isinstance(value, dict) else None
    if not isinstance(made, str) or not made.startswith("ragnano receipt "):
        raise ReceiptError(f"{path} is not a receipt: name one that `ragnano ask --receipt` wrote")
    if made != FORMAT:
        raise ReceiptError(f"{path} is a receipt in another format; this version of ragnano reads {FORMAT!r}")
    assert isinstance(value, dict)
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def receipt_name(identifier: object, taken: set[str]) -> str:
    """Returns a file name for the receipt of a batch line, whatever its id is; adds it to `taken`.

    Characters with a meaning for a file system are replaced; ids that are equal, or would then have the same name, get
    different names.
    """
    text = identifier if isinstance(identifier, str) else json.dumps(identifier, sort_keys=True)
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", text)[:LONGEST_NAME].strip("._")
    name = f"receipt-{safe}"
    if safe != text:
        name += "-" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
    unique, count = name, 1
    while unique.casefold() in taken:
        count += 1
        unique = f"{name}-{count}"
    taken.add(unique.casefold())
    return f"{unique}.json"
