"""Leakage: what is trained on and tested with, within a run and across runs."""

from dataclasses import dataclass
from typing import Self

import msgspec
import numpy as np
from msgspec import Struct

from tunedrop.quality.block import Flags, Hashes
from tunedrop.quality.duplicates import Duplicates, duplicates
from tunedrop.quality.sketches import SketchTable

_KEPT_HASHES = 64


@dataclass(frozen=True, kw_only=True)
class Leak:
    """A record to test with, and one that is trained on; 1.0 where they say exactly the same."""

    tested: int
    trained: int
    similarity: float


def leaks(groups: Duplicates, is_trained: Flags) -> list[Leak]:
    """Each record outside training that occurs in training, with its most similar counterpart."""
    trained_alike: dict[int, int] = {}
    for record in np.flatnonzero(is_trained)[::-1].tolist():
        trained_alike[int(groups.first_alike[record])] = record
    partners: dict[int, list[tuple[float, int]]] = {}
    for one, other, similarity in groups.pairs:
        partners.setdefault(one, []).append((similarity, other))
        partners.setdefault(other, []).append((similarity, one))
    found = []
    for record in np.flatnonzero(~is_trained).tolist():
        first = int(groups.first_alike[record])
        alike = [(1.0, first), *partners.get(first, ())]
        known = [(s, trained_alike[other]) for s, other in alike if other in trained_alike]
        if known:
            similarity, trained = max(known, key=lambda pair: (pair[0], -pair[1]))
            found.append(Leak(tested=record, trained=trained, similarity=similarity))
    return found


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
    def of(cls, keys: Hashes, sketches: SketchTable) -> Self:
        """Keep a little of each record."""
        return cls(keys=keys, sketches=sketches.thinned(_KEPT_HASHES))

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
            sketches=SketchTable(hashes=hashes, bounds=bounds, ceilings=ceilings, pairs=pairs),
        )

    def holds(self, keys: Hashes, sketches: SketchTable) -> list[Leak]:
        """Which of some records were in this training set, exactly or nearly."""
        both = self.sketches.followed_by(sketches)
        all_keys = np.concatenate([self.keys, keys])
        grouped = duplicates(all_keys, both)
        is_trained = np.arange(len(all_keys)) < len(self.keys)
        return [
            Leak(
                tested=leak.tested - len(self.keys),
                trained=leak.trained,
                similarity=leak.similarity,
            )
            for leak in leaks(grouped, is_trained)
        ]
