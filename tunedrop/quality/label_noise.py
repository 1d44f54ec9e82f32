"""Label noise: a classifier and the nearest neighbours must both speak against a label.

The classifier (naive Bayes over hashed words) never saw the record that it judges; it picks the
suspects quickly, and the neighbours are looked up for those alone.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tunedrop.quality.block import Counts, Floats, Sketch, distinct

_BUCKET_BITS = 14
_FOLDS = 5
_SMOOTHING = 0.1
_DIMENSIONS = 64
_NEIGHBOURS = 10
_FEWEST_RECORDS = 50
_RECORDS_AT_ONCE = 2048
_LEAST_MARGIN = 0.5
_MOST_SUPPORT = 0.3
_SHIFT = np.uint32(32 - _BUCKET_BITS)

Vectors = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class LabelNoise:
    """Records whose label looks wrong, and the label that speaks for itself instead."""

    records: Counts
    suggested: Counts


def label_noise(words: Sketch, sizes: Counts, labels: Counts, label_count: int) -> LabelNoise:
    """Judge every record's label by the words of its prompt."""
    nobody = LabelNoise(records=np.zeros(0, np.int64), suggested=np.zeros(0, np.int64))
    if len(labels) < _FEWEST_RECORDS:
        return nobody
    buckets, owners = _rare_words(words, sizes)
    guessed, margins = _classified(buckets, owners, labels, label_count)
    suspects = np.flatnonzero((guessed != labels) & (margins > _LEAST_MARGIN))
    if not len(suspects):
        return nobody
    vectors = _vectors(buckets, owners, len(labels))
    wrong = suspects[_support(vectors, suspects, labels) <= _MOST_SUPPORT]
    return LabelNoise(records=wrong, suggested=guessed[wrong])


def _rare_words(words: Sketch, sizes: Counts) -> tuple[Counts, Counts]:
    """Each record's words once, as buckets, without those that half of all records have."""
    owners = np.repeat(np.arange(len(sizes)), sizes)
    keys = distinct((owners << _BUCKET_BITS) | (words >> _SHIFT))
    buckets, owners = keys & ((1 << _BUCKET_BITS) - 1), keys >> _BUCKET_BITS
    common = np.bincount(buckets, minlength=1 << _BUCKET_BITS) > len(sizes) / 2
    kept = ~common[buckets]
    return buckets[kept], owners[kept]


def _classified(
    buckets: Counts, owners: Counts, labels: Counts, label_count: int
) -> tuple[Counts, Floats]:
    """The label that each record's words speak for, and by how much per word, without its fold."""
    size = 1 << _BUCKET_BITS
    cells = labels[owners] * size + buckets
    folds = owners % _FOLDS
    whole = np.bincount(cells, minlength=label_count * size)
    guessed = np.zeros(len(labels), np.int64)
    margins = np.zeros(len(labels))
    for fold in range(_FOLDS):
        within = folds == fold
        others = whole - np.bincount(cells[within], minlength=label_count * size)
        learnt = others.reshape(label_count, size) + _SMOOTHING
        likely = np.log(learnt / learnt.sum(axis=1, keepdims=True)).astype(np.float32)
        records = np.arange(fold, len(labels), _FOLDS)
        priors = np.log(np.bincount(np.delete(labels, records), minlength=label_count) + 1.0)
        scores = _summed(likely, buckets[within], owners[within] // _FOLDS, len(records))
        counts = np.bincount(owners[within] // _FOLDS, minlength=len(records))
        scores += priors[:, None]
        guessed[records] = scores.argmax(axis=0)
        own = scores[labels[records], np.arange(len(records))]
        margins[records] = (scores.max(axis=0) - own) / np.maximum(counts, 1)
    return guessed, margins


def _summed(likely: Vectors, buckets: Counts, places: Counts, records: int) -> Floats:
    """For each label and record the sum over the record's words."""
    scores = np.zeros((len(likely), records))
    for label, weights in enumerate(likely):
        scores[label] = np.bincount(places, weights=weights[buckets], minlength=records)
    return scores


def _vectors(buckets: Counts, owners: Counts, records: int) -> Vectors:
    """Each record's words, rare ones heavier, projected at random; rows of length 1."""
    frequency = np.bincount(buckets, minlength=1 << _BUCKET_BITS)
    weights = np.log((records + 1) / (frequency + 1)).astype(np.float32)
    bounds = np.searchsorted(owners, np.arange(records + 1))
    vectors = np.zeros((records, _DIMENSIONS), np.float32)
    for start in range(0, records, _RECORDS_AT_ONCE):
        end = min(start + _RECORDS_AT_ONCE, records)
        part = slice(bounds[start], bounds[end])
        rows = _directions()[buckets[part]] * weights[buckets[part]][:, None]
        filled = np.flatnonzero(np.diff(bounds[start : end + 1]))
        if len(filled):
            firsts = bounds[start:end][filled] - bounds[start]
            vectors[start + filled] = np.add.reduceat(rows, firsts, axis=0)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(norms, 1e-9)
    return unit


def _support(vectors: Vectors, suspects: Counts, labels: Counts) -> Floats:
    """The share of each suspect's nearest neighbours, by their likeness, that has its label."""
    support = np.zeros(len(suspects))
    count = min(_NEIGHBOURS, len(labels) - 1)
    step = max(1, (1 << 24) // len(labels))
    for start in range(0, len(suspects), step):
        part = suspects[start : start + step]
        likeness = vectors[part] @ vectors.T
        likeness[np.arange(len(part)), part] = -1
        nearest = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
        weights = np.maximum(np.take_along_axis(likeness, nearest, axis=1), 0) + 1e-6
        own = labels[nearest] == labels[part][:, None]
        support[start : start + step] = (weights * own).sum(axis=1) / weights.sum(axis=1)
    return support


@lru_cache(maxsize=1)
def _directions() -> Vectors:
    """A direction for each bucket: signs that are always the same."""
    random = np.random.Generator(np.random.PCG64(7))
    signs = random.integers(0, 2, (1 << _BUCKET_BITS, _DIMENSIONS), np.int8)
    directions: Vectors = (signs * 2 - 1).astype(np.float32)
    return directions
