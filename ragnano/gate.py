"""The gate: do the documents answer at all? Decided by a small logistic score before the model speaks.

The weights are data (gate.toml). Where they come from, and how often they are right, stands there beside them. Knows
signals only, no texts.
"""

import math
import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files

from ragnano.evidence import Signals


@dataclass(frozen=True, slots=True)
class Gate:
    """A logistic model over `Signals`: bias and one weight a signal; and two confidences that part three ways to go.

    Below `refuse_below` the answer is "not in the documents" and the model is not asked. From `trust_above` on the
    evidence is quoted when the model declines or what it writes fails. Between them that too is a refusal.
    """

    bias: float
    weights: dict[str, float]
    refuse_below: float
    trust_above: float

    def confidence(self, signals: Signals) -> float:
        """Estimated probability, 0 to 1, that the evidence answers the question."""
        values = asdict(signals)
        score = self.bias + sum(weight * values[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-score))


@cache
def load_gate() -> Gate:
    """The gate that ships with ragnano."""
    data = tomllib.loads(files("ragnano").joinpath("gate.toml").read_text(encoding="utf-8"))
    weights = {name: float(value) for name, value in data["weights"].items()}
    return Gate(float(data["bias"]), weights, float(data["refuse_below"]), float(data["trust_above"]))
