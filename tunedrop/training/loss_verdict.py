"""What the losses of a customization job say about the custom model."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn, Protocol

from tunedrop.errors import ModelRejectedError
from tunedrop.training.curves import Point, TrainingCurves
from tunedrop.training.shape import (
    POINTS_TO_SEE_A_TREND,
    best,
    head,
    levelled_off_at,
    moving_averages,
    tail,
)

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
    """How training went, with sentences for people.

    `summary` holds by curve its first, final and best loss, the step of the best, and Bedrock's
    perplexity at both ends; what there is not is left out. `perplexity` is empty where Bedrock
    gives none.
    """

    sentence: str
    perplexity: str
    summary: dict[str, dict[str, float]]


def judge(curves: TrainingCurves, limits: LossLimits) -> LossVerdict:
    """Accept the losses, or raise `ModelRejectedError` with by how much and what to try."""
    for kind, points in _kinds(curves):
        _refuse_broken(kind, points)
    _refuse_diverged("training", curves.training)
    if not _has_learned(curves.training):
        _refuse_diverged("validation", curves.validation)
    _refuse_overfitted(curves)
    _refuse_over_limit(curves, limits.max_validation_loss)
    perplexity = _perplexity(curves)
    sentence = _sentence(curves, limits.max_validation_loss)
    return LossVerdict(
        sentence=f"{sentence} {perplexity}".strip(),
        perplexity=perplexity,
        summary={kind: _summary(points) for kind, points in _kinds(curves)},
    )


def _has_learned(training: Sequence[Point]) -> bool:
    """Whether training fell: where validation rose meanwhile, it learned its records by heart."""
    return bool(training) and tail(training) < head(training)


def _refuse_broken(kind: str, points: Sequence[Point]) -> None:
    broken = next((point for point in points if not point.is_finite), None)
    if broken is not None:
        _reject(
            f"Training diverged: the {kind} loss is {broken.loss} at {_at(broken)}",
            "a lower learning rate (a tenth of it) or more warm-up steps",
        )


def _refuse_diverged(kind: str, points: Sequence[Point]) -> None:
    if len(points) < POINTS_TO_SEE_A_TREND:
        return
    averages = moving_averages(points)
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
    turn, last = best(points), tail(points)
    if last <= max(_OVERFITTED_RATIO * turn.loss, turn.loss + _OVERFITTED_RISE):
        return
    _reject(
        f"The model overfitted: validation loss was best at {_at(turn)} with {_number(turn.loss)} "
        f"and ended {_percent_over(last, turn.loss)} higher at {_number(last)}"
        f"{_meanwhile(curves.training)}",
        _sooner(turn, points[-1]),
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
    last = tail(curves.validation)
    if last > limit:
        _reject(
            f"Validation loss ended at {_number(last)}, {_percent_over(last, limit)} above the "
            f"recipe's limit of {_number(limit)} (evaluation.max_validation_loss)",
            _way_down(curves),
        )


def _reject(what: str, remedy: str) -> NoReturn:
    raise ModelRejectedError(f"{what.rstrip('.')}. Try {remedy}.")


def _sentence(curves: TrainingCurves, limit: float | None) -> str:
    parts = [f"{kind} loss {_course(points)}" for kind, points in _kinds(curves)]
    if curves.validation and limit is not None:
        parts[-1] += f" (limit {_number(limit)})"
    text = "; ".join(parts)
    told = [f"{text[0].upper()}{text[1:]}."] if text else []
    return " ".join([*told, *_flat(curves.training), *curves.notes])


def _kinds(curves: TrainingCurves) -> list[tuple[str, Sequence[Point]]]:
    named = (("training", curves.training), ("validation", curves.validation))
    return [(kind, points) for kind, points in named if points]


def _flat(points: Sequence[Point]) -> list[str]:
    """Where the training loss stopped to fall, which people pay for from there on."""
    point = levelled_off_at(points)
    if point is None:
        return []
    if point is points[0]:
        return ["Training loss hardly moved: a higher learning rate or more epochs may teach more."]
    return [f"Training loss levelled off from {_at(point)} on."]


def _perplexity(curves: TrainingCurves) -> str:
    """Bedrock's perplexity on the validation set, else on the training set, as a sentence."""
    for kind, points in reversed(_kinds(curves)):
        ends = _perplexities(points)
        if len(ends) > 1 and ends[0] != ends[-1]:
            verb = "fell" if ends[-1] < ends[0] else "rose"
            first, last = _number(ends[0]), _number(ends[-1])
            return f"Bedrock's perplexity on the {kind} set {verb} from {first} to {last}."
        if ends:
            return f"Bedrock's perplexity on the {kind} set is {_number(ends[-1])}."
    return ""


def _perplexities(points: Sequence[Point]) -> list[float]:
    given = (point.perplexity for point in points)
    return [value for value in given if value is not None and math.isfinite(value)]


def _summary(points: Sequence[Point]) -> dict[str, float]:
    lowest, given = best(points), _perplexities(points)
    return {
        "first": head(points),
        "final": tail(points),
        "best": lowest.loss,
        "best_step": lowest.step,
        **({"first_perplexity": given[0], "final_perplexity": given[-1]} if given else {}),
    }


def _course(points: Sequence[Point]) -> str:
    first, last = head(points), tail(points)
    if len(points) == 1:
        return f"was {_number(last)}"
    verb = "fell" if last < first else "rose" if last > first else "stayed"
    return f"{verb} from {_number(first)} to {_number(last)}"


def _way_down(curves: TrainingCurves) -> str:
    """What may lower the validation loss, read off the shape of both curves."""
    validation, training = curves.validation, curves.training
    if training and tail(validation) > _MEMORIZED_RATIO * tail(training):
        return (
            "more and more varied records, or fewer epochs: training loss is far lower "
            f"({_number(tail(training))}), so the model recites its examples"
        )
    if training and levelled_off_at(training) is training[0]:
        return "a higher learning rate or more epochs: training loss hardly moved"
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


def _at(point: Point) -> str:
    return f"step {point.step}" + ("" if point.epoch is None else f" (epoch {point.epoch:g})")


def _number(loss: float) -> str:
    return f"{loss:.3g}" if abs(loss) < 1 else f"{loss:.2f}"


def _percent_over(value: float, bound: float) -> str:
    return f"{(value / bound - 1):.0%}" if bound > 0 else f"by {_number(value - bound)}"
