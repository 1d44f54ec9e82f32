"""One line of the table."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """Something measured; the ratio compares it with its limit, or with what it is part of."""

    name: str
    value: float
    unit: str
    compared_with: float | None = None
    meaning: str = ""

    def row(self) -> str:
        """The line, in columns."""
        ratio = "" if not self.compared_with else f"{self.value / self.compared_with:.2f}"
        return f"{self.name:<44}{self.value:>10.2f} {self.unit:<12}{ratio:>6}  {self.meaning}"
