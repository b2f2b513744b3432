"""Tell every library that it has no network: no hub, no statistics, no progress bars of its own.

Standard library only, so that it can be called before anything else is imported. It knows no model. Fetching, the one
thing that goes out, does so in a child process with its own environment (see `online_environment`).
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
"""Environment that libraries read when they are imported; each name is its library's own."""

GATES = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE")


def go_offline() -> None:
    """Set `OFFLINE` in this process's environment, over whatever was there. Call it before importing a library."""
    os.environ.update(OFFLINE)


def online_environment() -> dict[str, str]:
    """The environment for a child process that fetches: as `OFFLINE`, with the gates to the hub open."""
    return {**os.environ, **OFFLINE, **dict.fromkeys(GATES, "0")}


def is_offline() -> bool:
    """Whether this process's environment keeps every library from the network."""
    return all(os.environ.get(name) == value for name, value in OFFLINE.items())
