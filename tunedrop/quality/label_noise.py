"""Label noise: what a classifier and the nearest neighbours say together against a label.

The classifier (naive Bayes over hashed words) never saw the record that it judges. Where it doubts
the label, the records most like it vote, the more alike the more.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunedrop.quality.block import Counts, Floats, Sketch, distinct

_BUCKET_BITS = 14
_FOLDS = 5
_SMOOTHING = 0.1
_NEIGHBOURS = 15
_FEWEST_RECORDS = 50
_MOST_COMPARED = 1 << 11
# What planted errors in two sets of texts were best told by: a nat per word counts as 0.4 of all
# votes, and 0.45 more than for the label that it has speaks against a record.
_NAT, _MOST_NATS, _LEAST_LEAD = 0.4, 3.0, 0.45
_SHIFT = np.uint32(32 - _BUCKET_BITS)

Vectors = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class LabelNoise:
    """Records whose label looks wrong, and the label that speaks for itself instead."""

    records: Counts
    suggested: Counts


def label_noise(words: Sketch, sizes: Counts, labels: Counts, label_count: int) -> LabelNoise:
    """Judge every record's label by the words of its prompt."""
    nobody = np.zeros(0, np.int64)
    if len(labels) < _FEWEST_RECORDS:
        return LabelNoise(records=nobody, suggested=nobody)
    buckets, owners = _rare_words(words, sizes)
    speaks = _classified(buckets, owners, labels, label_count)
    doubted = np.flatnonzero(speaks.argmax(axis=1) != labels)
    postings = _Postings(buckets, owners, len(labels))
    for record in doubted.tolist():
        speaks[record] += postings.votes(record, labels, label_count)
    lead = speaks[doubted].max(axis=1) - speaks[doubted, labels[doubted]]
    wrong = doubted[lead > _LEAST_LEAD]
    return LabelNoise(records=wrong, suggested=speaks[wrong].argmax(axis=1))


class _Postings:
    """Which records have a word, to find those that are most like one by their rarest words."""

    def __init__(self, buckets: Counts, owners: Counts, records: int) -> None:
        self._frequency = np.bincount(buckets, minlength=1 << _BUCKET_BITS)
        self._weights = np.log((records + 1) / (self._frequency + 1)) ** 2
        self._norms = np.sqrt(np.bincount(owners, self._weights[buckets], records)) + 1e-9
        self._records = owners[np.argsort(buckets, kind="stable")]
        self._ends = np.cumsum(self._frequency)
        self._buckets = buckets
        self._bounds = np.searchsorted(owners, np.arange(records + 1))

    def votes(self, record: int, labels: Counts, label_count: int) -> Floats:
        """The share of each label among the nearest neighbours, by their likeness."""
        own = self._buckets[self._bounds[record] : self._bounds[record + 1]]
        own = own[np.argsort(self._frequency[own], kind="stable")]
        own = own[np.cumsum(self._frequency[own]) <= _MOST_COMPARED]
        sizes, ends = self._frequency[own], self._ends[own]
        found = [self._records[end - size : end] for size, end in zip(sizes, ends, strict=True)]
        if not found:
            return np.zeros(label_count)
        weights = np.repeat(self._weights[own], sizes)
        likeness = np.bincount(np.concatenate(found), weights)
        likeness[record] = 0
        others = np.flatnonzero(likeness)
        alike = likeness[others] / self._norms[others]
        count = min(_NEIGHBOURS, len(others))
        nearest = np.argpartition(-alike, count - 1)[:count] if count else others
        votes = np.bincount(labels[others[nearest]], alike[nearest], label_count)
        shares: Floats = votes / max(votes.sum(), 1e-9)
        return shares


def _rare_words(words: Sketch, sizes: Counts) -> tuple[Counts, Counts]:
    """Each record's words once, as buckets, without those that half of all records have."""
    owners = np.repeat(np.arange(len(sizes)), sizes)
    keys = distinct((owners << _BUCKET_BITS) | (words >> _SHIFT))
    buckets, owners = keys & ((1 << _BUCKET_BITS) - 1), keys >> _BUCKET_BITS
    common = np.bincount(buckets, minlength=1 << _BUCKET_BITS) > len(sizes) / 2
    kept = ~common[buckets]
    return buckets[kept], owners[kept]


def _classified(buckets: Counts, owners: Counts, labels: Counts, label_count: int) -> Floats:
    """A row per record: how much its words speak against each label, without its fold."""
    size = 1 << _BUCKET_BITS
    cells = labels[owners] * size + buckets
    folds = owners % _FOLDS
    whole = np.bincount(cells, minlength=label_count * size)
    speaks = np.zeros((len(labels), label_count))
    for fold in range(_FOLDS):
        within = folds == fold
        others = whole - np.bincount(cells[within], minlength=label_count * size)
        learnt = others.reshape(label_count, size) + _SMOOTHING
        likely = np.log(learnt / learnt.sum(axis=1, keepdims=True)).astype(np.float32)
        records = np.arange(fold, len(labels), _FOLDS)
        priors = np.log(np.bincount(np.delete(labels, records), minlength=label_count) + 1.0)
        scores = _summed(likely, buckets[within], owners[within] // _FOLDS, len(records)).T + priors
        counts = np.bincount(owners[within] // _FOLDS, minlength=len(records))
        behind = (scores - scores.max(axis=1, keepdims=True)) / np.maximum(counts, 1)[:, None]
        speaks[records] = _NAT * np.maximum(behind, -_MOST_NATS)
    return speaks


def _summed(likely: Vectors, buckets: Counts, places: Counts, records: int) -> Floats:
    """For each label and record the sum over the record's words."""
    scores = np.zeros((len(likely), records))
    for label, weights in enumerate(likely):
        scores[label] = np.bincount(places, weights=weights[buckets], minlength=records)
    return scores
