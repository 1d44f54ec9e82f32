"""One of Bedrock's hyperparameters, its range and its default."""

import math
from typing import Literal

from tunedrop.catalog.entry import Entry


class Hyperparameter(Entry, frozen=True):
    """One of Bedrock's keys; `name` is ours, None where the meaning is the family's own.

    Numbers have a minimum and a maximum where Bedrock documents them; an "enum" has `values`.
    `automatic` is the word by which Bedrock is told to choose for itself.
    """

    bedrock_key: str
    name: Literal["epochs", "steps", "learning_rate", "batch_size", "warmup_steps"] | None
    type: Literal["integer", "float", "enum"]
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()
    default: float | str | None = None
    required: bool = False
    automatic: str | None = None
    note: str = ""

    @property
    def range(self) -> str:
        """The accepted values in words: `1 to 5 (integer)`."""
        accepted = self._numbers() if self.type != "enum" else " or ".join(self.values)
        return accepted if self.automatic is None else f"{accepted}, or {self.automatic}"

    def accepts(self, value: float | str) -> bool:
        """Whether a job may be given this value; numbers may be written as text."""
        if self.type == "enum" or value == self.automatic:
            return value in (*self.values, self.automatic)
        try:
            number = float(value)
        except ValueError:
            return False
        whole = self.type == "float" or number.is_integer()
        return math.isfinite(number) and whole and self._is_in_range(number)

    def _is_in_range(self, number: float) -> bool:
        least = -math.inf if self.minimum is None else self.minimum
        most = math.inf if self.maximum is None else self.maximum
        return least <= number <= most

    def _numbers(self) -> str:
        if self.minimum is None or self.maximum is None:
            return f"any ({self.type})"
        return f"{self.minimum:g} to {self.maximum:g} ({self.type})"
