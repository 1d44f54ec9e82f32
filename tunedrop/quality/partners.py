"""For what other record a record is left out: the one that it repeats, contradicts or leaks."""

from collections.abc import Callable, Mapping, Sequence

from tunedrop.quality.block import Counts
from tunedrop.quality.verdicts import Verdicts

Partner = Callable[[int], int | None]


def partners(verdicts: Verdicts, contradictions: Sequence[list[int]]) -> Mapping[str, Partner]:
    """By the code of the rule: from a record to the other one.

    `contradictions` are the groups of those that were left out for contradicting each other.
    """
    same = verdicts.duplicates.first_alike
    return {
        "exact-duplicate": lambda record: int(same[record]),
        "near-duplicate": _nearest(verdicts).get,
        "contradiction": _contradicted(contradictions, same).get,
        "leakage": {leak.tested: leak.trained for leak in verdicts.leaks}.get,
    }


def _nearest(verdicts: Verdicts) -> dict[int, int]:
    """The first record that says nearly the same; a later one where there is no earlier."""
    found: dict[int, int] = {}
    for pair in verdicts.duplicates.pairs:
        for own, other in (pair[:2], pair[1::-1]):
            found[own] = min(found.get(own, other), other)
    return found


def _contradicted(groups: Sequence[list[int]], same: Counts) -> dict[int, int]:
    """Of each group the first record; for those that say the same as it, the first that differs."""
    found: dict[int, int] = {}
    for group in groups:
        first = group[0]
        other = next(record for record in group if same[record] != same[first])
        found |= {record: other if same[record] == same[first] else first for record in group}
    return found
