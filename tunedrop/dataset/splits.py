"""Which side a record falls on: decided by its content alone, so that it always falls alike."""

import heapq
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

from msgspec import Struct

from tunedrop.dataset.records import Record

Side = Literal["train", "validation", "test"]

_SPACE = 1 << 64


class SplitPlan(Struct, frozen=True, kw_only=True):
    """Keys below the first bound are tested on, those below the second validated on.

    The bounds are hexadecimal, because JSON's readers lose whole numbers above 2^53.
    """

    test_below: str = "0"
    validation_below: str = "0"

    def bounds(self) -> tuple[int, int]:
        """Both bounds as numbers."""
        return int(self.test_below, 16), int(self.validation_below, 16)


@dataclass(frozen=True, kw_only=True)
class Split:
    """A plan and how many records it puts on each side."""

    plan: SplitPlan
    train: int
    validation: int
    test: int


def side(key: int, bounds: tuple[int, int]) -> Side:
    """The side of a key under a plan's bounds."""
    if key < bounds[0]:
        return "test"
    return "validation" if key < bounds[1] else "train"


def split_key(record: Record) -> int:
    """64 bits of the record's content, whatever format it came in."""
    return text_key(record.system or "", *(turn.text for turn in record.turns))


def text_key(*texts: str) -> int:
    """`split_key` of a record given as its system prompt and its turns."""
    digest = blake2b("\x1e".join(texts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


class SplitCounter:
    """Counts sides as records pass by, and keeps the smallest keys to settle close cases with."""

    def __init__(
        self,
        *,
        test_share: float,
        validation_share: float,
        min_test: int,
        min_validation: int,
        max_validation: int | None,
    ) -> None:
        self._test_below = int(test_share * _SPACE)
        self._validation_below = int((test_share + validation_share) * _SPACE)
        self._wants = (test_share > 0, validation_share > 0)
        self._min_test = max(1, min_test)
        self._min_validation = max(1, min_validation)
        self._max_validation = max_validation
        self._room = self._min_test + max(self._min_validation, max_validation or 0) + 1
        self._smallest: list[int] = []
        self.seen = 0
        self._test = 0
        self._validation = 0

    def add(self, key: int) -> None:
        """Count one record."""
        self.seen += 1
        if key < self._test_below:
            self._test += 1
            return
        self._validation += key < self._validation_below
        if len(self._smallest) < self._room:
            heapq.heappush(self._smallest, -key)
        elif -key > self._smallest[0]:
            heapq.heapreplace(self._smallest, -key)

    def split(self, total: int, min_training: int) -> Split:
        """Settle the sides of `total` records, of which the counted ones are the first."""
        keys = sorted(-each for each in self._smallest)
        below, test, validation = self._test_below, self._test, self._validation
        lacking = self._min_test - test
        if self._wants[0] and lacking > 0 and keys and total - test > min_training:
            below = keys[min(lacking, len(keys), total - test - min_training) - 1] + 1
            moved = bisect_left(keys, below)
            validation -= bisect_left(keys[:moved], self._validation_below)
            test, keys = test + moved, keys[moved:]
        upper, validation = self._validated(keys, validation, total - test - min_training, below)
        test, validation = self._scaled(test, total), self._scaled(validation, total)
        plan = SplitPlan(test_below=f"{below:x}", validation_below=f"{upper:x}")
        train = total - test - validation
        return Split(plan=plan, train=train, validation=validation, test=test)

    def _validated(
        self, keys: list[int], drawn: int, spare: int, test_below: int
    ) -> tuple[int, int]:
        """The upper bound of the validation side and its records; none where few would be left."""
        lowest, most = self._min_validation, self._max_validation
        if not self._wants[1]:
            return test_below, 0
        if drawn < lowest:
            if len(keys) < lowest or spare < lowest:
                return test_below, 0
            return keys[lowest - 1] + 1, bisect_right(keys, keys[lowest - 1])
        if most is not None and drawn > most:
            return keys[most], bisect_left(keys, keys[most])
        return self._validation_below, drawn

    def _scaled(self, count: int, total: int) -> int:
        return count if self.seen >= total else round(count * total / self.seen)
