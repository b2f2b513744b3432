"""Runs ragnano over a folder of PDFs in a process of its own; input and output as in `llamaindex_child`."""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path, PurePath

from ingest.pipeline import ingest
from ragnano.assistant import Assistant
from ragnano.settings import Settings
from ragnano.types import Scope


def main() -> None:
    request = json.load(sys.stdin)
    with (
        tempfile.TemporaryDirectory() as folder,
        Assistant(Settings.load(data_dir=Path(folder), embedder=request["model"])) as assistant,
    ):
        report = ingest(
            [Path(request["documents"])],
            settings=assistant.settings,
            catalogue=assistant.catalogue,
            vectors=assistant.vectors,
            embedder=lambda: assistant.embedder,
        )
        assistant.settle()
        known = {PurePath(document.path).name: document.id for document in assistant.documents()}
        hits, times = {}, []
        for identifier, text, document in request["questions"]:
            scope = Scope(None, (known[document],)) if document else Scope()
            begun = time.monotonic()
            found = assistant.search(text, scope, request["most"])
            times.append(time.monotonic() - begun)
            hits[identifier] = [[PurePath(hit.document.path).name, hit.chunk.text] for hit in found]
    out = {"seconds": report.seconds, "pages": report.pages, "search_ms": 1000 * statistics.median(times)}
    sys.stdout.write("\n" + json.dumps(out | {"hits": hits}))


if __name__ == "__main__":
    main()
