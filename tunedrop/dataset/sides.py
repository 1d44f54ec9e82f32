"""Sides of records in groups: what is alike stays together, and every label is on every side."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from tunedrop.dataset.splits import SPACE, Shares

TRAIN, VALIDATION, TEST = range(3)

_ODD = 0x9E3779B97F4A7C15
_LEAST_OF_LABEL = 10
_SHARE_OF_SIDE = 0.5


@dataclass(frozen=True, kw_only=True)
class Placement:
    """The side of each record; `moved` are on another than the one that their own key says."""

    sides: Sequence[int]
    moved: int


def placed(
    keys: Sequence[int],
    groups: Sequence[int],
    labels: Sequence[int],
    shares: Shares,
    min_training: int,
) -> Placement:
    """Settle sides by the keys of the records' groups.

    A group goes where the key of its leader puts it, which its content alone decides. A group that
    would be half of a side or more is trained on. Sides that chance made larger than their share
    give back what training lacks, the groups with the largest keys first. A label of at least ten
    records has at least one group on each side; sides that are too small take from training the
    groups with the smallest keys, large ones only where there is no other.
    """
    return _Placing(keys, groups, labels, shares).placement(min_training)


class _Placing:
    def __init__(
        self,
        keys: Sequence[int],
        groups: Sequence[int],
        labels: Sequence[int],
        shares: Shares,
    ) -> None:
        self._keys = keys
        self._groups = groups
        self._labels = labels
        self._shares = shares
        self._sizes: dict[int, int] = {}
        self._leaders: dict[int, int] = {}
        for record, group in enumerate(groups):
            self._sizes[group] = self._sizes.get(group, 0) + 1
            leader = self._leaders.setdefault(group, record)
            if _mixed(keys[record]) < _mixed(keys[leader]):
                self._leaders[group] = record
        self._order = sorted(self._leaders, key=lambda group: keys[self._leaders[group]])
        self._sides: dict[int, int] = {}
        self._counts = [0, 0, 0]

    def placement(self, min_training: int) -> Placement:
        shares = self._shares
        self._place_by_key()
        self._give_back(VALIDATION, shares.validation_share, min_training)
        self._give_back(TEST, shares.test_share, min_training)
        self._place_labels(min_training)
        if shares.test_share:
            self._fill(TEST, max(1, shares.min_test), min_training)
        if shares.validation_share:
            self._fill(VALIDATION, max(1, shares.min_validation), min_training)
            self._limit_validation()
        sides = array("B", (self._sides[group] for group in self._groups))
        moved = sum(
            self._side_of(key) != side
            for key, group, side in zip(self._keys, self._groups, sides, strict=True)
        )
        return Placement(sides=sides, moved=moved)

    def _side_of(self, key: int) -> int:
        if key < int(self._shares.test_share * SPACE):
            return TEST
        shares = self._shares.test_share + self._shares.validation_share
        return VALIDATION if key < int(shares * SPACE) else TRAIN

    def _place_by_key(self) -> None:
        share = {TEST: self._shares.test_share, VALIDATION: self._shares.validation_share}
        for group in self._order:
            side = self._side_of(self._keys[self._leaders[group]])
            if side != TRAIN and self._is_large(group, share[side]):
                side = TRAIN
            self._sides[group] = side
            self._counts[side] += self._sizes[group]

    def _is_large(self, group: int, share: float) -> bool:
        """Whether a group would be half of a side or more."""
        return 1 < self._sizes[group] >= _SHARE_OF_SIDE * share * len(self._keys)

    def _give_back(self, side: int, share: float, min_training: int) -> None:
        """Groups beyond the share of a side, until there are enough to train on."""
        fewest = share * len(self._keys)
        for group in reversed(self._order):
            if self._counts[TRAIN] >= min_training:
                return
            if self._sides[group] == side and self._counts[side] - self._sizes[group] >= fewest:
                self._move(group, TRAIN)

    def _place_labels(self, min_training: int) -> None:
        by_label: dict[int, list[int]] = {}
        for group in self._order:
            by_label.setdefault(self._labels[self._leaders[group]], []).append(group)
        if len(by_label) == 1:
            return
        wanted = [
            side
            for side, share in (
                (TEST, self._shares.test_share),
                (VALIDATION, self._shares.validation_share),
            )
            if share
        ]
        for groups in by_label.values():
            if sum(self._sizes[group] for group in groups) < _LEAST_OF_LABEL:
                continue
            for side in wanted:
                if all(self._sides[group] != side for group in groups):
                    self._take(side, groups, 1, min_training)

    def _fill(self, side: int, fewest: int, min_training: int) -> None:
        """Take groups from training until there are enough, or give up a side of too few."""
        self._take(side, self._order, fewest - self._counts[side], min_training)
        if side == VALIDATION and self._counts[side] < fewest:
            for group in self._order:
                if self._sides[group] == side:
                    self._move(group, TRAIN)

    def _take(self, side: int, groups: Sequence[int], lacking: int, min_training: int) -> None:
        """Small groups before large ones; from validation only what training cannot give."""
        share = min(filter(None, (self._shares.test_share, self._shares.validation_share)))
        order = sorted(groups, key=lambda group: self._is_large(group, share))
        for sources in ((TRAIN,), (TRAIN, VALIDATION))[: 1 + (side == TEST)]:
            for group in order:
                if lacking <= 0:
                    return
                left = sum(self._counts[each] for each in sources) - self._sizes[group]
                if self._sides[group] in sources and left >= max(min_training, 1):
                    self._move(group, side)
                    lacking -= self._sizes[group]

    def _limit_validation(self) -> None:
        most = self._shares.max_validation
        for group in reversed(self._order):
            if most is None or self._counts[VALIDATION] <= most:
                return
            if self._sides[group] == VALIDATION:
                self._move(group, TRAIN)

    def _move(self, group: int, side: int) -> None:
        self._counts[self._sides[group]] -= self._sizes[group]
        self._counts[side] += self._sizes[group]
        self._sides[group] = side


def selected(
    records: Sequence[int],
    keys: Sequence[int],
    groups: Sequence[int],
    labels: Sequence[int],
    most: int,
) -> set[int]:
    """At most so many of some records: each label in its share, of every group one before two.

    `records` are places in the other sequences.
    """
    by_label: dict[int, list[int]] = {}
    for record in records:
        by_label.setdefault(labels[record], []).append(record)
    quotas = _quotas({label: len(each) for label, each in by_label.items()}, most)
    return {
        record
        for label, each in by_label.items()
        for record in _spread(each, keys, groups)[: quotas[label]]
    }


def _spread(records: Sequence[int], keys: Sequence[int], groups: Sequence[int]) -> list[int]:
    ranks: dict[int, int] = {}
    ranked = []
    for record in sorted(records, key=lambda each: (keys[each], each)):
        rank = ranks[groups[record]] = ranks.get(groups[record], -1) + 1
        ranked.append((rank, _mixed(keys[record]), record))
    return [record for _, _, record in sorted(ranked)]


def _quotas(sizes: dict[int, int], most: int) -> dict[int, int]:
    """Shares of `most` in proportion; what is left goes to the largest remainders."""
    total = sum(sizes.values())
    if total <= most:
        return sizes
    quotas = {label: size * most // total for label, size in sizes.items()}
    remainders = sorted(sizes, key=lambda label: (-(sizes[label] * most % total), label))
    for label in remainders[: most - sum(quotas.values())]:
        quotas[label] += 1
    return quotas


def _mixed(key: int) -> int:
    """Another order of keys, so that large groups fall on every side, not on the first alone."""
    key = ((key ^ (key >> 32)) * _ODD) % SPACE
    return key ^ (key >> 29)
