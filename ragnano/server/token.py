"""The API token: made once, kept in the data directory, readable only by its owner."""

import os
import secrets
from pathlib import Path

from ragnano.errors import ConfigError

_NAME = "api-token"
LEAST_TOKEN = 32
"""The fewest characters a token may have. `secrets.token_urlsafe(32)` gives 43, which hold 256 random bits."""


def token_file(data_dir: Path) -> Path:
    """Returns the path of the token file."""
    return data_dir / _NAME


def token_of(data_dir: Path) -> str:
    """Returns the data directory's token, made now if there is none. Raises ConfigError for an unusable file."""
    path = token_file(data_dir)
    try:
        _make(path)
        token = path.read_text(encoding="ascii").strip()
        others = path.stat().st_mode & 0o077
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot use {path}: {error}; remove it, and a new token is made") from None
    if len(token) < LEAST_TOKEN or not token.isprintable():
        raise ConfigError(
            f"{path} holds no token of {LEAST_TOKEN} characters or more: remove it, and a new one is made"
        )
    if others:
        raise ConfigError(f"others may read {path}: remove it, and a new token is made (or run `chmod 600` on it)")
    return token


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
