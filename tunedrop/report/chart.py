"""Loss curves and intervals as the geometry of inline SVG."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tunedrop.report.formatting import decimal

WIDTH, HEIGHT = 1_000, 300
_TICKS = 5

Row = tuple[float, float | None]


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A labelled height of the chart, in per cent from the top and in its coordinates."""

    label: str
    y: float
    percent: float


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One kind of loss: SVG path data for its lines and for its dots."""

    kind: str
    lines: str
    dots: str
    course: str


@dataclass(frozen=True, kw_only=True)
class LossChart:
    """Everything that the template draws."""

    curves: tuple[Curve, ...]
    ticks: tuple[Tick, ...]
    limit_y: float | None
    limit_label: str
    diverged_x: float | None
    first_step: str
    last_step: str
    description: str


@dataclass(frozen=True, kw_only=True)
class _Plane:
    """Where steps and losses lie in the drawing."""

    left: float
    right: float
    bottom: float
    top: float

    def x(self, step: float) -> float:
        return round((step - self.left) / ((self.right - self.left) or 1) * WIDTH, 1)

    def y(self, loss: float) -> float:
        return round((self.top - loss) / ((self.top - self.bottom) or 1) * HEIGHT, 1)


def loss_chart(losses: Mapping[str, Any], limit: Any = None) -> LossChart | None:
    """The chart of a run record's `losses` section; None where there is nothing to draw."""
    series = {kind: _rows(losses.get(kind)) for kind in ("training", "validation")}
    heights = [loss for rows in series.values() for _, loss in rows if loss is not None]
    if not heights:
        return None
    bound = decimal(limit)
    steps = [step for rows in series.values() for step, _ in rows]
    ticks = _tick_values(min(heights), max([*heights, *([bound] if bound else [])]))
    plane = _Plane(left=min(steps), right=max(steps), bottom=ticks[0], top=ticks[-1])
    curves = tuple(_curve(kind, rows, plane) for kind, rows in series.items() if rows)
    broken = [step for rows in series.values() for step, loss in rows if loss is None]
    return LossChart(
        curves=curves,
        ticks=tuple(_tick(value, plane) for value in ticks),
        limit_y=plane.y(bound) if bound else None,
        limit_label=f"{bound:g}" if bound else "",
        diverged_x=plane.x(min(broken)) if broken else None,
        first_step=f"{plane.left:,.0f}",
        last_step=f"{plane.right:,.0f}",
        description=" ".join(f"{curve.kind.capitalize()} loss {curve.course}." for curve in curves),
    )


def _rows(value: Any) -> list[Row]:
    """[step, epoch, loss] rows as (step, loss); a loss that is no finite number is None."""
    rows: list[Row] = []
    for step, _, loss in value or []:
        height = decimal(loss)
        rows.append((float(step), height if height is not None and math.isfinite(height) else None))
    return rows


def _curve(kind: str, rows: Sequence[Row], plane: _Plane) -> Curve:
    commands: list[str] = []
    dots: list[str] = []
    pen = "M"
    for step, loss in rows:
        if loss is None:
            pen = "M"
            continue
        commands.append(f"{pen}{plane.x(step)} {plane.y(loss)}")
        dots.append(f"M{plane.x(step)} {plane.y(loss)}h.01")
        pen = "L"
    shown = "".join(dots) if kind == "validation" or len(dots) == 1 else ""
    return Curve(kind=kind, lines="".join(commands), dots=shown, course=_course(rows))


def _course(rows: Sequence[Row]) -> str:
    known = [(step, loss) for step, loss in rows if loss is not None]
    if not known:
        return "was never a number"
    (first_step, first), (last_step, last) = known[0], known[-1]
    if len(known) == 1:
        return f"was {first:.3g} at step {first_step:,.0f}"
    ending = "" if len(known) == len(rows) else ", then it was no number any more"
    verb = "went from" if first == last else "fell from" if last < first else "rose from"
    return (
        f"{verb} {first:.3g} at step {first_step:,.0f} to {last:.3g} at step {last_step:,.0f}"
        f"{ending}"
    )


def _tick_values(low: float, high: float) -> list[float]:
    """Round numbers that enclose all losses."""
    rough = ((high - low) or abs(high) or 1.0) / (_TICKS - 1)
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(magnitude * unit for unit in (1, 2, 2.5, 5, 10) if magnitude * unit >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def _tick(value: float, plane: _Plane) -> Tick:
    return Tick(
        label=f"{value:.4g}", y=plane.y(value), percent=round(plane.y(value) / HEIGHT * 100, 2)
    )
