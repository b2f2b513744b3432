"""Questions that a chat model puts to sentences of the training contracts: kinds of clauses that nobody labelled.

After InPars (Bonifacio et al. 2022, arXiv:2202.05144) and Promptagator (Dai et al. 2022, arXiv:2209.11755): a language
model writes the question that a sentence answers, and only questions by which the dense search finds the sentence's
chunk again are kept. Greedy, so the same model writes the same questions; kept in .cache/training.
"""

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from ragnano.config import Settings
from ragnano.models import ChatModel, Embedder, Part, Prompt, open_chat_model
from ragnano.text import WORD, content_stems, sentences
from tests.benchmarks.training.contracts import CACHE, Contract, hashed

WRITER = "qwen2.5-coder-0.5b"
EACH = 7  # sentences of a contract that are asked about
SEED = 11
WORDS = (12, 70)  # of a sentence that is asked about
ASKED_WORDS = (4, 22)
FOUND_AMONG = 5  # the dense search must find the sentence's chunk among so many of its contract
TALKS_OF_ITSELF = re.compile(r"\b(?:this|the|above|following) (?:clause|sentence|text|passage|statement)\b", re.I)

SYSTEM = (
    "You write the question that a lawyer would ask about a contract. The question is short and plain, uses other "
    "words than the clause where it can, and the clause answers it. Write the question only."
)
# Plainly fictional clauses; the questions show the kinds that are asked: how long, who, whether, how much, what if.
SHOTS = (
    ("Tenant shall keep the sprinklers in working order and have them tested twice in each calendar year.",
     "How often must the sprinklers be tested?"),
    ("The Carrier shall bear the cost of demurrage caused by the late arrival of its vehicles.",
     "Who pays for demurrage?"),
    ("No Member may pledge its Units without the written approval of the Managers.",
     "Can a member pledge its units?"),
    ("If the Bakery Equipment fails during the Trial Period, Lessor shall replace it within four (4) days.",
     "What happens if the equipment fails during the trial?"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Invented:
    """A question, the place of the chunk it was made from, and the characters of the chunk's body that answer it."""

    question: str
    place: int
    start: int
    end: int


def invented(
    found: Sequence[Contract], vectors: Sequence[NDArray[np.float32]], embedder: Embedder, settings: Settings
) -> list[list[Invented]]:
    """The questions to each contract, by which `vectors` (of its chunks) find the sentence's chunk again."""
    key = hashed(json.dumps([SYSTEM, SHOTS, WRITER, EACH, SEED, [contract.name for contract in found]]))
    kept = CACHE / f"invented-{key % 16**12:012x}.json"
    if not kept.exists():
        writer = open_chat_model(settings, WRITER)
        written = []
        for number, contract in enumerate(found):
            written.append([asdict(item) for item in islice(_written(contract, writer), EACH)])
            if number % 10 == 9:
                print(f"questions to {number + 1} of {len(found)} contracts", flush=True)
        writer.close()
        kept.write_text(json.dumps(written), encoding="utf-8")
    records = json.loads(kept.read_text(encoding="utf-8"))
    return [
        _findable([Invented(**item) for item in own], vector, embedder)
        for own, vector in zip(records, vectors, strict=True)
    ]


def _findable(written: Sequence[Invented], chunks: NDArray[np.float32], embedder: Embedder) -> list[Invented]:
    asked = embedder.embed_sentences([item.question for item in written])
    order = np.argsort(-(asked @ chunks.T), axis=1, kind="stable")[:, :FOUND_AMONG]
    return [item for item, nearest in zip(written, order, strict=True) if item.place in nearest]


def _written(contract: Contract, writer: ChatModel) -> Iterator[Invented]:
    rng = random.Random(f"{SEED} {contract.name}")
    candidates = [
        (place, start, end)
        for place, body in enumerate(contract.bodies)
        for start, end in sentences(body)
        if WORDS[0] <= len(WORD.findall(body[start:end])) <= WORDS[1]
    ]
    for place, start, end in rng.sample(candidates, min(2 * EACH, len(candidates))):
        question = question_to(contract.bodies[place][start:end], writer)
        if question:
            yield Invented(question, place, start, end)


def question_to(sentence: str, writer: ChatModel) -> str:
    """What the model asks about it; "" where that is no question, or none about the sentence."""
    told = "".join(f"Clause: {clause}\nQuestion: {question}\n\n" for clause, question in SHOTS)
    parts = (Part(told + "Clause: ", trusted=True), Part(sentence, trusted=False), Part("\nQuestion:", trusted=True))
    reply = writer.generate(Prompt(system=SYSTEM, parts=parts), max_tokens=40, stop=("\n",))
    question = reply.text.removeprefix("Question:").strip()
    fits = question.endswith("?") and ASKED_WORDS[0] <= len(question.split()) <= ASKED_WORDS[1]
    about = set(content_stems(question)) & set(content_stems(sentence))
    return question if fits and about and not TALKS_OF_ITSELF.search(question) else ""
