"""Chooses torch's wheel: the CPU build unless CUDA was asked for, with its digest checked before installation.

On Linux the default package index offers torch as a CUDA build of several gigabytes, which ragnano never needs. So pip
first reports what it would install, and this module accepts or refuses it. Independent of the stamps. Standard library
only.
"""

import json
import platform
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from setup_checks import SetupError
from setup_run import Runner

TORCH_VERSION = "2.13.0"


def known_digests(lock: Path) -> dict[str, str]:
    """Returns file name to SHA-256 (hex) for the wheels that the lock file names."""
    lines = [line.split() for line in lock.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {parts[1]: parts[0] for parts in lines if len(parts) == 2}


def brings_cuda(metadata: dict[str, Any], system: str, machine: str) -> bool:
    """Returns whether a torch with this metadata pulls in CUDA on this system ("Linux") and machine ("x86_64")."""
    if system != "Linux" or "+cpu" in metadata["version"]:
        return False
    if re.search(r"\+(cu|rocm|xpu)", metadata["version"]):
        return True
    for requirement in metadata.get("requires_dist") or []:
        other_machine = "platform_machine" in requirement and machine not in requirement
        if re.match(r"(nvidia|cuda|triton)\b", requirement, re.IGNORECASE) and not other_machine:
            return True
    return False


def judge(item: dict[str, Any], digests: dict[str, str], system: str, machine: str, cuda_wanted: bool) -> str:
    """Returns the requirement, hash included, for the wheel in pip's report. Raises SetupError to refuse the wheel."""
    metadata, source = item["metadata"], item["download_info"]
    if not cuda_wanted and brings_cuda(metadata, system, machine):
        raise SetupError(
            f"The package index offers torch {metadata['version']} only as a CUDA build, several gigabytes that "
            "ragnano does not need. Name an index of CPU builds: make demo TORCH_INDEX=<the CPU address that "
            "PyTorch's 'Get Started' page shows>. Or take CUDA: make demo TORCH=cuda"
        )
    name = unquote(urlsplit(source["url"]).path.rsplit("/", 1)[-1])
    offered = source.get("archive_info", {}).get("hashes", {}).get("sha256")
    if offered is None:
        raise SetupError(f"The package index gives no SHA-256 for {name}, so it cannot be checked. Use another index.")
    if name in digests and digests[name] != offered:
        raise SetupError(
            f"{name} is not the file its publisher released: its SHA-256 is {offered[:12]}…, "
            f"not {digests[name][:12]}…. Nothing was installed; don't trust the index or folder it came from."
        )
    if name not in digests:
        print(f"      {name} is not in .ci/torch.lock: taken as the index gives it, its digest unpinned")
    return f"torch=={metadata['version']} --hash=sha256:{offered}"


def install_torch(runner: Runner, pip: list[str], work: Path, lock: Path, index: str, cuda_wanted: bool) -> None:
    """Installs the accepted wheel with pip. `work`: folder for the report; `index`: an extra index or ""."""
    extra = ["--extra-index-url", index] if index else []
    report = work / "torch-report.json"
    wanted = f"torch=={TORCH_VERSION}"
    asking = ["--dry-run", "--ignore-installed", "--no-deps", "--only-binary", ":all:", "--report", str(report)]
    runner.run([*pip, "install", *asking, *extra, wanted], "Looking up torch")
    item = json.loads(report.read_text(encoding="utf-8"))["install"][0]
    pinned = work / "torch-requirement.txt"
    pinned.write_text(judge(item, known_digests(lock), platform.system(), platform.machine(), cuda_wanted) + "\n")
    taking = [
        "--no-deps",
        "--no-compile",
        "--force-reinstall",
        "--only-binary",
        ":all:",
        "--require-hashes",
        "-r",
        str(pinned),
    ]
    runner.run([*pip, "install", *taking, *extra], "Installing torch")
    if cuda_wanted:
        # The packages that only the CUDA build needs are not in the lock file; pip takes the versions that torch pins.
        runner.run(
            [*pip, "install", "--only-binary", ":all:", *extra, f"torch=={item['metadata']['version']}"],
            "Installing CUDA",
        )
    sys.stdout.flush()
