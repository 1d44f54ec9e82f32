"""What a run has cost, line by line: how much was used, times its price, and who says so."""

import math

from msgspec import Struct

from tunedrop.cost import TRAINING_UNITS, dollars

_LITTLE = 0.01
_THOUSAND_TOKENS = TRAINING_UNITS["1k tokens"]


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was used of one thing; `usd` is None where its amount or its price is unknown.

    `goes_on`: it bills until it is taken down.
    """

    what: str
    unit: str
    quantity: float | None = None
    usd_per_unit: float | None = None
    usd: float | None = None
    source: str = ""
    as_of: str = ""
    note: str = ""
    goes_on: bool = False

    @property
    def words(self) -> str:
        """What it cost, in words."""
        return "nothing" if self.usd == 0 else dollars(self.usd)

    @property
    def reckoning(self) -> str:
        """How much of it, at which price, and who says so."""
        price = self.usd_per_unit
        each = "" if price is None else f" at {_plain(price)} USD per {self.unit}"
        source = ", ".join(filter(None, (self.source, self.as_of)))
        reckoned = f"{self._amount}{each}" + (f" (price: {source})" if source else "")
        on = "goes on" if self.goes_on else ""
        return "; ".join(filter(None, (reckoned.strip(), self.note, on)))

    @property
    def _amount(self) -> str:
        if self.quantity is None:
            return ""
        if self.unit == _THOUSAND_TOKENS:
            return f"{1000 * self.quantity:,.0f} tokens"
        if 0 < self.quantity < _LITTLE:
            return f"less than {_LITTLE} {self.unit}s"
        return f"{_plain(self.quantity)} {self.unit}{'' if self.quantity == 1 else 's'}"


class Spending(Struct, frozen=True, kw_only=True):
    """The lines, and the sum of those that are known: all, or the run cost more."""

    lines: tuple[Line, ...]
    usd: float
    is_complete: bool
    as_of: str

    @property
    def words(self) -> str:
        """The sum in words: that of an incomplete one is the least that it can be."""
        if self.is_complete:
            return dollars(self.usd) if self.usd else "nothing"
        return f"at least {self.usd:,.2f} US dollars" if self.usd > _LITTLE else "unknown"


def _plain(number: float) -> str:
    """`1,234.5`, `0.000035`: three digits where it is small, and no exponent."""
    digits = max(2, 2 - math.floor(math.log10(abs(number)))) if number else 0
    return f"{number:,.{digits}f}".rstrip("0").rstrip(".") if digits else "0"
