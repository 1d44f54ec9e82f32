"""Boilerplate: the word pairs that many records share, and how many of them each record holds."""

from dataclasses import dataclass

import numpy as np

from tunedrop.quality.block import Counts, Flags, Sketch, distinct
from tunedrop.quality.sketches import SketchTable

# What more records than this share, and than this number, hold is boilerplate.
BOILERPLATE_SHARE = 0.1
_BOILERPLATE_RECORDS = 20
_SAMPLE = 500
_TABLE_BITS = 22


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
        keys = distinct((places << 32) | _slots(hashes))
        limit = max(_BOILERPLATE_RECORDS, int(len(sample) * BOILERPLATE_SHARE))
        slots, counts = np.unique(keys & ((1 << 32) - 1), return_counts=True)
        table = np.zeros(1 << _TABLE_BITS, np.bool_)
        table[slots[counts > limit]] = True
        return cls(table=table)

    def holds(self, hashes: Sketch) -> Flags:
        """Which of the word pairs are boilerplate."""
        return self.table[_slots(hashes)]


def counted(part: SketchTable, owners: Counts, shared: Flags) -> Counts:
    """For the records and then for their completions: their word pairs, and those that are
    boilerplate. Whatever of it a record repeats counts once in both.
    """
    within = part.within_completions() & shared
    sizes = np.diff(part.bounds)
    whole = _counted(sizes, owners[shared], part.hashes[shared])
    written = _counted(part.completions, owners[within], part.hashes[within])
    return np.stack([whole, written])


def _counted(sizes: Counts, owners: Counts, shared: Sketch) -> Counts:
    once = distinct((owners << 32) | shared) >> 32
    repeated, boilerplate = (np.bincount(each, minlength=len(sizes)) for each in (owners, once))
    return np.stack([sizes - repeated + boilerplate, boilerplate])


def _slots(hashes: Sketch) -> Counts:
    return (hashes & np.uint32((1 << _TABLE_BITS) - 1)).astype(np.int64)
