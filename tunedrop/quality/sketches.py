"""Sketches: of each record the hashes of its word pairs, of long records a fair sample."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from tunedrop.quality.block import Counts, Flags, Sketch, TextBlock, distinct

SKETCH_SIZE = 512
# 256 MB: from 130,000 long records on sketches are halved, so that memory stays.
_MOST_HASHES = 1 << 26
_RECORDS_AT_ONCE = 2048
_PAIR = np.uint64(0xC2B2AE3D27D4EB4F)
_SPREAD = np.uint64(0x9FB21C651E98DF25)
_HALF = np.uint64(32)
WHOLE = 1 << 32


class Sketches:
    """Collects the sketches of many records.

    A record of at most `size` word pairs is kept whole; of a longer one those pairs whose hash lies
    below its ceiling, which leaves about `size`. Two records are compared below the lower of
    their ceilings, where both are whole. Beyond `most` hashes in all the size is halved.
    """

    def __init__(self, size: int = SKETCH_SIZE, most: int = _MOST_HASHES) -> None:
        self._size, self._most = size, most
        self._tables: list[SketchTable] = []
        self._held = 0

    def add(self, block: TextBlock) -> None:
        """Sketch a block's records."""
        owners, hashes = _word_pairs(block)
        pairs = np.bincount(owners, minlength=len(block))
        whole = SketchTable(
            hashes=hashes,
            bounds=_bounds(pairs),
            ceilings=np.full(len(block), WHOLE),
            pairs=pairs,
            completions=np.maximum(np.diff(block.field_bounds)[1::2] - 1, 0),
        )
        self._tables.append(whole.thinned(self._size))
        self._held += len(self._tables[-1].hashes)
        while self._held > self._most and self._size > 1:
            self._size //= 2
            self._tables = [each.thinned(self._size) for each in self._tables]
            self._held = sum(len(each.hashes) for each in self._tables)

    def whole(self) -> "SketchTable":
        """All sketches so far; adding may go on."""
        self._tables[:] = [SketchTable.joined(self._tables)]
        return self._tables[0]


@dataclass(frozen=True, kw_only=True)
class SketchTable:
    """Sketch i is `hashes[bounds[i]:bounds[i + 1]]`, each hash below `ceilings[i]`.

    `pairs` are the word pairs of each record. Repetitions are kept and counted. The last
    `completions[i]` hashes are from within the completion.
    """

    hashes: Sketch
    bounds: Counts
    ceilings: Counts
    pairs: Counts
    completions: Counts

    @classmethod
    def joined(cls, tables: Sequence[Self]) -> Self:
        """Several tables as one, the records of each behind those of the one before."""
        sizes = [np.zeros(0, np.int64), *(np.diff(each.bounds) for each in tables)]
        return cls(
            hashes=np.concatenate([np.zeros(0, np.uint32), *(each.hashes for each in tables)]),
            bounds=_bounds(np.concatenate(sizes)),
            ceilings=np.concatenate([sizes[0], *(each.ceilings for each in tables)]),
            pairs=np.concatenate([sizes[0], *(each.pairs for each in tables)]),
            completions=np.concatenate([sizes[0], *(each.completions for each in tables)]),
        )

    def __len__(self) -> int:
        return len(self.ceilings)

    def parts(self) -> Iterator["SketchTable"]:
        """The same as tables of some thousand records, whose owners take little room."""
        for start in range(0, len(self), _RECORDS_AT_ONCE):
            bounds = self.bounds[start : start + _RECORDS_AT_ONCE + 1]
            yield SketchTable(
                hashes=self.hashes[bounds[0] : bounds[-1]],
                bounds=bounds - bounds[0],
                ceilings=self.ceilings[start : start + _RECORDS_AT_ONCE],
                pairs=self.pairs[start : start + _RECORDS_AT_ONCE],
                completions=self.completions[start : start + _RECORDS_AT_ONCE],
            )

    def owners(self) -> Counts:
        """The record of each hash."""
        return np.repeat(np.arange(len(self)), np.diff(self.bounds))

    def gathered(self, records: Counts) -> tuple[Sketch, Counts]:
        """The hashes of some records, and for each the place of its record among them."""
        counts = np.diff(self.bounds)[records]
        places = np.repeat(np.arange(len(records)), counts)
        offsets = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
        return self.hashes[self.bounds[records][places] + offsets], places

    def of(self, records: Counts) -> "SketchTable":
        """The sketches of some records alone."""
        starts = range(0, len(records), _RECORDS_AT_ONCE)
        return SketchTable.joined([self._of(records[at : at + _RECORDS_AT_ONCE]) for at in starts])

    def _of(self, records: Counts) -> "SketchTable":
        return SketchTable(
            hashes=self.gathered(records)[0],
            bounds=_bounds(np.diff(self.bounds)[records]),
            ceilings=self.ceilings[records],
            pairs=self.pairs[records],
            completions=self.completions[records],
        )

    def within_completions(self) -> Flags:
        """Which hashes are from within a completion."""
        before = np.diff(self.bounds) - self.completions
        counts = np.stack([before, self.completions], axis=1).ravel()
        return np.repeat(np.tile([False, True], len(self)), counts)

    def distinct(self) -> "SketchTable":
        """Without repetitions, the hashes of each sketch in ascending order, whosever they are."""
        keys = distinct((self.owners() << 32) | self.hashes)
        bounds = np.searchsorted(keys, np.arange(len(self) + 1) << 32)
        nowhere = np.zeros_like(self.completions)
        return replace(self, hashes=keys.astype(np.uint32), bounds=bounds, completions=nowhere)

    def thinned(self, size: int) -> "SketchTable":
        """Smaller sketches of the same records."""
        return SketchTable.joined([each._thinned(size) for each in self.parts()])

    def _thinned(self, size: int) -> "SketchTable":
        if self.pairs.max(initial=0) <= size:
            return self
        ceilings = np.minimum(self.ceilings, WHOLE * size // np.maximum(self.pairs, size))
        kept = self.hashes < np.repeat(ceilings, np.diff(self.bounds))
        before = _bounds(kept)
        bounds = before[self.bounds]
        return SketchTable(
            hashes=self.hashes[kept],
            bounds=bounds,
            ceilings=ceilings,
            pairs=self.pairs,
            completions=bounds[1:] - before[self.bounds[1:] - self.completions],
        )


def _word_pairs(block: TextBlock) -> tuple[Counts, Sketch]:
    """The record of each pair of neighbouring words, and the pair as 32 bits."""
    words, bounds = block.words, block.bounds
    owners = np.repeat(np.arange(len(block)), np.diff(bounds))
    hashes = ((words[:-1] * _PAIR + words[1:]) * _SPREAD >> _HALF).astype(np.uint32)
    within = owners[1:] == owners[:-1]
    return owners[1:][within], hashes[within]


def _bounds(sizes: Counts | Flags) -> Counts:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
