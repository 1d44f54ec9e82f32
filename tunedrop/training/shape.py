"""The shape of a loss curve: its ends, its best point, where it levelled off."""

from collections.abc import Sequence
from itertools import accumulate
from statistics import fmean

from tunedrop.training.curves import Point

# Single steps are noisy, above all at batch size 1: ends of a curve are judged by a tenth of it.
_WINDOW_SHARE = 10
_SMALLEST_TREND_WINDOW = 3
POINTS_TO_SEE_A_TREND = 6

# Flat is what stays within 2 % of where it ends, for the last third of training or longer.
_FLAT_RATIO = 0.02
_FLAT_SHARE = 1 / 3
_POINTS_TO_SEE_A_PLATEAU = 12


def head(points: Sequence[Point]) -> float:
    """The loss that a curve begins with."""
    return fmean(point.loss for point in points[: _window(points)])


def tail(points: Sequence[Point]) -> float:
    """The loss that a curve ends with."""
    return fmean(point.loss for point in points[-_window(points) :])


def best(points: Sequence[Point]) -> Point:
    """The point of the lowest loss, the first of several."""
    return min(points, key=lambda point: point.loss)


def moving_averages(points: Sequence[Point]) -> list[float]:
    """Means over a tenth of the curve, at least three points, each of them from another start."""
    width = max(_SMALLEST_TREND_WINDOW, _window(points))
    sums = list(accumulate((point.loss for point in points), initial=0.0))
    return [(after - before) / width for before, after in zip(sums, sums[width:], strict=False)]


def levelled_off_at(points: Sequence[Point]) -> Point | None:
    """The point from which the loss stayed where it ended: the first one if it never moved."""
    if len(points) < _POINTS_TO_SEE_A_PLATEAU:
        return None
    averages = moving_averages(points)
    end = averages[-1]
    away = [at for at, value in enumerate(averages) if abs(value - end) > _FLAT_RATIO * abs(end)]
    start = away[-1] + 1 if away else 0
    return points[start] if start <= (1 - _FLAT_SHARE) * len(averages) else None


def _window(points: Sequence[Point]) -> int:
    return max(1, len(points) // _WINDOW_SHARE)
