"""Settings: one frozen object, read once from the environment and passed on. There is no global state.

Every field can be set by an environment variable `RAGNANO_<FIELD>` (upper case). A misspelt `RAGNANO_` variable or a
value out of bounds raises a ConfigError that names it; a variable whose name is near none of ours belongs to another
program, and a warning names it. The reason for a default is given beside it.
"""

import difflib
import logging
import os
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ragnano.errors import ConfigError

PREFIX = "RAGNANO_"
NEAR = 0.75
"""Likeness to a known name (0 to 1, difflib) from which an unknown one counts as misspelt."""
_log = logging.getLogger(__name__)


def default_data_dir() -> Path:
    """Directory of the documents' text, index and history: RAGNANO_HOME, or the platform's user data directory."""
    return Path(os.environ.get("RAGNANO_HOME") or platformdirs.user_data_path("ragnano", appauthor=False))


def default_models_dir() -> Path:
    """Cache directory for model weights: one per user, shared by all data directories."""
    return platformdirs.user_cache_path("ragnano", appauthor=False) / "models"


def config_dir() -> Path:
    """Directory of the user's own configuration: RAGNANO_CONFIG, or the platform's directory for it."""
    return Path(os.environ.get("RAGNANO_CONFIG") or platformdirs.user_config_path("ragnano", appauthor=False))


class Settings(BaseSettings):
    """All settings. Immutable; create one with `Settings.load(**overrides)`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data_dir: Path = Field(default_factory=default_data_dir)
    models_dir: Path = Field(default_factory=default_models_dir)
    embedder: str = "legal-minilm"
    chat_model: str = "qwen2.5-coder-0.5b"
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=256)

    chunk_tokens: int = Field(default=200, ge=64, le=256)
    """Most tokens a chunk may have: heading path, column names, text and 2 special tokens, without its context (title
    and parties), which is not embedded. MiniLM was trained on 128 tokens and reads 256."""
    candidates: int = Field(default=40, ge=5, le=500)
    """Chunks that each ranker returns before fusion."""
    evidence_tokens: int = Field(default=180, ge=60, le=4000)
    """Tokens of evidence in the prompt. Reading the prompt takes most of the waiting time (about 160 tokens/s on a
    laptop).

    On held-out contracts the right sentence is in the prompt for .83 / .89 / .95 / .97 of the answers with 80 / 180 /
    280 / 400 tokens (LOG.md). The quotes displayed beside the model's words do not depend on it."""
    risk: float = Field(default=0.28, gt=0, lt=1)
    """Accepted share of wrong answers among those given; a lower risk means more refusals
    (ragnano/evidence/gate.toml)."""
    answer_tokens: int = Field(default=64, ge=8, le=1024)
    """Most tokens an answer may have."""
    context_tokens: int = Field(default=2048, ge=512, le=131072)
    """Context window that the chat model is opened with; memory use grows with it."""

    file_seconds: float = Field(default=120.0, gt=0)
    """Longest time for parsing one page of a file (for a file format without pages, the whole file)."""
    file_minutes: float = Field(default=60.0, gt=0)
    """Longest time for parsing one file; 1,000 scanned pages take about that long."""
    file_megabytes: int = Field(default=200, ge=1)
    """Largest file that is parsed."""
    ocr: Literal["auto", "always", "never"] = "auto"
    """OCR where a page contains no text (auto), on every page (always), or not at all (never)."""
    ocr_languages: str = Field(default="eng", pattern=r"^[A-Za-z_]+(\+[A-Za-z_]+)*$")
    """Languages for OCR, by their Tesseract names: "eng", "eng+deu"."""

    password: SecretStr | None = None
    """Password that the app requires before it displays anything; must be set when other machines can reach it."""
    published: str = ""
    """Address on which a container's port is published, if it differs from the one the app listens on: "127.0.0.1"."""

    @classmethod
    def load(cls, **overrides: Any) -> Self:
        """Returns settings from the environment; `overrides` take precedence (None is ignored). Raises ConfigError."""
        _check_names({PREFIX + name.upper() for name in cls.model_fields} | {PREFIX + "HOME", PREFIX + "CONFIG"})
        try:
            return cls(**{name: value for name, value in overrides.items() if value is not None})
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            got = "" if name == "password" else f" (got {first.get('input')!r})"
            raise ConfigError(f"setting {name}: {first['msg']}{got}") from None


def _check_names(known: set[str]) -> None:
    """Raises ConfigError for a misspelt variable; warns of each that resembles no known name."""
    endings = {name.removeprefix(PREFIX) for name in known}
    for name in sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known):
        if near := difflib.get_close_matches(name.removeprefix(PREFIX), endings, n=1, cutoff=NEAR):
            raise ConfigError(f"unknown setting {name}: do you mean {PREFIX}{near[0]}? Rename or unset it")
        _warn_of(name)


@cache
def _warn_of(name: str) -> None:
    """Warns once; without a logging configuration the message goes to standard error."""
    _log.warning("ragnano: %s is not a setting of ragnano and is ignored", name)
