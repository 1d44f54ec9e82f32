"""How fast emulated time passes: waiting is shortened, work is not."""

PACE = 120
"""Emulated seconds per real second: an emulated minute of waiting passes in half a second."""


def paced(seconds: float) -> float:
    """Real seconds for which something that AWS waits `seconds` for is waited for here."""
    return seconds / PACE
