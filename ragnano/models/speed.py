"""Measures the speed of a chat model on this machine with a prompt of typical length, and stores the result.

Other programs that run during a measurement slow it down.
"""

import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ragnano.errors import EngineError
from ragnano.models.chat_model import ChatModel
from ragnano.models.chat_template import Part, Prompt
from ragnano.models.json_files import locked, read_json, write_json
from ragnano.models.self_test import machine_key

WRITTEN_TOKENS = 24
_SENTENCE = "The Supplier shall deliver the goods named in the order to the address of the Buyer within thirty days. "
_SENTENCES = 9  # about 180 tokens, the default limit for evidence


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens per second: of the prompt, and of the answer."""

    reading: float
    writing: float


def measure(model: ChatModel) -> Speed:
    """Generates once. Waits in the queue like a question. Raises EngineError."""
    # Begins with random text: blocks shared with the previous prompt would not be evaluated again.
    extract = f"{secrets.token_hex(8)} {_SENTENCE * _SENTENCES}"
    prompt = Prompt("Repeat the text.", (Part(extract), Part("\n", trusted=True), Part("Repeat the delivery terms.")))
    begun = time.monotonic()
    generation = model.generate(prompt, max_tokens=WRITTEN_TOKENS)
    took = time.monotonic() - begun
    first = generation.seconds_to_first_token
    if first is None or generation.answer_tokens < 2:
        raise EngineError("the model generated nothing to measure: try again, or fetch it again")
    return Speed(generation.prompt_tokens / max(first, 1e-6), (generation.answer_tokens - 1) / max(took - first, 1e-6))


def save_speed(speed: Speed, models_dir: Path, digest: str) -> None:
    """Stores the speed for this model, engine build and processor."""
    with locked(models_dir / ".speeds.lock"):
        write_json(_file(models_dir), {**read_json(_file(models_dir)), machine_key(digest): asdict(speed)})


def load_speed(models_dir: Path, digest: str) -> Speed | None:
    """Returns the stored speed, None if there is none."""
    entry: Any = read_json(_file(models_dir)).get(machine_key(digest))
    try:
        return Speed(float(entry["reading"]), float(entry["writing"]))
    except (TypeError, KeyError, ValueError):
        return None


def _file(models_dir: Path) -> Path:
    return models_dir / "speeds.json"
