"""Amounts beside one another as bars: for tables of the page, and as text for the terminal."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tunedrop.report.formatting import count

_NARROWEST = 0.8
_PART, _WHOLE, _MARK = "\u258c", "\u2588", "\u2502"


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One amount in words, its share of all, and its width in per cent of the longest.

    `mark` is where on the same scale a limit stands.
    """

    name: str
    amount: str
    share: str
    width: float
    mark: float | None = None

    def text(self, cells: int) -> str:
        """The bar in half cells of a terminal."""
        halves = round(self.width * cells / 50)
        drawn = _WHOLE * (halves // 2) + _PART * (halves % 2)
        if self.mark is None:
            return drawn
        place = min(round(self.mark * cells / 100), cells - 1)
        return f"{drawn[:place]:{place}}{_MARK}{drawn[place + 1 :]}"


def bars(
    amounts: Iterable[tuple[str, float]],
    total: float | None = None,
    *,
    shown: Callable[[float], str] = count,
    mark: float | None = None,
) -> tuple[Bar, ...]:
    """Bars on one scale, on which a limit may have its mark; shares are of `total`.

    That is the sum by default. `shown` tells an amount in words.
    """
    rows = list(amounts)
    whole = total if total is not None else sum(amount for _, amount in rows)
    longest = max([*(amount for _, amount in rows), mark or 0], default=0) or 1
    return tuple(
        Bar(
            name=name,
            amount=shown(amount),
            share=share(amount, whole),
            width=max(_NARROWEST, round(amount / longest * 100, 1)) if amount else 0.0,
            mark=round(mark / longest * 100, 1) if mark else None,
        )
        for name, amount in rows
    )


def share(part: float, whole: float) -> str:
    """`12%`; what is there is never `0%`, and what is not all never `100%`."""
    if not whole:
        return ""
    percent = part / whole * 100
    if 0 < percent < 1:
        return "< 1%"
    return "> 99%" if 99 < percent < 100 else f"{percent:.0f}%"  # noqa: PLR2004
