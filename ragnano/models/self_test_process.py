"""The process that risks its life: opens a model with given settings and says whether the engine computes soundly.

Run as `python -m ragnano.models.self_test_process`; reads a JSON request from standard input and writes a JSON verdict
to standard output. A crash is a verdict too, read by the parent from the exit code. Knows only the engine.
"""

import json
import sys
from pathlib import Path
from typing import Any

from ragnano.errors import EngineError
from ragnano.models.llama_backend import EngineSettings, LoadedModel, similarity

LEAST_SIMILAR = 0.98
"""Correlation of logits between one batch and single tokens; sound builds give above 0.999, wrong kernels about 0."""
CONTEXT = 256
ANSWER_TOKENS = 8


def examine(request: dict[str, Any]) -> str:
    """ "" when the engine is sound with these settings, else what is wrong with it."""
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
    """A crash here is expected; it must not fill the disk."""
    try:
        import resource
    except ImportError:  # not on Windows, which writes no core files either
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Examine what standard input asks for."""
    _no_core_dump()
    try:
        problem = examine(json.load(sys.stdin))
    except EngineError as error:
        problem = str(error)
    json.dump({"problem": problem}, sys.stdout)


if __name__ == "__main__":
    main()
