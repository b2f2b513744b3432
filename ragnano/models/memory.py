"""Checks whether a chat model fits into memory: compares an estimate from its file with the available memory."""

from pathlib import Path

from ragnano.errors import EngineError
from ragnano.models.catalogue import default_model

OVERHEAD_BYTES = 300 << 20
"""Python, llama.cpp's compute buffers and the key/value cache of 2,048 tokens of the models in the catalogue."""


def memory_needed(path: Path) -> int:
    """Estimates the bytes of a process with this GGUF open: the weights plus `OVERHEAD_BYTES`."""
    return path.stat().st_size + OVERHEAD_BYTES


def check_memory(name: str, path: Path) -> None:
    """Raises EngineError, which names the smaller model, if less memory is available than the model needs."""
    import psutil

    needed, free = memory_needed(path), psutil.virtual_memory().available
    if needed > free:
        small = default_model("small").name
        remedy = f"close other programs, or use the smaller model with --model {small}"
        if name == small:
            remedy = "close other programs"
        raise EngineError(f"{name} needs {needed / 1e6:,.0f} MB of memory and {free / 1e6:,.0f} MB are free: {remedy}")
