"""How long the texts of a dataset are, as the geometry of inline SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

WIDTH, HEIGHT = 1_000, 200
_GAP = 0.12
_LOWEST = 2.0


@dataclass(frozen=True, kw_only=True)
class Column:
    """One bin: its rectangle, and its texts as a share of the fullest bin."""

    x: float
    y: float
    width: float
    height: float
    share: float


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """Texts by length; `edges` are the lengths at the beginning, the middle and the end.

    `most` tells how many texts the fullest bin holds.
    """

    kind: str
    columns: tuple[Column, ...]
    edges: tuple[str, str, str]
    most: str
    description: str


def histogram(kind: str, counts: Any) -> Histogram | None:
    """Of counts per half power of two characters, as a `DatasetSummary` holds them.

    None where there is no text of more than a character.
    """
    numbers = [int(each) for each in counts or ()]
    filled = [place for place, number in enumerate(numbers) if number]
    if not filled or filled[-1] == 0:
        return None
    first, last = filled[0], filled[-1] + 1
    shown = numbers[first:last]
    return Histogram(
        kind=kind,
        columns=_columns(shown),
        edges=(_characters(first), _characters((first + last) / 2), _characters(last)),
        most=f"tallest: {max(shown):,}",
        description=_description(kind, numbers, first, last),
    )


def _columns(shown: Sequence[int]) -> tuple[Column, ...]:
    step, fullest = WIDTH / len(shown), max(shown)
    heights = [max(_LOWEST, number / fullest * HEIGHT) if number else 0.0 for number in shown]
    return tuple(
        Column(
            x=round((place + _GAP / 2) * step, 1),
            y=round(HEIGHT - height, 1),
            width=round((1 - _GAP) * step, 1),
            height=round(height, 1),
            share=round(height / HEIGHT, 3),
        )
        for place, height in enumerate(heights)
    )


def _description(kind: str, numbers: Sequence[int], first: int, last: int) -> str:
    total = sum(numbers)
    reached = list(accumulate(numbers))
    if total == 1:
        return (
            f"1 {kind.removesuffix('s')} of about {_characters(first)} to {_characters(last)} "
            "characters."
        )
    middle = next(place for place, seen in enumerate(reached) if seen * 2 >= total)
    most = next(place for place, seen in enumerate(reached) if seen * 10 >= total * 9)
    return (
        f"{total:,} {kind} of about {_characters(first)} to {_characters(last)} characters: half "
        f"have fewer than {_characters(middle + 1)}, nine in ten fewer than "
        f"{_characters(most + 1)}."
    )


def _characters(edge: float) -> str:
    """The length at which a bin begins, rounded to two digits beyond 99."""
    exact = 2 ** (edge / 2)
    step = 10 ** max(0, len(str(int(exact))) - 2)
    return f"{round(exact / step) * step:,}"
