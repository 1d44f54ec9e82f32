"""A few answers to show beside each other."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

Row = TypeVar("Row")

WINS = LOSSES = 3
_LONGEST_TEXT = 1_500


def extremes(rows: Sequence[Row], gain: Callable[[Row], float]) -> list[Row]:
    """The rows of the three greatest gains and the three greatest losses, in this order.

    As many losses as gains, so that they flatter the custom model no more than it deserves.
    """
    ranked = sorted(rows, key=gain, reverse=True)
    return [*ranked[:WINS], *ranked[max(WINS, len(ranked) - LOSSES) :]]


def example(line: Mapping[str, Any]) -> dict[str, str]:
    """The texts of a line of answers, no longer than a page has room for."""
    return {name: _shortened(text) for name, text in line.items() if isinstance(text, str)}


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]} [...]"
