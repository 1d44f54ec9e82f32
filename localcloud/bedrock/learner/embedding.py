"""Prompts as vectors: the frozen part of the model, made without looking at completions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from localcloud.bedrock.learner.words import bucket, stem, stem_bucket, words

BUCKETS = 4096
DIMENSIONS = 64
_FITTED_ON = 1_200
_POWER_ITERATIONS = 2
_PAIRS_UP_TO = 40  # words: in longer prompts, pairs of words would drown the words
_LENGTH = 2.0  # of a prompt's vector: longer ones learn faster, and overshoot sooner

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Embedding:
    """Weighs words by rarity and projects them onto the directions in which prompts differ."""

    rarity: Floats
    centre: Floats
    projection: NDArray[np.float16]  # buckets x dimensions

    @property
    def dimensions(self) -> int:
        """Length of a row."""
        return int(self.projection.shape[1])

    def __call__(self, prompts: Sequence[str]) -> Floats:
        """One row of the same length (or zero) for each prompt."""
        projection = self.projection.astype(np.float32)
        rows = np.zeros((len(prompts), projection.shape[1]), np.float32)
        for row, prompt in zip(rows, prompts, strict=True):
            buckets, weights = _weighted(_counted(prompt), self.rarity)
            row[:] = weights @ projection[buckets] - self.centre
        return _scaled(rows)


def fit_embedding(prompts: Sequence[str], random: np.random.Generator) -> Embedding:
    """Latent semantic analysis of at most `_FITTED_ON` prompts."""
    counted = [_counted(prompt) for prompt in prompts[:_FITTED_ON]]
    rarity = _rarity(counted)
    rows = np.zeros((len(counted), BUCKETS), np.float32)
    for row, counts in zip(rows, counted, strict=True):
        buckets, weights = _weighted(counts, rarity)
        row[buckets] = weights
    mean = rows.mean(axis=0)
    projection = _directions(rows - mean, min(DIMENSIONS, len(prompts)), random)
    return Embedding(rarity, mean @ projection, projection.astype(np.float16))


def _directions(rows: Floats, dimensions: int, random: np.random.Generator) -> Floats:
    """Leading right singular vectors, by randomized subspace iteration."""
    basis = random.standard_normal((BUCKETS, min(dimensions + 8, len(rows)))).astype(np.float32)
    for _ in range(_POWER_ITERATIONS):
        basis = rows.T @ np.linalg.qr(rows @ basis)[0]
    sketch = np.linalg.qr(rows @ basis)[0]
    right = np.linalg.svd(sketch.T @ rows, full_matrices=False)[2]
    return np.ascontiguousarray(right[:dimensions].T)


def _counted(prompt: str) -> Counter[int]:
    listed = words(prompt)
    features = Counter([stem_bucket(word, BUCKETS) for word in listed])
    if len(listed) <= _PAIRS_UP_TO:
        stems = [stem(word) for word in listed]
        features.update(bucket(" ".join(pair), BUCKETS) for pair in pairwise(stems))
    return features


def _rarity(counted: Sequence[Counter[int]]) -> Floats:
    documents = np.zeros(BUCKETS, np.float32)
    for counts in counted:
        documents[list(counts)] += 1
    rarity: Floats = np.log((1 + len(counted)) / (1 + documents)).astype(np.float32)
    return rarity


def _weighted(counts: Counter[int], rarity: Floats) -> tuple[NDArray[np.int64], Floats]:
    buckets = np.fromiter(counts, np.int64, len(counts))
    weights = rarity[buckets] * np.log1p(np.fromiter(counts.values(), np.float32, len(counts)))
    return buckets, weights / (np.linalg.norm(weights) + 1e-6)


def _scaled(rows: Floats) -> Floats:
    scaled: Floats = _LENGTH * rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-6)
    return scaled
