"""Settings: one frozen object, read once from the environment and passed on. No global state.

Every field can be set by an environment variable `RAGNANO_<FIELD>` (upper case); an unknown `RAGNANO_` variable or a
value out of bounds is a ConfigError that names it. Where each default comes from stands beside it.
"""

import os
from pathlib import Path
from typing import Any, Literal, Self

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ragnano.errors import ConfigError

PREFIX = "RAGNANO_"


def default_data_dir() -> Path:
    """Where documents' text, index and history live: RAGNANO_HOME, or the platform's user data directory."""
    return Path(os.environ.get("RAGNANO_HOME") or platformdirs.user_data_path("ragnano", appauthor=False))


def default_models_dir() -> Path:
    """One cache per user for model weights, shared by all data directories."""
    return platformdirs.user_cache_path("ragnano", appauthor=False) / "models"


class Settings(BaseSettings):
    """All that can be chosen. Immutable; `Settings.load(**overrides)` is the way to make one."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data_dir: Path = Field(default_factory=default_data_dir)
    models_dir: Path = Field(default_factory=default_models_dir)
    embedder: str = "legal-minilm"
    chat_model: str = "qwen2.5-coder-0.5b"
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=256)

    chunk_tokens: int = Field(default=200, ge=64, le=256)
    """Most tokens a chunk may have, context included; MiniLM was trained on 128 and reads 256."""
    candidates: int = Field(default=40, ge=5, le=500)
    """Chunks each ranker returns before fusion."""
    evidence_tokens: int = Field(default=180, ge=60, le=4000)
    """Tokens of evidence in the prompt, which is what a laptop waits for (about 160 tokens/s).

    On held-out contracts the right sentence is in the prompt of .83 / .89 / .95 / .97 of the answers with 80 / 180 /
    280 / 400 (LOG.md); what is shown beside the model's words does not depend on it."""
    risk: float = Field(default=0.33, gt=0, lt=1)
    """Share of wrong answers among those given that is accepted; less risk means more refusals
    (ragnano/evidence/gate.toml)."""
    answer_tokens: int = Field(default=64, ge=8, le=1024)
    """Most tokens an answer may have."""
    context_tokens: int = Field(default=2048, ge=512, le=131072)
    """Context window the chat model is opened with; memory grows with it."""

    file_seconds: float = Field(default=120.0, gt=0)
    """Longest that a reader may be at one page of a file (at a file of a kind that has no pages, at all of it)."""
    file_minutes: float = Field(default=60.0, gt=0)
    """Longest that reading one file may take in all; reading 1,000 scanned pages takes about that."""
    file_megabytes: int = Field(default=200, ge=1)
    """Largest file that is read."""
    ocr: Literal["auto", "always", "never"] = "auto"
    """Pictures of text are read where a page gives none (auto), on every page, or never."""
    ocr_languages: str = Field(default="eng", pattern=r"^[A-Za-z_]+(\+[A-Za-z_]+)*$")
    """Languages to read pictures in, as Tesseract names them: "eng", "eng+deu"."""

    password: SecretStr | None = None
    """Asked for by the app before it shows anything; must be set when other machines can reach it."""
    published: str = ""
    """Where a container's port is published, when that is not where the app listens: "127.0.0.1"."""

    @classmethod
    def load(cls, **overrides: Any) -> Self:
        """Settings from the environment, with `overrides` (None values ignored) on top. Raises ConfigError."""
        known = {PREFIX + name.upper() for name in cls.model_fields} | {PREFIX + "HOME"}
        strangers = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
        if strangers:
            raise ConfigError(f"unknown setting {strangers[0]}: known are {', '.join(sorted(known))}")
        try:
            return cls(**{name: value for name, value in overrides.items() if value is not None})
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            got = "" if name == "password" else f" (got {first.get('input')!r})"
            raise ConfigError(f"setting {name}: {first['msg']}{got}") from None
