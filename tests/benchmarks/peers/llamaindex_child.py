"""Runs LlamaIndex's default pipeline over a folder of PDFs; started by `compare` in the peers' own environment.

Reads {"documents", "model", "questions": [[id, text, document or null]], "most"} from standard input; prints
{"seconds", "pages", "search_ms", "hits": {id: [[file name, text], …]}}. Everything is the library's default
except the embedder, which is the one of ragnano's plain column.
"""

import json
import os
import statistics
import sys
import time

os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}

from llama_index.core import Settings, SimpleDirectoryReader, VectorStoreIndex
from llama_index.core.vector_stores import MetadataFilter, MetadataFilters
from llama_index.embeddings.huggingface import HuggingFaceEmbedding


def main() -> None:
    request = json.load(sys.stdin)
    Settings.llm = None
    Settings.embed_model = HuggingFaceEmbedding(model_name=request["model"], device="cpu")
    begun = time.monotonic()
    pages = SimpleDirectoryReader(request["documents"]).load_data()
    index = VectorStoreIndex.from_documents(pages)
    seconds = time.monotonic() - begun
    hits, times = {}, []
    for identifier, text, document in request["questions"]:
        filters = MetadataFilters(filters=[MetadataFilter(key="file_name", value=document)]) if document else None
        begun = time.monotonic()
        found = index.as_retriever(similarity_top_k=request["most"], filters=filters).retrieve(text)
        times.append(time.monotonic() - begun)
        hits[identifier] = [[node.metadata["file_name"], node.get_content()] for node in found]
    out = {"seconds": seconds, "pages": len(pages), "search_ms": 1000 * statistics.median(times), "hits": hits}
    sys.stdout.write("\n" + json.dumps(out))


if __name__ == "__main__":
    main()
