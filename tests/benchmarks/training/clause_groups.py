"""Groups from lawyers' labels of the training contracts, in the categories' wordings, and from Natural Questions."""

from collections.abc import Iterator, Sequence

import numpy as np

from ragnano.models.embedder import Embedder
from ragnano.settings import Settings
from tests.benchmarks.training.contracts import Contract, contracts, paraphrases, wordings
from tests.benchmarks.training.pairs import Pair, Pairs, general_pairs, labelled_words, labels_of
from tests.benchmarks.training.passages import Nearness

PAIRS = 3  # per group
LIKELIEST = 2  # passages of a held-out contract that are measured for each question


def clause_groups(settings: Settings, embedder: Embedder, seed: int, most: int | None) -> Iterator[list[Pair]]:
    """Yields pairs without end, a few at a time: every other time of one question, else of any."""
    kept = [contract for contract in contracts(settings, embedder, most) if not contract.held_out]
    nearness = Nearness([text for contract in kept for text in contract.texts])
    asked = {text: nearness.of(text) for texts in wordings().values() for text in texts}
    vectors = np.split(nearness.vectors, np.cumsum([len(contract.texts) for contract in kept])[:-1])
    others = general_pairs(gate=False)
    near = Nearness([pair.passage for pair in others])
    nearest = [[at for at in near.nearest(pair.question)[:7] if at != place][:6] for place, pair in enumerate(others)]
    pairs = Pairs(kept, vectors, wordings(), asked, others, nearest, seed)
    while True:
        yield pairs.contrast()
        yield pairs.draw(PAIRS)


def held_out_pairs(settings: Settings, embedder: Embedder) -> list[tuple[str, Pair]]:
    """Returns (wording's kind, pair): likeliest passages of every other held-out contract for every other question."""
    held_out = [contract for contract in contracts(settings, embedder) if contract.held_out][::2]
    seen = {name: texts[-2] for name, texts in wordings().items()}
    return [
        (kind, pair)
        for kind, asked in (("seen", seen), ("paraphrased", paraphrases()))
        for contract in held_out
        for pair in _likeliest(contract, list(asked.items())[::2])
    ]


def _likeliest(contract: Contract, asked: Sequence[tuple[str, str]]) -> Iterator[Pair]:
    labels, nearness = labels_of()[contract.name], Nearness(contract.texts)
    for name, question in asked:
        for at in nearness.nearest(question)[:LIKELIEST]:
            text, start = contract.texts[at], len(contract.texts[at]) - len(contract.bodies[at])
            answering = labelled_words(text[start:], labels.get(name, []))
            yield Pair(question, text, bool(answering), tuple((a + start, b + start) for a, b in answering))
