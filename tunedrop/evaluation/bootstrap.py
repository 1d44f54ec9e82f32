"""How sure a mean difference is: a paired bootstrap."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean

RESAMPLES = 1_000
_CONFIDENCE = 0.95
_NORMAL = NormalDist()


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A mean with the bounds of its 95 % confidence interval."""

    mean: float
    low: float
    high: float


def paired_interval(differences: Sequence[float], *, seed: int) -> Interval:
    """Bootstrap interval of the mean of per-record differences; the same seed, the same bounds.

    The percentile interval is too narrow for small samples; its tails are moved out to where
    Student's t would have them ("expanded percentile interval": Hesterberg, "What Teachers Should
    Know About the Bootstrap", 2015, section 5.2).
    """
    count = len(differences)
    mean = fmean(differences)
    if count == 1 or len(set(differences)) == 1:
        return Interval(mean=mean, low=mean, high=mean)
    # Resampling needs no secrets, only to be repeatable.
    generator = random.Random(seed)  # noqa: S311
    sums = sorted(sum(generator.choices(differences, k=count)) for _ in range(RESAMPLES))
    outside = int(_tail(count) * RESAMPLES)
    return Interval(
        mean=mean, low=sums[outside] / count, high=sums[RESAMPLES - 1 - outside] / count
    )


def _tail(count: int) -> float:
    """The share to cut off at each end, for this many pairs."""
    widened = math.sqrt(count / (count - 1)) * _student_t(count - 1)
    return _NORMAL.cdf(-widened)


def _student_t(freedom: int) -> float:
    """The t quantile of the confidence level, by its expansion in 1/freedom (A&S 26.7.5)."""
    z = _NORMAL.inv_cdf((1 + _CONFIDENCE) / 2)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return z + first / freedom + second / freedom**2
