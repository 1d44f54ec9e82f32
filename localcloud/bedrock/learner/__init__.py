"""A model small enough to be trained in a second, on the records of a customization job."""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from localcloud.bedrock.learner.base import base_answer
from localcloud.bedrock.learner.example import Example

if TYPE_CHECKING:
    from localcloud.bedrock.learner.learned import Learned

__all__ = ["Example", "Learned", "base_answer", "on_one_thread", "train"]


def on_one_thread() -> None:
    """Have numpy, when it is loaded, add up alike whatever the number of cores."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def train(
    examples: Sequence[Example],
    validation: Sequence[Example],
    *,
    epochs: int,
    learning_rate_ratio: float,
    batch_size: int,
    seed: int,
    on_step: Callable[[int, int, float], None] | None = None,
    patience: int | None = None,
    threshold: float = 0.0,
) -> "Learned":
    """Train a custom model; the same for the same arguments.

    `learning_rate_ratio` is the rate over the model family's default. Losses are in nats per
    token; `on_step` gets each step, its epoch and its loss. Of more than 3,000 examples, 3,000 are
    drawn by the seed. With `patience`, training ends after so many validations of which none was
    better than the best before by more than `threshold`.
    """
    # The server starts without numpy: the first training loads it.
    on_one_thread()
    from localcloud.bedrock.learner.schedule import Course
    from localcloud.bedrock.learner.training import train_model

    course = Course(
        epochs=epochs,
        learning_rate_ratio=learning_rate_ratio,
        batch_size=batch_size,
        seed=seed,
        patience=patience,
        threshold=threshold,
    )
    return train_model(examples, validation, course, on_step or (lambda step, epoch, loss: None))


def __getattr__(name: str) -> object:
    if name == "Learned":
        from localcloud.bedrock.learner.learned import Learned

        return Learned
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
