"""The child process of the self-test, which may crash: opens a model with given settings and checks the engine.

Run as `python -m ragnano.models.self_test_process`; it reads a JSON request from standard input and writes a JSON
result to standard output. A crash is a result, too: the parent reads it from the exit code.
"""

import json
import sys
from pathlib import Path
from typing import Any

from ragnano.errors import EngineError
from ragnano.models.llama_backend import EngineSettings, LoadedModel, similarity

LEAST_SIMILAR = 0.98
"""Correlation of logits between one batch and single tokens; correct builds give above 0.999, wrong kernels about 0."""
CONTEXT = 256
ANSWER_TOKENS = 8


def examine(request: dict[str, Any]) -> str:
    """Returns "" if the engine is correct with these settings, else the fault."""
    model = LoadedModel(
        Path(request["path"]),
        threads=request["threads"],
        context_tokens=CONTEXT,
        settings=EngineSettings(**request["settings"]),
    )
    tokens = model.tokenize(request["prompt"], special=False)
    begin = model.begin_token()
    tokens = tokens if begin is None else [begin, *tokens]
    model.read(tokens)
    together = model.logits()
    written = _continue(model)
    model.reset()
    for token in tokens:
        model.decode([token])
    apart = model.logits()
    model.close()
    alike = similarity(together, apart)
    if alike < LEAST_SIMILAR:
        return f"one batch and single tokens disagree (correlation {alike:.3f})"
    if not written.startswith(request["continuation"]):
        return f"wrong words: {written[:40]!r}"
    return ""


def _continue(model: LoadedModel) -> str:
    data = b""
    with model.sampler(None) as sampler:
        for _ in range(ANSWER_TOKENS):
            token = sampler.pick()
            if model.ends(token):
                break
            data += model.piece(token)
            model.decode([token])
    return data.decode("utf-8", "replace")


def _no_core_dump() -> None:
    """Disables core dumps: crashes are expected here and must not fill the disk."""
    try:
        import resource
    except ImportError:  # Windows, which writes no core files
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Runs the request from standard input."""
    _no_core_dump()
    try:
        problem = examine(json.load(sys.stdin))
    except EngineError as error:
        problem = str(error)
    json.dump({"problem": problem}, sys.stdout)


if __name__ == "__main__":
    main()
