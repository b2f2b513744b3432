"""Runs txtai over a folder of PDFs, by words and vectors together; started by `compare` in the peers' own environment.

Input and output as in `llamaindex_child`. txtai parses PDFs only with the help of a server, so pypdf reads the pages
and txtai's own Segmentation splits them into paragraphs; the index is txtai's hybrid one with default weights.
"""

import json
import os
import statistics
import sys
import time
from pathlib import Path

os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}

from pypdf import PdfReader
from txtai import Embeddings
from txtai.pipeline import Segmentation


def main() -> None:
    request = json.load(sys.stdin)
    begun = time.monotonic()
    parts = Segmentation(paragraphs=True, minlength=100)
    rows, pages = [], 0
    for path in sorted(Path(request["documents"]).rglob("*.pdf")):
        for page in PdfReader(path).pages:
            pages += 1
            rows += [{"text": text, "file": path.name} for text in parts(page.extract_text())]
    index = Embeddings(path=request["model"], content=True, hybrid=True, gpu=False)
    index.index(rows)
    seconds = time.monotonic() - begun
    hits, times = {}, []
    for identifier, text, document in request["questions"]:
        inside = " and file = :file" if document else ""
        candidates = 1000 if document else request["most"]
        begun = time.monotonic()
        found = index.search(
            f"select text, file, score from txtai where similar(:text, {candidates}){inside}",
            request["most"],
            parameters={"text": text, "file": document},
        )
        times.append(time.monotonic() - begun)
        hits[identifier] = [[row["file"], row["text"]] for row in found]
    out = {"seconds": seconds, "pages": pages, "search_ms": 1000 * statistics.median(times), "hits": hits}
    sys.stdout.write("\n" + json.dumps(out))


if __name__ == "__main__":
    main()
