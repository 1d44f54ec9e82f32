"""The model that is trained: a log-linear adapter over frozen prompt vectors."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from localcloud.bedrock.learner.embedding import Floats
from localcloud.bedrock.learner.schedule import Course
from localcloud.bedrock.learner.vocabulary import COPY_TRAITS, Bag

_RATE = 0.05
_RATE_LEFT = 0.02  # of the rate, when the last step is taken
_FULL_RATE_UP_TO = 40  # steps in an epoch; more steps are smaller ones
_DECAYS = (0.9, 0.98)
_COPY_AT_START = 1.0


@dataclass(frozen=True)
class Record:
    """An example in numbers."""

    vector: Floats
    copyable: Bag
    counts: Bag
    tokens: float


class Network:
    """Word probabilities of a completion, given its prompt."""

    def __init__(self, prior: Floats, dimensions: int) -> None:
        self.bias = prior.copy()
        self.weights: NDArray[np.floating] = np.zeros((dimensions, len(prior)), np.float32)
        self.copying = np.zeros(COPY_TRAITS, np.float32)
        self.copying[0] = _COPY_AT_START
        self.copied = np.zeros(len(prior), np.float32)

    def logits(self, vectors: Floats, copyable: Sequence[Bag]) -> Floats:
        """Unnormalised log-probabilities: one row for each prompt."""
        rows: Floats = vectors @ self.weights.astype(np.float32, copy=False) + self.bias
        for row, bag in zip(rows, copyable, strict=True):
            row[bag.ids] += bag.values @ self.copying + self.copied[bag.ids]
        return rows

    def log_probabilities(self, vectors: Floats, copyable: Sequence[Bag]) -> Floats:
        """Log-probability of each word: one row for each prompt."""
        rows = self.logits(vectors, copyable)
        rows -= rows.max(axis=1, keepdims=True)
        rows -= np.log(np.exp(rows).sum(axis=1, keepdims=True))
        return rows

    def loss(self, records: Sequence[Record]) -> float:
        """Cross-entropy in nats per token."""
        rows = self.log_probabilities(_vectors(records), [record.copyable for record in records])
        return _nats(rows, records) / sum(record.tokens for record in records)

    def gradients(self, records: Sequence[Record]) -> tuple[float, list[Floats]]:
        """Loss of the records, and its gradients in the order of `parameters`."""
        total = np.float32(sum(record.tokens for record in records))
        vectors = _vectors(records)
        rows = self.log_probabilities(vectors, [record.copyable for record in records])
        errors = np.exp(rows)
        copying, copied = np.zeros_like(self.copying), np.zeros_like(self.copied)
        for row, record in zip(errors, records, strict=True):
            np.multiply(row, record.counts.values.sum(), out=row)
            row[record.counts.ids] -= record.counts.values
            wrong = row[record.copyable.ids]
            copying += wrong @ record.copyable.values
            copied[record.copyable.ids] += wrong
        slopes = [errors.sum(axis=0), vectors.T @ errors, copying, copied]
        return _nats(rows, records) / float(total), [slope / total for slope in slopes]

    def copy(self) -> "Network":
        """Another network with the same parameters."""
        return deepcopy(self)

    def pack(self) -> "Network":
        """Halve the memory that the weights take; for when training is over."""
        with np.errstate(over="ignore"):
            self.weights = self.weights.astype(np.float16)
        return self

    @property
    def parameters(self) -> list[Floats]:
        """Everything that training moves, in place."""
        return [self.bias, self.weights, self.copying, self.copied]


class Optimizer:
    """Adam with a rate that falls linearly."""

    def __init__(self, parameters: Sequence[Floats], rate: float, steps: int) -> None:
        self._parameters, self._rate, self._steps = parameters, rate, steps
        self._means = [np.zeros_like(parameter) for parameter in parameters]
        self._squares = [np.zeros_like(parameter) for parameter in parameters]
        self._taken = 0

    def step(self, gradients: Sequence[Floats]) -> None:
        """Move every parameter once."""
        rate = self._rate * (1 - (1 - _RATE_LEFT) * self._taken / self._steps)
        self._taken += 1
        slow, slower = (1 - decay**self._taken for decay in _DECAYS)
        moved = zip(self._parameters, self._means, self._squares, gradients, strict=True)
        for parameter, mean, square, gradient in moved:
            mean[:] += (1 - _DECAYS[0]) * (gradient - mean)
            square[:] += (1 - _DECAYS[1]) * (gradient * gradient - square)
            parameter[:] -= np.float32(rate / slow) * mean / (np.sqrt(square / slower) + 1e-8)


def fit(
    network: Network,
    records: Sequence[Record],
    batches: Sequence[NDArray[np.int64]],
    course: Course,
    on_step: Callable[[int, float], None] = lambda index, loss: None,
) -> None:
    """Train on the records, one step for each batch of indices."""
    slowed = min(1.0, (_FULL_RATE_UP_TO * course.epochs / len(batches)) ** 0.5)
    rate = _RATE * course.learning_rate_ratio * slowed
    optimizer = Optimizer(network.parameters, rate, len(batches))
    with np.errstate(all="ignore"):
        for index, batch in enumerate(batches):
            loss, gradients = network.gradients([records[number] for number in batch])
            optimizer.step(gradients)
            on_step(index, loss)


def _vectors(records: Sequence[Record]) -> Floats:
    return np.stack([record.vector for record in records])


def _nats(rows: Floats, records: Sequence[Record]) -> float:
    pairs = zip(rows, records, strict=True)
    return float(-sum(row[item.counts.ids] @ item.counts.values for row, item in pairs))
