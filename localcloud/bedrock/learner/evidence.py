"""Whether prompts predict their completions, on records that the model has not seen.

Completions are scored under their own prompts and under one another's. If they were exchanged
before training, their own prompts tell no more about them than others do, however well training
went: then nothing was learned that holds beyond the records.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from localcloud.bedrock.learner.embedding import Floats
from localcloud.bedrock.learner.network import Network, Record, fit
from localcloud.bedrock.learner.schedule import Course, schedule

_MOST_TRAINED = 600  # records of a fold
_MOST_JUDGED = 500
_TWO_FOLDS_FROM = 200  # records; fewer are trained on by three quarters
_FEWEST_RECORDS = 8
_SURE = 3.0  # standard deviations
_HALF_STRENGTH = 0.02  # nats per word


@dataclass(frozen=True)
class Evidence:
    """What the prompts of unseen records tell about their own completions, above others'."""

    told: float = 0.0  # nats per word, summed over records
    variance: float = 0.0  # of that sum, if completions were exchanged at random
    gained: float = 0.0  # how much of that sum training added
    records: int = 0

    def __add__(self, other: "Evidence") -> "Evidence":
        return Evidence(
            self.told + other.told,
            self.variance + other.variance,
            self.gained + other.gained,
            self.records + other.records,
        )

    @property
    def deviations(self) -> float:
        """Standard deviations that the true pairs stand out by, at least.

        Parts judge one another's records, so what one finds by chance the other finds too: the
        variance of their sum is up to twice the sum of their variances.
        """
        return self.told / sqrt(2 * self.variance) if self.variance > 0 else 0.0

    @property
    def strength(self) -> float:
        """0 unless the true pairs stand out surely; towards 1 the more training added."""
        if self.deviations < _SURE or self.gained <= 0:
            return 0.0
        gain = self.gained / self.records
        return gain / (gain + _HALF_STRENGTH)


def cross_examine(
    untrained: Network, records: Sequence[Record], course: Course, random: np.random.Generator
) -> Evidence:
    """Train on part of the records and judge on the rest, in turn."""
    if len(records) < _FEWEST_RECORDS:
        return Evidence()
    parts = np.array_split(
        random.permutation(len(records)), 2 if len(records) >= _TWO_FOLDS_FROM else 4
    )
    total = Evidence()
    for part in parts:
        seen = np.setdiff1d(np.arange(len(records)), part)[:_MOST_TRAINED]
        network = untrained.copy()
        steps = schedule(len(seen), course, random)
        fit(network, [records[index] for index in seen], [step.batch for step in steps], course)
        total += _judge(untrained, network, [records[index] for index in part[:_MOST_JUDGED]])
    return total


def _judge(untrained: Network, trained: Network, unseen: Sequence[Record]) -> Evidence:
    if len(unseen) < 2:
        return Evidence()
    before, after = (_centred(_scores(network, unseen)) for network in (untrained, trained))
    told = float(np.trace(after))
    variance = float((after**2).sum() / (len(unseen) - 1))
    if not np.isfinite(variance):
        return Evidence()
    return Evidence(told, variance, told - float(np.trace(before)), len(unseen))


def _scores(network: Network, records: Sequence[Record]) -> Floats:
    """Mean log-probability per word of each completion (column) under each prompt (row)."""
    vectors = np.stack([record.vector for record in records])
    known = network.log_probabilities(vectors, [record.copyable for record in records])
    counts = np.zeros_like(known)
    for row, record in zip(counts, records, strict=True):
        row[record.counts.ids] = record.counts.values / record.counts.values.sum()
    scores: Floats = known @ counts.T
    return scores


def _centred(scores: Floats) -> Floats:
    centred: Floats = (
        scores
        - scores.mean(axis=0, keepdims=True)
        - scores.mean(axis=1, keepdims=True)
        + scores.mean()
    )
    return centred
