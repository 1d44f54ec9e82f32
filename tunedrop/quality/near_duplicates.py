"""Near-duplicates: pairs of records whose word pairs overlap enough, and their clusters.

Each record's word pairs are dealt into bins, and the lowest hash of each bin is its signature
(one-permutation MinHash). Records that agree in a whole band of bins are compared by their
sketches, so that chance decides what is looked at, but not what is reported.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tunedrop.quality.block import Counts, Flags, Floats, Hashes, Sketch, distinct, mixed
from tunedrop.quality.boilerplate import Boilerplate, counted
from tunedrop.quality.sketches import SketchTable

NEAR = 0.8
_BEYOND_BOILERPLATE = 0.5
# With so little of it, near-duplicates have half of the rest in common anyway.
_HARMLESS = 0.4

_BINS = 64
_BAND = 4
_BANDS = _BINS // _BAND
_FEW = 2 * _BINS
_EMPTY = np.uint32(0xFFFFFFFF)
_DEVIATIONS = 2.5

_NEIGHBOURS = 5
_PAIRS_AT_ONCE = 2048
_HALF = np.uint64(32)
_PLACE = 32


@dataclass(frozen=True, kw_only=True)
class Signatures:
    """The lowest hash of each bin, a row per record; and how much of it is boilerplate.

    `said` are word pairs and boilerplate as `counted` counts them.
    """

    rows: Sketch
    boilerplate_share: Floats
    said: Counts

    @classmethod
    def of(cls, table: SketchTable, boilerplate: Boilerplate) -> "Signatures":
        """Boilerplate takes no part in the rows; bins without anything are `_EMPTY`."""
        parts = [cls._of_part(each, boilerplate) for each in table.parts()]
        return cls(
            rows=np.concatenate([np.zeros((0, _BINS), np.uint32), *(each.rows for each in parts)]),
            boilerplate_share=np.concatenate(
                [np.zeros(0), *(each.boilerplate_share for each in parts)]
            ),
            said=np.concatenate(
                [np.zeros((2, 2, 0), np.int64), *(each.said for each in parts)], axis=2
            ),
        )

    @classmethod
    def _of_part(cls, table: SketchTable, boilerplate: Boilerplate) -> "Signatures":
        count, hashes, owners = len(table), table.hashes, table.owners()
        shared = boilerplate.holds(hashes)
        share = np.bincount(owners[shared], minlength=count) / np.maximum(np.diff(table.bounds), 1)
        said = counted(table, owners, shared)
        hashes, owners = _with_more_of_the_short(hashes[~shared], owners[~shared], count)
        rows = np.full(count * _BINS, _EMPTY, np.uint32)
        np.minimum.at(rows, owners * _BINS + (hashes & np.uint32(_BINS - 1)), hashes)
        return cls(rows=rows.reshape(count, _BINS), boilerplate_share=share, said=said)


def near_pairs(
    table: SketchTable,
    signatures: Signatures,
    considered: Flags,
    boilerplate: Boilerplate,
    threshold: float = NEAR,
) -> tuple[Counts, Floats]:
    """Pairs of considered records at least as similar as the threshold, in rows; how similar.

    They must have half of what is not boilerplate in common, too: records that share nothing
    but a long instruction are no duplicates.
    """
    pairs = _sharing_a_band(signatures.rows, considered)
    likely = [_likely(table, signatures, each) for each in _in_chunks(pairs)]
    found, shares = [pairs[:0]], [np.zeros(0)]
    for each in _in_chunks(np.concatenate([pairs[:0], *likely])):
        similarities = _similarities(table, each)
        near = similarities >= threshold
        doubtful = near & (signatures.boilerplate_share[each].max(axis=1) > _HARMLESS)
        beyond = _similarities(table, each[doubtful], boilerplate)
        near[doubtful] = beyond >= _BEYOND_BOILERPLATE
        found.append(each[near])
        shares.append(similarities[near].round(3))
    return np.concatenate(found), np.concatenate(shares)


def clusters(pairs: Counts, records: int) -> Counts:
    """For each record the first of those that it hangs together with."""
    roots = np.arange(records)
    while len(pairs):
        ends = np.sort(roots[pairs], axis=1)
        pairs = ends[ends[:, 0] != ends[:, 1]]
        np.minimum.at(roots, pairs[:, 1], pairs[:, 0])
        while (roots != roots[roots]).any():
            roots = roots[roots]
    return roots


def _with_more_of_the_short(hashes: Sketch, owners: Counts, records: int) -> tuple[Sketch, Counts]:
    """Short records would leave bins empty: their hashes are dealt again, hashed anew.

    Twice as many hashes in both of two records leave their overlap as it was.
    """
    counts = np.bincount(owners, minlength=records)
    rounds = [(hashes, owners)]
    for number in range(1, _BINS):
        short = np.flatnonzero((counts * number < _FEW)[owners])
        hashes, owners = hashes[short], owners[short]
        again = mixed(hashes + (np.uint64(number) << _HALF)) >> _HALF
        rounds.append((again.astype(np.uint32), owners))
    return np.concatenate([h for h, _ in rounds]), np.concatenate([o for _, o in rounds])


def _sharing_a_band(signatures: Sketch, considered: Flags) -> Counts:
    """Pairs of records that agree in a band, each once, in rows.

    In a large group each is paired with the next few and with the first.
    """
    records = np.flatnonzero(considered)
    size = max(len(signatures), 1)
    found = np.zeros(0, np.int64)
    for band in range(_BANDS):
        part = signatures[records, band * _BAND : (band + 1) * _BAND]
        told = (part != _EMPTY).any(axis=1)
        keys = _band_keys(part[told])
        order = np.argsort(keys, kind="stable")
        ones, others = _grouped(keys[order], records[told][order])
        found = distinct(np.concatenate([found, ones * size + others]))
    return np.stack(np.divmod(found, size), axis=1)


def _band_keys(part: Sketch) -> Hashes:
    keys = np.zeros(len(part), np.uint64)
    for column in part.T:
        keys = mixed(keys + column)
    return keys


def _grouped(keys: Hashes, records: Counts) -> tuple[Counts, Counts]:
    alone = np.ones(len(keys) + 1, np.bool_)
    alone[1:-1] = keys[1:] != keys[:-1]
    shared = ~(alone[1:] & alone[:-1])
    keys, records = keys[shared], records[shared]
    firsts = records[np.searchsorted(keys, keys)]
    ones, others = [firsts[firsts != records]], [records[firsts != records]]
    for distance in range(1, _NEIGHBOURS + 1):
        same = keys[distance:] == keys[:-distance]
        ones.append(records[:-distance][same])
        others.append(records[distance:][same])
    return np.concatenate(ones), np.concatenate(others)


def _in_chunks(pairs: Counts) -> Iterator[Counts]:
    yield from (pairs[i : i + _PAIRS_AT_ONCE] for i in range(0, len(pairs), _PAIRS_AT_ONCE))


def _agreement(signatures: Sketch, pairs: Counts) -> Floats:
    """The share of bins in which each pair agrees; where both are empty, they do."""
    share: Floats = (signatures[pairs[:, 0]] == signatures[pairs[:, 1]]).mean(axis=1)
    return share


def _likely(table: SketchTable, signatures: Signatures, pairs: Counts) -> Counts:
    """Those whose signatures agree enough that they may be near-duplicates."""
    return pairs[_agreement(signatures.rows, pairs) >= _expected(table, signatures, pairs)]


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
    records, places = np.unique(pairs, return_inverse=True)
    compared = table.of(records).distinct()
    ceilings = table.ceilings[pairs].min(axis=1)
    one, other = (_keyed(compared, each, ceilings, without) for each in places.T)
    # Two ascending runs, which a stable sort merges.
    merged = np.sort(np.concatenate([one, other]), kind="stable")
    common = merged[1:][merged[1:] == merged[:-1]]
    both, sizes = (np.bincount(each >> _PLACE, minlength=len(pairs)) for each in (common, merged))
    similarities: Floats = both / np.maximum(sizes - both, 1)
    return similarities


def _keyed(
    table: SketchTable, records: Counts, ceilings: Counts, without: Boilerplate | None
) -> Counts:
    """The hashes of each record below its ceiling, its place in front."""
    hashes, places = table.gathered(records)
    kept = hashes < ceilings[places]
    if without is not None:
        kept &= ~without.holds(hashes)
    return (places[kept] << _PLACE) | hashes[kept]
