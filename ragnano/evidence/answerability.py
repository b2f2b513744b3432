"""The gate: a small logistic model decides, before the chat model runs, whether the documents answer at all.

The weights are data (gate.toml); that file documents their source and accuracy. The gate sees only signals, no texts.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from ragnano.evidence import Signals


@dataclass(frozen=True, slots=True)
class Gate:
    """A logistic model over `Signals`: a bias, one weight per signal, and the confidence each risk needs.

    `risks` maps a share of wrong answers among those given to the least confidence at which that share was met,
    measured on held-out contracts where half of the questions had an answer.
    """

    bias: float
    weights: Mapping[str, float]
    risks: Mapping[float, float]

    def confidence(self, signals: Signals) -> float:
        """Returns the estimated probability, 0 to 1, that the evidence answers the question."""
        values = asdict(signals)
        score = self.bias + sum(weight * values[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-score))

    def least_confidence(self, risk: float) -> float:
        """Returns the confidence below which to refuse for this risk, interpolated linearly between the measured ones.

        A risk below the smallest measured one needs the confidence of the smallest, one above the largest that of the
        largest.
        """
        known = sorted(self.risks)
        if risk <= known[0]:
            return self.risks[known[0]]
        for lower, upper in pairwise(known):
            if risk <= upper:
                part = (risk - lower) / (upper - lower)
                return self.risks[lower] + part * (self.risks[upper] - self.risks[lower])
        return self.risks[known[-1]]


@cache
def load_gate() -> Gate:
    """Returns the gate that ships with ragnano."""
    data = tomllib.loads(files("ragnano.evidence").joinpath("gate.toml").read_text(encoding="utf-8"))
    return Gate(
        float(data["bias"]),
        {name: float(value) for name, value in data["weights"].items()},
        {float(risk): float(confidence) for risk, confidence in data["risks"].items()},
    )
