"""Label noise: what a classifier and the nearest neighbours say together against a label.

The classifier (naive Bayes over hashed words) never saw the record that it judges. Where it doubts
the label, the records most like it vote, the more alike the more.
"""

from dataclasses import dataclass

import numpy as np

from tunedrop.quality.block import Counts, Floats, Sketch, distinct

_BUCKET_BITS = 14
_FOLDS = 5
_SMOOTHING = 0.1
_NEIGHBOURS = 15
_FEWEST_RECORDS = 50
# How many records one is held against; fewer where so many are doubted that it would take long.
_MOST_COMPARED, _FEWEST_COMPARED = 1 << 11, 1 << 6
_COMPARED_IN_ALL, _COMPARED_AT_ONCE = 5_000_000, 1 << 16
# Who asks, who was found and a value are one number, because numbers are sorted fastest.
_VALUE_BITS, _RECORD_BITS = 20, 24
_PAIR_BITS = _VALUE_BITS + _RECORD_BITS
_VALUES, _RECORDS = (1 << _VALUE_BITS) - 1, (1 << _RECORD_BITS) - 1
_STEPS = 1 << 10
# What planted errors in two sets of texts were best told by: a nat per word counts as 0.4 of all
# votes, and 0.45 more than for the label that it has speaks against a record.
_NAT, _MOST_NATS, _LEAST_LEAD = 0.4, 3.0, 0.45
_SHIFT = np.uint32(32 - _BUCKET_BITS)


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
    neighbours = _Neighbours(buckets, owners, len(labels))
    speaks[doubted] += neighbours.votes(doubted, labels, label_count)
    lead = speaks[doubted].max(axis=1) - speaks[doubted, labels[doubted]]
    wrong = doubted[lead > _LEAST_LEAD]
    return LabelNoise(records=wrong, suggested=speaks[wrong].argmax(axis=1))


class _Neighbours:
    """Finds the records that are most like one by their rarest words, many records at once."""

    def __init__(self, buckets: Counts, owners: Counts, records: int) -> None:
        self._frequency = np.bincount(buckets, minlength=1 << _BUCKET_BITS)
        self._weights = np.log((records + 1) / (self._frequency + 1)) ** 2
        self._norms = np.sqrt(np.bincount(owners, self._weights[buckets], records)) + 1e-9
        self._records = np.sort((buckets << _RECORD_BITS) | owners) & _RECORDS
        self._ends = np.cumsum(self._frequency)
        self._buckets, self._owners = buckets, owners

    def votes(self, asking: Counts, labels: Counts, label_count: int) -> Floats:
        """A row per asking record: the share of each label among its nearest, by likeness."""
        most = min(_MOST_COMPARED, max(_FEWEST_COMPARED, _COMPARED_IN_ALL // max(len(asking), 1)))
        at_once = _COMPARED_AT_ONCE // most
        rows = [np.zeros((0, label_count))]
        for start in range(0, len(asking), at_once):
            some = asking[start : start + at_once]
            askers, others, alike = self._nearest(some, *self._rarest(some, most))
            cells, shape = askers * label_count + labels[others], (len(some), label_count)
            votes = np.bincount(cells, alike, len(some) * label_count).reshape(shape)
            rows.append(votes / np.maximum(votes.sum(axis=1, keepdims=True), 1e-9))
        return np.concatenate(rows)

    def _rarest(self, asking: Counts, most: int) -> tuple[Counts, Counts]:
        """The rarest words of each asking record (by its place), of at most so many records."""
        bounds = np.searchsorted(self._owners, asking), np.searchsorted(self._owners, asking + 1)
        sizes = bounds[1] - bounds[0]
        askers = np.repeat(np.arange(len(asking)), sizes)
        first = np.cumsum(sizes) - sizes
        words = self._buckets[np.arange(len(askers)) + (bounds[0] - first)[askers]]
        keys = (askers << _PAIR_BITS) | (self._frequency[words] << _BUCKET_BITS) | words
        keys.sort()
        words = keys & ((1 << _BUCKET_BITS) - 1)
        reached = np.cumsum(self._frequency[words])
        before = np.concatenate([np.zeros(1, np.int64), reached])[first]
        kept = reached - before[askers] <= most
        return askers[kept], words[kept]

    def _nearest(
        self, asking: Counts, askers: Counts, words: Counts
    ) -> tuple[Counts, Counts, Floats]:
        """Of each asking record (by its place) the few that are most like it, and how much."""
        sizes = self._frequency[words]
        first = np.cumsum(sizes) - sizes
        places = np.arange(sizes.sum()) + np.repeat(self._ends[words] - sizes - first, sizes)
        weights = (self._weights[words] * _STEPS).astype(np.int64)
        pairs = np.repeat((askers << _PAIR_BITS) | weights, sizes)
        pairs |= self._records[places] << _VALUE_BITS
        pairs.sort()
        starts = np.flatnonzero(np.diff(pairs >> _VALUE_BITS, prepend=-1))
        shared = np.add.reduceat(pairs & _VALUES, starts) / _STEPS
        pairs = pairs[starts] >> _VALUE_BITS
        askers, others = pairs >> _RECORD_BITS, pairs & _RECORDS
        alike = np.minimum(shared / self._norms[others] * _STEPS, _VALUES).astype(np.int64)
        alike[others == asking[askers]] = 0
        ranked = (askers << _PAIR_BITS) | ((_VALUES - alike) << _RECORD_BITS) | others
        ranked.sort()
        first = np.searchsorted(askers, np.arange(len(asking)))
        ranked = ranked[np.arange(len(ranked)) - first[askers] < _NEIGHBOURS]
        alike = _VALUES - (ranked >> _RECORD_BITS & _VALUES)
        return ranked >> _PAIR_BITS, ranked & _RECORDS, alike / _STEPS


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
    folds = (owners % _FOLDS).astype(np.int8)
    whole = np.bincount(cells, minlength=label_count * size)
    speaks = np.zeros((len(labels), label_count))
    for fold in range(_FOLDS):
        within = np.flatnonzero(folds == fold)
        others = whole - np.bincount(np.take(cells, within), minlength=label_count * size)
        learnt = others.reshape(label_count, size) + _SMOOTHING
        likely = np.log(learnt / learnt.sum(axis=1, keepdims=True))
        records = np.arange(fold, len(labels), _FOLDS)
        priors = np.log(np.bincount(np.delete(labels, records), minlength=label_count) + 1.0)
        counts = np.bincount(np.take(owners, within), minlength=len(labels))[records]
        scores = _summed(likely, np.take(buckets, within), counts).T + priors
        behind = (scores - scores.max(axis=1, keepdims=True)) / np.maximum(counts, 1)[:, None]
        speaks[records] = _NAT * np.maximum(behind, -_MOST_NATS)
    return speaks


def _summed(likely: Floats, buckets: Counts, counts: Counts) -> Floats:
    """For each label and record the sum over the record's words, so many for each."""
    # One word of no weight stands behind all, so that a record without words has where to begin.
    weights = np.pad(likely, ((0, 0), (0, 1)))
    words = np.append(buckets, likely.shape[1])
    starts = np.cumsum(counts) - counts
    sums = [np.add.reduceat(np.take(each, words), starts) for each in weights]
    return np.where(counts > 0, np.array(sums), 0.0)
