"""For what other record a record is left out: the one that it repeats, contradicts or leaks."""

from collections.abc import Callable, Mapping

from tunedrop.quality.verdicts import Verdicts

Partner = Callable[[int], int | None]


def partners(verdicts: Verdicts) -> Mapping[str, Partner]:
    """By the code of the rule: from a record to the other one."""
    same = verdicts.duplicates.first_alike
    return {
        "exact-duplicate": lambda record: int(same[record]),
        "near-duplicate": _nearest(verdicts).get,
        "contradiction": _contradicted(verdicts).get,
        "leakage": {leak.tested: leak.trained for leak in verdicts.leaks}.get,
    }


def _nearest(verdicts: Verdicts) -> dict[int, int]:
    """The first record that says nearly the same; a later one where there is no earlier."""
    found: dict[int, int] = {}
    for pair in verdicts.duplicates.pairs:
        for own, other in (pair[:2], pair[1::-1]):
            found[own] = min(found.get(own, other), other)
    return found


def _contradicted(verdicts: Verdicts) -> dict[int, int]:
    """Of each group the first record, whose own partner is the second."""
    return {
        record: group[record == group[0]] for group in verdicts.contradictions for record in group
    }
