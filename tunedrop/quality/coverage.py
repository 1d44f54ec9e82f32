"""What a dataset covers: a summary small enough to keep, the drift between two, test coverage."""

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct

from tunedrop.quality.block import Counts, Flags, Floats, TextBlock, distinct
from tunedrop.quality.languages import CODES, UNDECIDED, Languages
from tunedrop.quality.sketches import SketchTable

_BUCKETS = 256
_LENGTH_BINS = 48
_SAMPLED_BYTES = 1 << 20
_SAMPLED_AT_ONCE = 1 << 15
_TABLE_BITS = 22
_MOST_COMPARED = 1 << 20
_KEPT_LABELS = 100
_MANY_HASHES = 1 << 17
_SAMPLED_PART = 16


class DatasetSummary(Struct, frozen=True, kw_only=True):
    """How long, in what language, about what: no text can be read out of it.

    Lengths are counts of texts per half power of two: bin i holds those of at least 2^(i/2)
    characters. `words` are counts of words by eight bits of their hash.
    """

    records: int
    prompt_lengths: tuple[int, ...]
    completion_lengths: tuple[int, ...]
    languages: dict[str, int]
    labels: dict[str, int]
    words: tuple[int, ...]


class Drift(Struct, frozen=True, kw_only=True):
    """Jensen-Shannon distances between two datasets: 0 where they are alike, 1 at most."""

    prompt_lengths: float
    completion_lengths: float
    languages: float
    labels: float
    words: float


class SetCoverage(Struct, frozen=True, kw_only=True):
    """How much of the test records' word pairs training holds.

    `usual` is the same for training records, each held against all others; `uncovered` counts the
    test records that reach less than half of that.
    """

    share: float
    usual: float
    uncovered: int


class CoverageMeter:
    """Collects what the summary and the measures of redundancy need."""

    def __init__(self) -> None:
        self.records = 0
        self.compressed = [0, 0]
        self._lengths = [np.zeros(_LENGTH_BINS, np.int64), np.zeros(_LENGTH_BINS, np.int64)]
        self._words = np.zeros(_BUCKETS, np.int64)
        self._languages: Counter[str] = Counter()

    def add(self, block: TextBlock, languages: Languages) -> None:
        """Take in a block and the languages of its fields."""
        self.records += len(block)
        for place, texts in enumerate((block.prompts, block.completions)):
            self._lengths[place] += np.bincount(_bins(texts), minlength=_LENGTH_BINS)
        buckets = (block.words >> np.uint64(56)).astype(np.uint8)
        self._words += np.bincount(buckets, minlength=_BUCKETS)
        spoken = np.where(languages[1::2] == UNDECIDED, languages[::2], languages[1::2])
        for number, count in enumerate(np.bincount(spoken + 1, minlength=len(CODES) + 1).tolist()):
            if count:
                self._languages[(*CODES, "undecided")[number - 1]] += count
        if self.compressed[0] < _SAMPLED_BYTES:
            sample = block.lowered[:_SAMPLED_AT_ONCE]
            self.compressed[0] += len(sample)
            self.compressed[1] += len(zlib.compress(sample, 1))

    @property
    def compression_ratio(self) -> float:
        """How many times smaller zlib makes a sample of the text."""
        return self.compressed[0] / max(self.compressed[1], 1)

    def summary(self, labels: Mapping[str, int]) -> DatasetSummary:
        """Of everything so far."""
        return DatasetSummary(
            records=self.records,
            prompt_lengths=tuple(self._lengths[0].tolist()),
            completion_lengths=tuple(self._lengths[1].tolist()),
            languages=dict(sorted(self._languages.items())),
            labels=dict(Counter(labels).most_common(_KEPT_LABELS)),
            words=tuple(self._words.tolist()),
        )


def drift(before: DatasetSummary, after: DatasetSummary) -> Drift:
    """How far one dataset is from another."""
    return Drift(
        prompt_lengths=_distance(before.prompt_lengths, after.prompt_lengths),
        completion_lengths=_distance(before.completion_lengths, after.completion_lengths),
        languages=_distance(*_aligned(before.languages, after.languages)),
        labels=_distance(*_aligned(before.labels, after.labels)),
        words=_distance(before.words, after.words),
    )


def coverage(sketches: SketchTable, tested: Flags, trained: Flags) -> SetCoverage | None:
    """How well training covers the test set; None where either is empty."""
    if not tested.any() or not trained.any():
        return None
    slots, records = _slots_once(sketches)
    of_training = trained[records]
    times = np.bincount(slots[of_training], minlength=1 << _TABLE_BITS)
    held = np.bincount(records, times[slots] > of_training, len(sketches))
    sizes = np.bincount(records, minlength=len(sketches))
    shares = held / np.maximum(sizes, 1)
    usual, reached = shares[trained & (sizes > 0)], shares[tested & (sizes > 0)]
    if not len(usual) or not len(reached):
        return None
    return SetCoverage(
        share=round(float(reached.mean()), 4),
        usual=round(float(usual.mean()), 4),
        uncovered=int((reached < usual.mean() / 2).sum()),
    )


def distinct_share(sketches: SketchTable) -> float:
    """The different word pairs among all word pairs: low where texts repeat one another."""
    ceiling = int(sketches.ceilings.min(initial=1 << 32))
    if len(sketches.hashes) > _MANY_HASHES:
        ceiling //= _SAMPLED_PART
    low = sketches.hashes[sketches.hashes < ceiling]
    return len(distinct(low.astype(np.int64))) / max(len(low), 1)


def _slots_once(sketches: SketchTable) -> tuple[Counts, Counts]:
    """For each record the different slots of its word pairs, of many those of low hashes."""
    ceiling = (1 << 32) * _MOST_COMPARED // max(len(sketches.hashes), _MOST_COMPARED)
    found, first = [np.zeros(0, np.int64)], 0
    for part in sketches.parts():
        low = part.hashes < ceiling
        slots = (part.hashes[low] & np.uint32((1 << _TABLE_BITS) - 1)).astype(np.int64)
        found.append(distinct(((first + part.owners()[low]) << _TABLE_BITS) | slots))
        first += len(part)
    keys = np.concatenate(found)
    return keys & ((1 << _TABLE_BITS) - 1), keys >> _TABLE_BITS


def _bins(texts: Sequence[str]) -> Counts:
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    bins = np.floor(2 * np.log2(np.maximum(sizes, 1))).astype(np.int64)
    capped: Counts = np.minimum(bins, _LENGTH_BINS - 1)
    return capped


def _aligned(
    one: Mapping[str, int], other: Mapping[str, int]
) -> tuple[Sequence[int], Sequence[int]]:
    names = sorted(set(one) | set(other))
    return [one.get(name, 0) for name in names], [other.get(name, 0) for name in names]


def _distance(one: Sequence[int], other: Sequence[int]) -> float:
    """The root of the Jensen-Shannon divergence in bits."""
    first, second = (np.array(each, np.float64) for each in (one, other))
    if not first.sum() or not second.sum():
        return 0.0
    first, second = first / first.sum(), second / second.sum()
    middle = (first + second) / 2
    divergence = sum(_divergence(each, middle) for each in (first, second)) / 2
    return round(float(np.sqrt(max(divergence, 0.0))), 4)


def _divergence(one: Floats, other: Floats) -> float:
    there = one > 0
    return float((one[there] * np.log2(one[there] / other[there])).sum())
