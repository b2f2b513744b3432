"""The child process that downloads from the model hub: the only place where the hub's library may go online.

Run as `python -m ragnano.models.hub_process REPO DIRECTORY FILE…`; it stores the files below DIRECTORY. On failure it
writes one line to standard error and exits with 1.
"""

import sys


def main(repo: str, directory: str, names: list[str]) -> int:
    """Downloads the files; returns 0 on success, 1 on failure."""
    from huggingface_hub import hf_hub_download

    for name in names:
        try:
            hf_hub_download(repo, name, local_dir=directory)
        except Exception as error:  # noqa: BLE001
            # The library raises its own, httpx's, urllib3's and OS errors; all mean that the download failed.
            reason = str(error).strip().splitlines() or [""]
            print(f"{type(error).__name__}: {reason[0]}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
