"""What the losses of a customization job say about the custom model."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import fmean
from typing import NoReturn, Protocol

from tunedrop.errors import ModelRejectedError
from tunedrop.training.curves import Point, TrainingCurves

# Single steps are noisy, above all at batch size 1: ends of a curve are judged by a tenth of it.
_WINDOW_SHARE = 10
_SMALLEST_TREND_WINDOW = 3
_POINTS_TO_SEE_A_TREND = 6

# Above where it began AND half as high again as at its best: a curve that exploded, not noise.
_DIVERGED_RATIO = 1.5
_DIVERGED_RISE = 0.1

# A tenth above its best is beyond the wobble of a validation loss that has merely levelled off.
_OVERFITTED_RATIO = 1.1
_OVERFITTED_RISE = 0.05

# From here on training loss is so far below validation loss that the model recites its examples.
_MEMORIZED_RATIO = 1.3
_STILL_FALLING_RATIO = 0.97


class LossLimits(Protocol):
    """What a recipe's `evaluation` section asks of the losses."""

    @property
    def max_validation_loss(self) -> float | None: ...


@dataclass(frozen=True, kw_only=True)
class LossVerdict:
    """How training went, with the sentence for people; a loss is None where there is none."""

    sentence: str
    final_training_loss: float | None
    final_validation_loss: float | None
    best_validation_loss: float | None


def judge(curves: TrainingCurves, limits: LossLimits) -> LossVerdict:
    """Accept the losses, or raise `ModelRejectedError` with by how much and what to try."""
    _refuse_diverged("training", curves.training)
    _refuse_diverged("validation", curves.validation)
    _refuse_overfitted(curves)
    _refuse_over_limit(curves, limits.max_validation_loss)
    return LossVerdict(
        sentence=_sentence(curves, limits.max_validation_loss),
        final_training_loss=_tail(curves.training) if curves.training else None,
        final_validation_loss=_tail(curves.validation) if curves.validation else None,
        best_validation_loss=_best(curves.validation).loss if curves.validation else None,
    )


def _refuse_diverged(kind: str, points: Sequence[Point]) -> None:
    broken = next((point for point in points if not point.is_finite), None)
    if broken is not None:
        _reject(
            f"Training diverged: the {kind} loss is {broken.loss} at {_at(broken)}",
            "a lower learning rate (a tenth of it) or more warm-up steps",
        )
    if len(points) < _POINTS_TO_SEE_A_TREND:
        return
    averages = _moving_averages(points)
    lowest, last = min(averages), averages[-1]
    if last > averages[0] and last > _DIVERGED_RATIO * lowest and last > lowest + _DIVERGED_RISE:
        _reject(
            f"Training diverged: the {kind} loss began at {_number(averages[0])}, was "
            f"{_number(lowest)} at its best and ended at {_number(last)}",
            "a lower learning rate (a tenth of it) or more warm-up steps",
        )


def _refuse_overfitted(curves: TrainingCurves) -> None:
    points = curves.validation
    if not points:
        return
    best, last = _best(points), _tail(points)
    if last <= max(_OVERFITTED_RATIO * best.loss, best.loss + _OVERFITTED_RISE):
        return
    _reject(
        f"The model overfitted: validation loss was best at {_at(best)} with {_number(best.loss)} "
        f"and ended {_percent_over(last, best.loss)} higher at {_number(last)}"
        f"{_meanwhile(curves.training)}",
        _sooner(best, points[-1]),
    )


def _refuse_over_limit(curves: TrainingCurves, limit: float | None) -> None:
    if limit is None:
        return
    if not curves.validation:
        _reject(
            f"The recipe asks for a validation loss of at most {_number(limit)}, but there is "
            f"none to judge: {' '.join(curves.notes) or 'no validation losses were read.'}",
            "a validation set (data.validation_share, or a file named by a run request), or a "
            "recipe without evaluation.max_validation_loss where the base model takes no such set",
        )
    last = _tail(curves.validation)
    if last > limit:
        _reject(
            f"Validation loss ended at {_number(last)}, {_percent_over(last, limit)} above the "
            f"recipe's limit of {_number(limit)} (evaluation.max_validation_loss)",
            _way_down(curves),
        )


def _reject(what: str, remedy: str) -> NoReturn:
    raise ModelRejectedError(f"{what.rstrip('.')}. Try {remedy}.")


def _sentence(curves: TrainingCurves, limit: float | None) -> str:
    parts = [
        f"{kind} loss {_course(points)}"
        for kind, points in (("training", curves.training), ("validation", curves.validation))
        if points
    ]
    if curves.validation and limit is not None:
        parts[-1] += f" (limit {_number(limit)})"
    text = "; ".join(parts)
    return " ".join([*([f"{text[0].upper()}{text[1:]}."] if text else []), *curves.notes])


def _course(points: Sequence[Point]) -> str:
    first, last = _head(points), _tail(points)
    if len(points) == 1:
        return f"was {_number(last)}"
    verb = "fell" if last < first else "rose" if last > first else "stayed"
    return f"{verb} from {_number(first)} to {_number(last)}"


def _way_down(curves: TrainingCurves) -> str:
    """What may lower the validation loss, read off the shape of both curves."""
    validation, training = curves.validation, curves.training
    if training and _tail(validation) > _MEMORIZED_RATIO * _tail(training):
        return (
            "more and more varied records, or fewer epochs: training loss is far lower "
            f"({_number(_tail(training))}), so the model recites its examples"
        )
    if len(validation) > 1 and validation[-1].loss < _STILL_FALLING_RATIO * validation[-2].loss:
        return "more epochs: validation loss was still falling when training ended"
    return "more records, a higher learning rate, or a larger base model: both losses levelled off"


def _sooner(best: Point, last: Point) -> str:
    """How to end training near its best validation loss."""
    rest = "a lower learning rate, or more records"
    if not best.epoch or not last.epoch or last.epoch <= 1:
        return rest
    epochs = math.ceil(best.epoch)
    return f"{epochs} epoch{'s' * (epochs > 1)}, {rest}" if epochs < last.epoch else rest


def _meanwhile(training: Sequence[Point]) -> str:
    return f", while training loss {_course(training)}" if len(training) > 1 else ""


def _moving_averages(points: Sequence[Point]) -> list[float]:
    width = max(_SMALLEST_TREND_WINDOW, _window(points))
    sums = list(accumulate((point.loss for point in points), initial=0.0))
    return [(after - before) / width for before, after in zip(sums, sums[width:], strict=False)]


def _window(points: Sequence[Point]) -> int:
    return max(1, len(points) // _WINDOW_SHARE)


def _head(points: Sequence[Point]) -> float:
    return fmean(point.loss for point in points[: _window(points)])


def _tail(points: Sequence[Point]) -> float:
    return fmean(point.loss for point in points[-_window(points) :])


def _best(points: Sequence[Point]) -> Point:
    return min(points, key=lambda point: point.loss)


def _at(point: Point) -> str:
    return f"step {point.step}" + ("" if point.epoch is None else f" (epoch {point.epoch:g})")


def _number(loss: float) -> str:
    return f"{loss:.3g}" if abs(loss) < 1 else f"{loss:.2f}"


def _percent_over(value: float, bound: float) -> str:
    return f"{(value / bound - 1):.0%}" if bound > 0 else f"by {_number(value - bound)}"
