"""Loss curves of a customization job."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

STORED_POINTS = 200


@dataclass(frozen=True, kw_only=True)
class Point:
    """The loss at one step; a diverged loss is NaN or infinite."""

    step: int
    epoch: float | None
    loss: float
    perplexity: float | None = None

    @property
    def is_finite(self) -> bool:
        return math.isfinite(self.loss)


@dataclass(frozen=True, kw_only=True)
class TrainingCurves:
    """The losses of one job in the order of its steps; notes say what could not be read."""

    training: tuple[Point, ...] = ()
    validation: tuple[Point, ...] = ()
    notes: tuple[str, ...] = ()

    def stored(self) -> dict[str, list[list[float | None]]]:
        """Rows [step, epoch, loss] of at most 200 points each; a diverged loss is None."""
        return {
            "training": [_row(point) for point in down_sampled(self.training)],
            "validation": [_row(point) for point in down_sampled(self.validation)],
        }


def down_sampled(points: Sequence[Point], limit: int = STORED_POINTS) -> list[Point]:
    """At most `limit` points: the first, the last, and the extremes of each stretch between."""
    if len(points) <= limit:
        return list(points)
    inner = points[1:-1]
    stretches = (limit - 2) // 2
    edges = [number * len(inner) // stretches for number in range(stretches + 1)]
    kept = [points[0]]
    for start, end in itertools.pairwise(edges):
        kept += _extremes(inner[start:end])
    return [*kept, points[-1]]


def _extremes(points: Sequence[Point]) -> list[Point]:
    lowest = min(range(len(points)), key=lambda at: _height(points[at]))
    highest = max(range(len(points)), key=lambda at: _height(points[at]))
    return [points[at] for at in sorted({lowest, highest})]


def _height(point: Point) -> float:
    return point.loss if point.is_finite else math.inf


def _row(point: Point) -> list[float | None]:
    return [point.step, point.epoch, point.loss if point.is_finite else None]
