"""The hyperparameters of a training, and which records each of its steps sees."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_FEWEST_STEPS = 20  # in an epoch: small sets take smaller batches, or would learn nothing
_MOST_STEPS = 400  # in all
_FEWEST_POINTS = 20


@dataclass(frozen=True, kw_only=True)
class Course:
    """How to train; the rate is relative to the model family's default.

    `patience` and `threshold`: when to stop early; None: never.
    """

    epochs: int
    learning_rate_ratio: float
    batch_size: int
    seed: int
    patience: int | None = None
    threshold: float = 0.0


@dataclass(frozen=True)
class Step:
    """One batch of record indices, in the epoch counted from 1."""

    epoch: int
    batch: NDArray[np.int64]


def schedule(records: int, course: Course, random: np.random.Generator) -> list[Step]:
    """Every epoch goes through all records in a new order; more than once if they are very few."""
    rounds = -(-_FEWEST_POINTS // (records * course.epochs))
    wanted = max(-(-records // course.batch_size), _FEWEST_STEPS)
    batches = max(1, min(wanted, records, _MOST_STEPS // course.epochs))
    return [
        Step(epoch + 1, batch)
        for epoch in range(course.epochs)
        for _ in range(rounds)
        for batch in np.array_split(random.permutation(records), batches)
    ]
