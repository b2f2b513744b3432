"""The gate: do the documents answer at all? Decided by a small logistic score before the model speaks.

The weights are data (gate.toml). Where they come from, and how often they are right, stands there beside them. Knows
signals only, no texts.
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
    """A logistic model over `Signals`: bias and one weight a signal; and what a risk means in confidence.

    `risks` maps a share of wrong answers among those given to the confidence from which on so few were wrong, measured
    on held-out contracts where half of the questions had an answer.
    """

    bias: float
    weights: Mapping[str, float]
    risks: Mapping[float, float]

    def confidence(self, signals: Signals) -> float:
        """Estimated probability, 0 to 1, that the evidence answers the question."""
        values = asdict(signals)
        score = self.bias + sum(weight * values[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-score))

    def least_confidence(self, risk: float) -> float:
        """The confidence below which to refuse, for this share of wrong answers; between measured ones, in proportion.

        A risk below all measured ones asks for the confidence of the least, one above all for that of the greatest.
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
    """The gate that ships with ragnano."""
    data = tomllib.loads(files("ragnano.evidence").joinpath("gate.toml").read_text(encoding="utf-8"))
    return Gate(
        float(data["bias"]),
        {name: float(value) for name, value in data["weights"].items()},
        {float(risk): float(confidence) for risk, confidence in data["risks"].items()},
    )
