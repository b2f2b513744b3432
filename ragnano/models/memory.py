"""Memory: is there room for a chat model, and is what was freed given back to the system?"""

import ctypes
import platform
from pathlib import Path

from ragnano.errors import EngineError
from ragnano.models.catalogue import default_model

OVERHEAD_BYTES = 300 << 20
"""Python, llama.cpp's compute buffers and the key/value cache of 2,048 tokens of the models in the catalogue."""


_BLOCK = 1 << 20
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # names of mallopt's parameters in malloc.h


def give_back_large_blocks() -> None:
    """Have glibc return every freed block of a MiB or more to the system; elsewhere nothing needs to be done.

    Left alone, glibc raises that threshold with each large block that is freed, and the many lengths of batches keep
    memory that nothing uses: embedding 900 passages peaked at 1,001 MB, and at 705 MB so (tests/benchmarks/LOG.md).
    """
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(_MMAP_THRESHOLD, _BLOCK)
        libc.mallopt(_TRIM_THRESHOLD, _BLOCK)


def memory_needed(path: Path) -> int:
    """Bytes that a process with this GGUF open takes, roughly: the weights plus `OVERHEAD_BYTES`."""
    return path.stat().st_size + OVERHEAD_BYTES


def check_memory(name: str, path: Path) -> None:
    """Raises EngineError, naming the smaller model, when less memory is available than the model needs."""
    import psutil

    needed, free = memory_needed(path), psutil.virtual_memory().available
    if needed > free:
        small = default_model("small").name
        remedy = f"close other programs, or use the smaller model with --model {small}"
        if name == small:
            remedy = "close other programs"
        raise EngineError(f"{name} needs {needed / 1e6:,.0f} MB of memory and {free / 1e6:,.0f} MB are free: {remedy}")
