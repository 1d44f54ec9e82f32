"""Sketches: of each record the hashes of its word pairs, of long records a fair sample."""

from dataclasses import dataclass, field

import numpy as np

from tunedrop.quality.block import Counts, Sketch, TextBlock

SKETCH_SIZE = 512
_PAIR = np.uint64(0xC2B2AE3D27D4EB4F)
_SPREAD = np.uint64(0x9FB21C651E98DF25)
_HALF = np.uint64(32)
_WHOLE = 1 << 32


@dataclass(kw_only=True)
class Sketches:
    """The sketches of many records, end to end.

    A record of at most `size` word pairs is kept whole; of a longer one those pairs whose hash lies
    below its ceiling, which leaves about `size`. Two records are compared below the lower of
    their ceilings, where both are whole.
    """

    size: int = SKETCH_SIZE
    _hashes: list[Sketch] = field(default_factory=list)
    _counts: list[Counts] = field(default_factory=list)
    _ceilings: list[Counts] = field(default_factory=list)
    _pairs: list[Counts] = field(default_factory=list)

    def add(self, block: TextBlock) -> None:
        """Sketch a block's records."""
        owners, hashes = _word_pairs(block)
        pairs = np.bincount(owners, minlength=len(block))
        ceilings = _ceilings_of(pairs, self.size)
        if pairs.max(initial=0) > self.size:
            low = hashes < ceilings[owners]
            owners, hashes = owners[low], hashes[low]
        self._hashes.append(hashes)
        self._counts.append(np.bincount(owners, minlength=len(block)))
        self._ceilings.append(ceilings)
        self._pairs.append(pairs)

    def whole(self) -> "SketchTable":
        """All sketches so far; adding may go on."""
        for parts in (self._counts, self._ceilings, self._pairs):
            parts[:] = [_joined(parts)]
        hashes = np.concatenate(self._hashes) if self._hashes else np.zeros(0, np.uint32)
        self._hashes[:] = [hashes]
        bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(self._counts[0])])
        return SketchTable(
            hashes=hashes, bounds=bounds, ceilings=self._ceilings[0], pairs=self._pairs[0]
        )


@dataclass(frozen=True, kw_only=True)
class SketchTable:
    """Sketch i is `hashes[bounds[i]:bounds[i + 1]]`, in text order, each below `ceilings[i]`.

    `pairs` are the word pairs of each record. Repetitions are kept and counted.
    """

    hashes: Sketch
    bounds: Counts
    ceilings: Counts
    pairs: Counts

    def __len__(self) -> int:
        return len(self.ceilings)

    def sketch(self, record: int) -> Sketch:
        """One record's."""
        return self.hashes[self.bounds[record] : self.bounds[record + 1]]

    def gathered(self, records: Counts) -> tuple[Sketch, Counts]:
        """The hashes of some records, and for each the place of its record among them."""
        counts = np.diff(self.bounds)[records]
        places = np.repeat(np.arange(len(records)), counts)
        offsets = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
        return self.hashes[self.bounds[records][places] + offsets], places

    def between(self, first: int, end: int) -> tuple[Sketch, Counts]:
        """The same for records that follow one another."""
        counts = np.diff(self.bounds[first : end + 1])
        places = np.repeat(np.arange(end - first), counts)
        return self.hashes[self.bounds[first] : self.bounds[end]], places

    def owners(self) -> Counts:
        """The record of each hash."""
        return np.repeat(np.arange(len(self)), np.diff(self.bounds))

    def of(self, records: Counts) -> "SketchTable":
        """The sketches of some records alone."""
        hashes, _ = self.gathered(records)
        counts = np.diff(self.bounds)[records]
        return SketchTable(
            hashes=hashes,
            bounds=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]),
            ceilings=self.ceilings[records],
            pairs=self.pairs[records],
        )

    def thinned(self, size: int) -> "SketchTable":
        """Smaller sketches of the same records, to keep."""
        ceilings = np.minimum(self.ceilings, _ceilings_of(self.pairs, size))
        kept = self.hashes < np.repeat(ceilings, np.diff(self.bounds))
        counts = np.bincount(self.owners()[kept], minlength=len(self))
        bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        hashes = self.hashes[kept]
        return SketchTable(hashes=hashes, bounds=bounds, ceilings=ceilings, pairs=self.pairs)

    def followed_by(self, other: "SketchTable") -> "SketchTable":
        """Both tables as one; the other's records come after this one's."""
        return SketchTable(
            hashes=np.concatenate([self.hashes, other.hashes]),
            bounds=np.concatenate([self.bounds, other.bounds[1:] + self.bounds[-1]]),
            ceilings=np.concatenate([self.ceilings, other.ceilings]),
            pairs=np.concatenate([self.pairs, other.pairs]),
        )


def _word_pairs(block: TextBlock) -> tuple[Counts, Sketch]:
    """The record of each pair of neighbouring words, and the pair as 32 bits."""
    words, bounds = block.words, block.bounds
    owners = np.repeat(np.arange(len(block)), np.diff(bounds))
    hashes = ((words[:-1] * _PAIR + words[1:]) * _SPREAD >> _HALF).astype(np.uint32)
    within = owners[1:] == owners[:-1]
    return owners[1:][within], hashes[within]


def _ceilings_of(distinct: Counts, size: int) -> Counts:
    return np.where(distinct <= size, _WHOLE, _WHOLE * size // np.maximum(distinct, 1))


def _joined(parts: list[Counts]) -> Counts:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
