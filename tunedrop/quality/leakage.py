"""Leakage: what is trained on and tested with, within a run and across runs."""

from dataclasses import dataclass
from typing import Self

import msgspec
import numpy as np
from msgspec import Struct

from tunedrop.quality.block import Counts, Flags, Hashes
from tunedrop.quality.duplicates import Duplicates, duplicates
from tunedrop.quality.sketches import SketchTable

_KEPT_HASHES = 64


@dataclass(frozen=True, kw_only=True)
class Leak:
    """A record to test with, and one that is trained on; 1.0 where they say exactly the same.

    `similarity` is None where they have the prompt alone in common.
    """

    tested: int
    trained: int
    similarity: float | None


def leaks(groups: Duplicates, is_trained: Flags, first_prompt: Counts) -> list[Leak]:
    """Each record outside training that occurs in training, or whose prompt does.

    It comes with its most similar counterpart. `first_prompt` is as in `SharedPrompts`.
    """
    found = repeated(groups, is_trained)
    known = {leak.tested for leak in found}
    trained = _first_trained(first_prompt, is_trained)[first_prompt]
    asked = np.flatnonzero(~is_trained & (trained < len(is_trained))).tolist()
    return found + [
        Leak(tested=one, trained=int(trained[one]), similarity=None)
        for one in asked
        if one not in known
    ]


def _first_trained(firsts: Counts, is_trained: Flags) -> Counts:
    """For each first of its kind the first of that kind that is trained on, or a number beyond."""
    records, nobody = np.arange(len(is_trained)), len(is_trained)
    trained = np.full(nobody, nobody)
    np.minimum.at(trained, firsts[is_trained], records[is_trained])
    return trained


def repeated(groups: Duplicates, is_trained: Flags) -> list[Leak]:
    """Each record outside training that is in training, exactly or nearly."""
    records, nobody = np.arange(len(is_trained)), len(is_trained)
    trained = _first_trained(groups.first_alike, is_trained)
    ones = np.concatenate([records, groups.pairs[:, 0], groups.pairs[:, 1]])
    others = np.concatenate([records, groups.pairs[:, 1], groups.pairs[:, 0]])
    similarities = np.concatenate([np.ones(nobody), groups.similarities, groups.similarities])
    known = np.flatnonzero(trained[others] < nobody)
    order = known[np.lexsort((-trained[others[known]], similarities[known], ones[known]))]
    best = np.full(nobody, -1)
    best[ones[order]] = order
    tested = np.flatnonzero(~is_trained & (best[groups.first_alike] >= 0))
    found = best[groups.first_alike[tested]]
    columns = (tested, trained[others[found]], similarities[found])
    return [
        Leak(tested=one, trained=other, similarity=share)
        for one, other, share in zip(*(each.tolist() for each in columns), strict=True)
    ]


class _Stored(Struct, frozen=True):
    keys: bytes
    hashes: bytes
    bounds: bytes
    ceilings: bytes
    pairs: bytes


@dataclass(frozen=True, kw_only=True)
class Fingerprints:
    """What remains of a training set to recognize its records by: about 300 bytes a record.

    Nobody can read the records out of it, but who holds a record can see whether it was in.
    """

    keys: Hashes
    sketches: SketchTable

    @classmethod
    def of(cls, keys: Hashes, sketches: SketchTable, records: Counts) -> Self:
        """Keep a little of each of some records."""
        return cls(keys=keys[records], sketches=sketches.thinned(_KEPT_HASHES).of(records))

    def to_bytes(self) -> bytes:
        """As `from_bytes` takes it."""
        table = self.sketches
        stored = _Stored(
            keys=self.keys.astype("<u8").tobytes(),
            hashes=table.hashes.astype("<u4").tobytes(),
            bounds=table.bounds.astype("<i8").tobytes(),
            ceilings=table.ceilings.astype("<i8").tobytes(),
            pairs=table.pairs.astype("<i8").tobytes(),
        )
        return msgspec.msgpack.encode(stored)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Fingerprints that `to_bytes` wrote."""
        stored = msgspec.msgpack.decode(data, type=_Stored)
        bounds, ceilings, pairs = (
            np.frombuffer(each, "<i8").astype(np.int64)
            for each in (stored.bounds, stored.ceilings, stored.pairs)
        )
        hashes = np.frombuffer(stored.hashes, "<u4").astype(np.uint32)
        return cls(
            keys=np.frombuffer(stored.keys, "<u8").astype(np.uint64),
            sketches=SketchTable(
                hashes=hashes,
                bounds=bounds,
                ceilings=ceilings,
                pairs=pairs,
                completions=np.zeros_like(pairs),
            ),
        )

    def holds(self, keys: Hashes, sketches: SketchTable) -> list[Leak]:
        """Which of some records were in this training set, exactly or nearly."""
        both = SketchTable.joined([self.sketches, sketches])
        all_keys = np.concatenate([self.keys, keys])
        grouped = duplicates(all_keys, both)
        is_trained = np.arange(len(all_keys)) < len(self.keys)
        return [
            Leak(
                tested=leak.tested - len(self.keys),
                trained=leak.trained,
                similarity=leak.similarity,
            )
            for leak in repeated(grouped, is_trained)
        ]
