"""Helpers for the set-up tests: the files of .ci as modules, and the offers of a package index."""

import importlib
import sys
from pathlib import Path
from typing import Any

CI = Path(__file__).resolve().parents[2] / ".ci"


if str(CI) not in sys.path:
    sys.path.append(str(CI))  # as when Python runs one of these files


def load(name: str) -> Any:
    """Loads a file of .ci as a module."""
    return importlib.import_module(name)


PLAIN_TORCH = {
    "version": "2.13.0",
    "requires_dist": ["filelock", 'nvidia-cublas==13.0; platform_system == "Linux"'],
}
CPU_TORCH = {"version": "2.13.0+cpu", "requires_dist": ["filelock"]}
CPU_WHEEL = "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl"


def offer(metadata: dict[str, Any], name: str = CPU_WHEEL, digest: str = "a" * 64) -> dict[str, Any]:
    """Returns one package of pip's report, its address percent-encoded as by pip."""
    address = f"file:///wheels/{name.replace('+', '%2B')}"
    return {
        "metadata": metadata,
        "download_info": {"url": address, "archive_info": {"hashes": {"sha256": digest}}},
    }
