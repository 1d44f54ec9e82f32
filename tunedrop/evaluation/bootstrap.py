"""How sure a difference between two models is: a paired bootstrap."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean
from typing import TypeVar

Row = TypeVar("Row")

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
    """Bootstrap interval of the mean of per-record differences; the same seed, the same bounds."""
    count = len(differences)
    mean = fmean(differences)
    if count == 1 or len(set(differences)) == 1:
        return Interval(mean=mean, low=mean, high=mean)
    return _bounds(differences, lambda drawn: sum(drawn) / count, mean, seed)


def corpus_interval(
    mine: Sequence[Row],
    theirs: Sequence[Row],
    statistic: Callable[[Sequence[Row]], float],
    *,
    seed: int,
) -> Interval:
    """Bootstrap interval of the difference of a statistic over whole sets, drawn record by record.

    For what is no mean of records, such as macro-F1; both models keep the same records.
    """

    def difference(pairs: Sequence[tuple[Row, Row]]) -> float:
        return statistic([mine for mine, _ in pairs]) - statistic([theirs for _, theirs in pairs])

    pairs = list(zip(mine, theirs, strict=True))
    measured = difference(pairs)
    if len(set(pairs)) == 1:
        return Interval(mean=measured, low=measured, high=measured)
    return _bounds(pairs, difference, measured, seed)


def _bounds(
    rows: Sequence[Row], statistic: Callable[[Sequence[Row]], float], measured: float, seed: int
) -> Interval:
    """The bounds of a statistic over resamples of the rows.

    The percentile interval is too narrow for small samples; its tails are moved out to where
    Student's t would have them ("expanded percentile interval": Hesterberg, "What Teachers Should
    Know About the Bootstrap", 2015, section 5.2).
    """
    count = len(rows)
    # Resampling needs no secrets, only to be repeatable.
    generator = random.Random(seed)  # noqa: S311
    drawn = sorted(statistic(generator.choices(rows, k=count)) for _ in range(RESAMPLES))
    outside = int(_tail(count) * RESAMPLES)
    return Interval(mean=measured, low=drawn[outside], high=drawn[RESAMPLES - 1 - outside])


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
