"""Memory that a run has freed goes back to the system."""

import ctypes
import sys

import psutil
import pytest

from ingest.workers.memory import release_freed_memory

BLOCK = 64 << 10  # bytes; larger blocks are returned automatically
BLOCKS = 800


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="this C library hands back itself"
)
def test_memory_that_was_freed_is_handed_back() -> None:
    library = ctypes.CDLL(None)
    library.malloc.restype = ctypes.c_void_p
    blocks = [library.malloc(BLOCK) for _ in range(BLOCKS)]
    for block in blocks:
        ctypes.memset(block, 1, BLOCK)
    for block in blocks[:-1]:  # the last one keeps the heap from shrinking without help
        library.free(ctypes.c_void_p(block))
    process = psutil.Process()
    before = process.memory_info().rss
    release_freed_memory()
    assert before - process.memory_info().rss > BLOCK * BLOCKS // 2
    library.free(ctypes.c_void_p(blocks[-1]))
