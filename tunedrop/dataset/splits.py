"""Which side a record falls on: decided by its content alone, so that it always falls alike."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

from msgspec import Struct

from tunedrop.dataset.records import AnyRecord

Side = Literal["train", "validation", "test"]

SPACE = 1 << 64
_KEPT_KEYS = 30_000


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


def split_key(record: AnyRecord) -> int:
    """64 bits of the record's content, whatever format it came in."""
    return text_key(*record.texts)


def text_key(*texts: str) -> int:
    """`split_key` of a record given as its texts."""
    digest = blake2b("\x1e".join(texts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


@dataclass(frozen=True, kw_only=True)
class Shares:
    """How a training file is to be split, and the fewest and most records of its sides."""

    test_share: float
    validation_share: float
    min_test: int
    min_validation: int
    max_validation: int | None


class SplitCounter:
    """Keeps the keys of the first records to settle sides with; of the others it takes the shares.

    Beyond so many records no limit of a side is near any more.
    """

    def __init__(
        self,
        *,
        test_share: float,
        validation_share: float,
        min_test: int,
        min_validation: int,
        max_validation: int | None,
    ) -> None:
        self._test_below = int(test_share * SPACE)
        self._validation_below = int((test_share + validation_share) * SPACE)
        self._wants = (test_share > 0, validation_share > 0)
        self._min_test = max(1, min_test)
        self._min_validation = max(1, min_validation)
        self._max_validation = max_validation
        self._keys: list[int] = []
        self._taken_back: list[int] = []

    @property
    def is_full(self) -> bool:
        """Whether further keys would tell nothing new."""
        return len(self._keys) >= _KEPT_KEYS or not any(self._wants)

    def add(self, *keys: int) -> None:
        """Count records."""
        self._keys += keys

    def take_back(self, key: int) -> None:
        """Count a record no longer: it cannot be used after all."""
        self._taken_back.append(key)

    def split(self, total: int, min_training: int) -> Split:
        """Settle the sides of `total` records, of which the counted ones are the first."""
        keys = self._sorted_keys()
        seen = len(keys)
        below = self._test_below
        test = bisect_left(keys, below)
        lacking = self._min_test - test
        if self._wants[0] and lacking > 0 and seen > test and total - test > min_training:
            spare = min(lacking, seen - test, total - test - min_training)
            below = keys[test + spare - 1] + 1
            test = bisect_left(keys, below)
        drawn = max(0, bisect_left(keys, self._validation_below) - test)
        spare = total - test - min_training
        upper, validation = self._validated(keys[test:], drawn, spare, below)
        if seen < total:
            test, validation = (round(each * total / max(seen, 1)) for each in (test, validation))
        plan = SplitPlan(test_below=f"{below:x}", validation_below=f"{upper:x}")
        train = total - test - validation
        return Split(plan=plan, train=train, validation=validation, test=test)

    def _sorted_keys(self) -> list[int]:
        keys = sorted(self._keys)
        for key in self._taken_back:
            del keys[bisect_left(keys, key)]
        return keys

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
