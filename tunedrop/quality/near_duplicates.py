"""Near-duplicates: pairs of records whose word pairs overlap enough, and their clusters.

Each record's word pairs are dealt into bins, and the lowest hash of each bin is its signature
(one-permutation MinHash). Records that agree in a whole band of bins are compared by their
sketches, so that chance decides what is looked at, but not what is reported.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from tunedrop.quality.block import Counts, Flags, Floats, Hashes, Sketch, mixed
from tunedrop.quality.sketches import SketchTable

NEAR = 0.8
# What more records than this share, and than this number, hold is boilerplate.
BOILERPLATE_SHARE = 0.1
_BOILERPLATE_RECORDS = 20
_BEYOND_BOILERPLATE = 0.5
# With so little of it, near-duplicates have half of the rest in common anyway.
_HARMLESS = 0.4

_BINS = 64
_BAND = 4
_BANDS = _BINS // _BAND
_FEW = 2 * _BINS
_EMPTY = np.uint32(0xFFFFFFFF)
_DEVIATIONS = 2.5

_SAMPLE = 500
_TABLE_BITS = 22
_NEIGHBOURS = 10
_RECORDS_AT_ONCE = 8192
_PAIRS_AT_ONCE = 1024
_HALF = np.uint64(32)
_PLACE = 33

Near = tuple[int, int, float]


@dataclass(frozen=True, kw_only=True)
class Boilerplate:
    """The word pairs that many records share, learnt from records spread over all."""

    table: Flags

    @classmethod
    def of(cls, sketches: SketchTable) -> "Boilerplate":
        """Count in how many of the sampled records each word pair occurs."""
        step = max(1, -(-len(sketches) // _SAMPLE))
        sample = np.arange(0, len(sketches), step)
        hashes, places = sketches.gathered(sample)
        keys = _without_repetitions((places << 32) | _slots(hashes))
        limit = max(_BOILERPLATE_RECORDS, int(len(sample) * BOILERPLATE_SHARE))
        slots, counts = np.unique(keys & ((1 << 32) - 1), return_counts=True)
        table = np.zeros(1 << _TABLE_BITS, np.bool_)
        table[slots[counts > limit]] = True
        return cls(table=table)

    def holds(self, hashes: Sketch) -> Flags:
        """Which of the word pairs are boilerplate."""
        return self.table[_slots(hashes)]


@dataclass(frozen=True, kw_only=True)
class Signatures:
    """The lowest hash of each bin, a row per record; and how much of it is boilerplate."""

    rows: Sketch
    boilerplate_share: Floats

    @classmethod
    def of(cls, table: SketchTable, boilerplate: Boilerplate) -> "Signatures":
        """Boilerplate takes no part in the rows; bins without anything are `_EMPTY`."""
        rows = np.full((len(table), _BINS), _EMPTY, np.uint32)
        share = np.zeros(len(table))
        for start in range(0, len(table), _RECORDS_AT_ONCE):
            part = slice(start, min(start + _RECORDS_AT_ONCE, len(table)))
            count = part.stop - part.start
            hashes, owners = table.between(part.start, part.stop)
            shared = boilerplate.holds(hashes)
            sizes = np.maximum(np.bincount(owners, minlength=count), 1)
            share[part] = np.bincount(owners[shared], minlength=count) / sizes
            hashes, owners = _with_more_of_the_short(hashes[~shared], owners[~shared], count)
            bins = owners * _BINS + (hashes & np.uint32(_BINS - 1))
            np.minimum.at(rows[part].reshape(-1), bins, hashes)
        return cls(rows=rows, boilerplate_share=share)


def near_pairs(
    table: SketchTable,
    signatures: Signatures,
    considered: Flags,
    boilerplate: Boilerplate,
    threshold: float = NEAR,
) -> list[Near]:
    """Pairs of considered records at least as similar as the threshold.

    They must have half of what is not boilerplate in common, too: records that share nothing
    but a long instruction are no duplicates.
    """
    found: list[Near] = []
    for pairs in _in_chunks(_sharing_a_band(signatures.rows, considered)):
        likely = pairs[_agreement(signatures.rows, pairs) >= _expected(table, signatures, pairs)]
        similarities = _similarities(table, likely)
        near = similarities >= threshold
        doubtful = near & (signatures.boilerplate_share[likely].max(axis=1) > _HARMLESS)
        beyond = _similarities(table, likely[doubtful], boilerplate)
        near[doubtful] = beyond >= _BEYOND_BOILERPLATE
        for (one, other), similarity in zip(likely[near].tolist(), similarities[near], strict=True):
            found.append((one, other, round(float(similarity), 3)))
    return found


def clusters(pairs: Iterable[Near]) -> list[list[int]]:
    """Records that hang together, each group and the groups in ascending order."""
    parents: dict[int, int] = {}

    def root(each: int) -> int:
        while (parent := parents.setdefault(each, each)) != each:
            parents[each] = parents[parent]
            each = parent
        return each

    for one, other, _ in pairs:
        low, high = sorted((root(one), root(other)))
        parents[high] = low
    groups: dict[int, list[int]] = {}
    for each in sorted(parents):
        groups.setdefault(root(each), []).append(each)
    return [groups[key] for key in sorted(groups)]


def _slots(hashes: Sketch) -> Counts:
    return (hashes & np.uint32((1 << _TABLE_BITS) - 1)).astype(np.int64)


def _with_more_of_the_short(hashes: Sketch, owners: Counts, records: int) -> tuple[Sketch, Counts]:
    """Short records would leave bins empty: their hashes are dealt again, hashed anew.

    Twice as many hashes in both of two records leave their overlap as it was.
    """
    counts = np.bincount(owners, minlength=records)
    short = (counts < _FEW)[owners]
    rounds = [(hashes, owners)]
    for number in range(1, _BINS):
        short[short] = (counts * number < _FEW)[owners[short]]
        if not short.any():
            break
        again = mixed(hashes[short] + (np.uint64(number) << _HALF)) >> _HALF
        rounds.append((again.astype(np.uint32), owners[short]))
    return np.concatenate([h for h, _ in rounds]), np.concatenate([o for _, o in rounds])


def _sharing_a_band(signatures: Sketch, considered: Flags) -> Counts:
    """Pairs of records that agree in a band, each once, in rows.

    In a large group each is paired with the next few and with the first.
    """
    records = np.flatnonzero(considered)
    rows = [np.zeros((0, 2), np.int64)]
    for band in range(_BANDS):
        part = signatures[records, band * _BAND : (band + 1) * _BAND]
        keys = _band_keys(part)
        told = (part != _EMPTY).any(axis=1)
        order = np.argsort(keys[told], kind="stable")
        rows.append(_grouped(keys[told][order], records[told][order]))
    pairs = np.concatenate(rows)
    once = _without_repetitions(pairs[:, 0] * len(signatures) + pairs[:, 1])
    return np.stack(np.divmod(once, max(len(signatures), 1)), axis=1)


def _band_keys(part: Sketch) -> Hashes:
    keys = np.zeros(len(part), np.uint64)
    for column in part.T:
        keys = mixed(keys + column)
    return keys


def _grouped(keys: Hashes, records: Counts) -> Counts:
    alone = np.ones(len(keys) + 1, np.bool_)
    alone[1:-1] = keys[1:] != keys[:-1]
    shared = ~(alone[1:] & alone[:-1])
    keys, records = keys[shared], records[shared]
    firsts = records[np.searchsorted(keys, keys)]
    rows = [np.stack([firsts, records], axis=1)[firsts != records]]
    for distance in range(1, _NEIGHBOURS + 1):
        same = keys[distance:] == keys[:-distance]
        rows.append(np.stack([records[:-distance][same], records[distance:][same]], axis=1))
    return np.concatenate(rows)


def _in_chunks(pairs: Counts) -> Iterator[Counts]:
    yield from (pairs[i : i + _PAIRS_AT_ONCE] for i in range(0, len(pairs), _PAIRS_AT_ONCE))


def _agreement(signatures: Sketch, pairs: Counts) -> Floats:
    """The share of bins in which each pair agrees; where both are empty, they do."""
    share: Floats = (signatures[pairs[:, 0]] == signatures[pairs[:, 1]]).mean(axis=1)
    return share


def _expected(table: SketchTable, signatures: Signatures, pairs: Counts) -> Floats:
    """The share of bins in which near-duplicates agree at least, chance allowed for.

    Signatures leave boilerplate out, by which the records are more alike than by the rest.
    """
    shared = np.minimum(signatures.boilerplate_share[pairs].max(axis=1), _BEYOND_BOILERPLATE)
    similarity = (NEAR - shared) / (1 - shared)
    told = np.clip(table.pairs[pairs].min(axis=1) * (1 - shared), 1, _BINS)
    deviation = np.sqrt(similarity * (1 - similarity) / told)
    expected: Floats = similarity - _DEVIATIONS * deviation
    return expected


def _similarities(table: SketchTable, pairs: Counts, without: Boilerplate | None = None) -> Floats:
    """The Jaccard similarity of each pair, below the lower of its ceilings."""
    ceilings = table.ceilings[pairs].min(axis=1)
    keys = [_keyed(table, each, ceilings, without) for each in pairs.T]
    # Side by side, two records' common hashes are neighbours that differ in the last bit.
    different = _without_repetitions(np.concatenate([keys[0], keys[1] + 1]))
    common = different[1:][(different[1:] >> 1) == (different[:-1] >> 1)]
    both = np.bincount(common >> _PLACE, minlength=len(pairs))
    sizes = np.bincount(different >> _PLACE, minlength=len(pairs))
    similarities: Floats = both / np.maximum(sizes - both, 1)
    return similarities


def _keyed(
    table: SketchTable, records: Counts, ceilings: Counts, without: Boilerplate | None
) -> Counts:
    """The hashes of each record below its ceiling, its place in front, an empty bit behind."""
    hashes, places = table.gathered(records)
    kept = hashes < ceilings[places]
    if without is not None:
        kept &= ~without.holds(hashes)
    return (places[kept] << _PLACE) | (hashes[kept].astype(np.int64) << 1)


def _without_repetitions(keys: Counts) -> Counts:
    keys = np.sort(keys, kind="stable")
    fresh = np.ones(len(keys), np.bool_)
    fresh[1:] = keys[1:] != keys[:-1]
    return keys[fresh]
