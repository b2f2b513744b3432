"""Configures every library for offline use: no hub, no telemetry, no progress bars.

Depends on nothing but the standard library, so that it can be called before anything else is imported. Only fetching
uses the network, in a child process with its own environment (see `online_environment`).
"""

import os

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
}
"""Environment variables that libraries read on import; each name is the library's own."""

GATES = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE")


def go_offline() -> None:
    """Sets `OFFLINE` in this process's environment, over existing values. Call it before importing a library."""
    os.environ.update(OFFLINE)


def online_environment() -> dict[str, str]:
    """Returns the environment for a child process that fetches: `OFFLINE`, with access to the hub enabled."""
    return {**os.environ, **OFFLINE, **dict.fromkeys(GATES, "0")}


def is_offline() -> bool:
    """Whether this process's environment keeps every library off the network."""
    return all(os.environ.get(name) == value for name, value in OFFLINE.items())
