"""Confidence intervals as the geometry of small inline SVG."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tunedrop.report.formatting import decimal, score

_MARGIN = 1.1


@dataclass(frozen=True, kw_only=True)
class IntervalPicture:
    """A gain with its bounds in words, and in per cent of a picture with zero in its middle."""

    gain: str
    bounds: str
    middle: float
    left: float
    width: float
    is_drawn: bool


def intervals(metrics: Mapping[str, Mapping[str, Any]]) -> list[IntervalPicture]:
    """The gains of a run record's metrics, all on one scale."""
    bounds = [decimal(row.get(name)) for row in metrics.values() for name in ("low", "high")]
    widest = max((abs(bound) for bound in bounds if bound is not None), default=0.0) * _MARGIN
    return [_picture(row, widest or 1.0) for row in metrics.values()]


def _picture(row: Mapping[str, Any], widest: float) -> IntervalPicture:
    gain, low, high = (decimal(row.get(name)) for name in ("gain", "low", "high"))
    is_drawn = gain is not None and low is not None and high is not None
    left, right = _percent(low, widest), _percent(high, widest)
    return IntervalPicture(
        gain=score(gain, sign=True),
        bounds=f"{score(low, sign=True)} to {score(high, sign=True)}" if is_drawn else "",
        middle=_percent(gain, widest),
        left=left,
        width=round(right - left, 2),
        is_drawn=is_drawn,
    )


def _percent(value: float | None, widest: float) -> float:
    return round(50 + (value or 0.0) / widest * 50, 2)
