"""Stores which model the user chose for answers in the data directory, so that the choice survives a restart.

An environment variable that names a model (RAGNANO_CHAT_MODEL) takes precedence.
"""

import json
import os
import tempfile
from pathlib import Path

from ragnano.errors import StoreError

_FILE = "desk.json"
_VARIABLE = "RAGNANO_CHAT_MODEL"


def chosen_model(data_dir: Path) -> str | None:
    """Return the chosen model, None if none was chosen or the environment names one."""
    if os.environ.get(_VARIABLE):
        return None
    try:
        found = json.loads((data_dir / _FILE).read_text(encoding="utf-8")).get("chat_model")
    except (OSError, ValueError, AttributeError):  # never chosen, or the file is invalid: use the default
        return None
    return found if isinstance(found, str) and found else None


def keep_model(data_dir: Path, name: str) -> None:
    """Store the choice of model. Raises StoreError (disk full or not writable)."""
    try:
        handle, draft = tempfile.mkstemp(dir=data_dir, prefix=".")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"chat_model": name}, file)
        Path(draft).replace(data_dir / _FILE)
    except OSError as error:
        raise StoreError(f"the choice cannot be saved: {error.strerror}; check the disk of {data_dir}") from None
