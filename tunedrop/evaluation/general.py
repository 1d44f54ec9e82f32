"""The guard against forgetting: what the custom model lost on questions of no use case."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from tunedrop.evaluation.bootstrap import Interval, paired_interval
from tunedrop.evaluation.metrics import rouge_l
from tunedrop.recipe.model import FEWEST_PAIRS

MOST_GENERAL_RECORDS = 500


@dataclass(frozen=True, kw_only=True)
class GeneralCheck:
    """ROUGE-L of both models on the general test set, and whether the loss is allowed."""

    records: int
    custom: float
    base: float
    gain: Interval | None
    allowed: float

    @property
    def accepted(self) -> bool:
        """Whether the custom model lost, for all that can be said, no more than is allowed."""
        return self.gain is None or self.gain.high >= -self.allowed

    @property
    def verdict(self) -> str:
        """The check in sentences."""
        if self.gain is None:
            return (
                f"On the general test set {self.records} records were answered by both models: "
                f"too few to see a loss, it takes at least {FEWEST_PAIRS}."
            )
        numbers = (
            f"On {self.records} records of the general test set rouge_l is {self.custom:.3f} "
            f"against {self.base:.3f} of the base model ({self.gain.mean:+.3f}, 95% interval "
            f"{self.gain.low:+.3f} to {self.gain.high:+.3f})"
        )
        allowed = f"{self.allowed:g} that the recipe allows (evaluation.general_loss)"
        if self.accepted:
            return f"{numbers}: it has not surely lost more than the {allowed}."
        return (
            f"{numbers}: it lost more than the {allowed}, so it forgot what it knew. Try fewer "
            "epochs, a lower learning rate, or general records among the training data."
        )

    def record(self) -> dict[str, Any]:
        """The check's part of the run record."""
        bounds = {} if self.gain is None else {
            "gain": self.gain.mean, "low": self.gain.low, "high": self.gain.high
        }  # fmt: skip
        return {
            "records": self.records,
            "metric": "rouge_l",
            "custom": self.custom,
            "base": self.base,
            "allowed_loss": self.allowed,
            **bounds,
            "verdict": self.verdict,
        }


def check_general(
    references: Sequence[str],
    custom: Sequence[str],
    base: Sequence[str],
    *,
    allowed: float,
    seed: int,
) -> GeneralCheck:
    """Compare what both models answered to the same records."""
    mine = [rouge_l(*pair) for pair in zip(references, custom, strict=True)]
    theirs = [rouge_l(*pair) for pair in zip(references, base, strict=True)]
    differences = [one - other for one, other in zip(mine, theirs, strict=True)]
    enough = len(differences) >= FEWEST_PAIRS
    return GeneralCheck(
        records=len(mine),
        custom=fmean(mine) if mine else 0.0,
        base=fmean(theirs) if theirs else 0.0,
        gain=paired_interval(differences, seed=seed) if enough else None,
        allowed=allowed,
    )
