"""Which model the reader chose to answer, kept in the data directory so that it is the choice of the next start, too.

An environment that names a model (RAGNANO_CHAT_MODEL) goes before it. Knows a file, neither Streamlit nor models.
"""

import json
import os
import tempfile
from pathlib import Path

from ragnano.errors import StoreError

_FILE = "desk.json"
_VARIABLE = "RAGNANO_CHAT_MODEL"


def chosen_model(data_dir: Path) -> str | None:
    """The model that was chosen, None if none was or the environment names one."""
    if os.environ.get(_VARIABLE):
        return None
    try:
        found = json.loads((data_dir / _FILE).read_text(encoding="utf-8")).get("chat_model")
    except (OSError, ValueError, AttributeError):  # never chosen, or somebody's edit broke it: the default does
        return None
    return found if isinstance(found, str) and found else None


def keep_model(data_dir: Path, name: str) -> None:
    """Choose it from now on. Raises StoreError (the disk is full or closed to us)."""
    try:
        handle, draft = tempfile.mkstemp(dir=data_dir, prefix=".")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"chat_model": name}, file)
        Path(draft).replace(data_dir / _FILE)
    except OSError as error:
        raise StoreError(f"the choice cannot be kept: {error.strerror}; check the disk of {data_dir}") from None
