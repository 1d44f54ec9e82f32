"""The metric files that Bedrock writes beside a custom model.

Folders and columns differ by model family, so files are found by the end of their key and columns
by the end of their heading.
"""

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tunedrop.training.curves import Point, TrainingCurves
from tunedrop.training.loss_verdict import LossVerdict, judge

__all__ = ["LossVerdict", "Point", "TrainingCurves", "is_metric_file", "judge", "read"]

TRAINING_SUFFIX = "training_metrics.csv"
VALIDATION_SUFFIX = "validation_metrics.csv"
_STEPS = ("step", "steps", "step_number", "stepnumber", "step_count", "stepcount")
_EPOCHS = ("epoch", "epochs", "epoch_number", "epochnumber", "epoch_count", "epochcount")


@dataclass(frozen=True, kw_only=True)
class _Columns:
    loss: int
    step: int | None
    epoch: int | None
    perplexity: int | None


def is_metric_file(key: str) -> bool:
    """Whether an object under a job's output holds losses."""
    return key.lower().endswith((TRAINING_SUFFIX, VALIDATION_SUFFIX))


def read(objects: Mapping[str, bytes], *, job_id: str = "") -> TrainingCurves:
    """The curves in the objects of an output location, by key.

    Bedrock keeps each job's files in a folder `model-customization-job-<job id>`: `job_id` leaves
    out what other attempts of the run wrote.
    """
    mine = {key: body for key, body in sorted(objects.items()) if job_id in key}
    notes: list[str] = []
    training = _curve(mine, TRAINING_SUFFIX, "training", notes)
    validation = _curve(mine, VALIDATION_SUFFIX, "validation", notes)
    return TrainingCurves(training=training, validation=validation, notes=tuple(notes))


def _curve(
    objects: Mapping[str, bytes], suffix: str, kind: str, notes: list[str]
) -> tuple[Point, ...]:
    """All points of one kind; a step that two files hold counts once."""
    points: dict[tuple[float, int], Point] = {}
    for key, body in objects.items():
        if key.lower().endswith(suffix):
            for point in _points(key, body, kind, notes):
                points[point.epoch or 0.0, point.step] = point
    if not points:
        notes.append(f"Bedrock wrote no {kind} losses.")
    return tuple(points[at] for at in sorted(points))


def _points(key: str, body: bytes, kind: str, notes: list[str]) -> Iterator[Point]:
    rows = _rows(body)
    headings = [heading.strip().lower() for heading in next(rows, [])]
    columns = _columns(headings, kind)
    if columns is None:
        name = key.rpartition("/")[2]
        notes.append(f'{name} has no column ending in "loss", only: {", ".join(headings)}.')
        return
    for number, row in enumerate(rows, start=1):
        loss = _number(row, columns.loss)
        if loss is not None:
            step = _finite(row, columns.step)
            yield Point(
                step=number if step is None else int(step),
                epoch=_finite(row, columns.epoch),
                loss=loss,
                perplexity=_number(row, columns.perplexity),
            )


def _rows(body: bytes) -> Iterator[list[str]]:
    lines = body.decode("utf-8-sig", errors="replace").splitlines()
    return (row for row in csv.reader(lines) if any(cell.strip() for cell in row))


def _columns(headings: Sequence[str], kind: str) -> _Columns | None:
    """The columns of a file; a file of both losses is read for the one of its kind."""
    loss = _column(headings, f"{kind}_loss", f"{kind} loss", f"{kind}loss")
    if loss is None:
        loss = _column(headings, "loss")
    if loss is None:
        return None
    return _Columns(
        loss=loss,
        step=_column(headings, *_STEPS),
        epoch=_column(headings, *_EPOCHS),
        perplexity=_column(headings, "perplexity"),
    )


def _column(headings: Sequence[str], *endings: str) -> int | None:
    return next((at for at, heading in enumerate(headings) if heading.endswith(endings)), None)


def _number(row: Sequence[str], column: int | None) -> float | None:
    """A cell as a number; None where it is missing, empty or not a number."""
    if column is None or column >= len(row):
        return None
    try:
        return float(row[column])
    except ValueError:
        return None


def _finite(row: Sequence[str], column: int | None) -> float | None:
    value = _number(row, column)
    return value if value is not None and math.isfinite(value) else None
