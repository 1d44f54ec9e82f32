"""What a rule of the validator is."""

from typing import Literal

from msgspec import Struct

Severity = Literal["error", "warning"]


class Rule(Struct, frozen=True):
    """An error: Bedrock would refuse it. A warning: it trains, but you would not want it.

    `once` where one finding in each file tells all that there is to do.
    """

    code: str
    severity: Severity
    meaning: str
    hint: str
    once: bool = False
