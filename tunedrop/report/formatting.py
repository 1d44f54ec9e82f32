"""Numbers and times as people read them; what is missing or unreadable stays recognizable."""

from datetime import UTC, datetime
from typing import Any

MISSING = "unknown"
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def moment(value: Any) -> datetime | None:
    """An ISO time as a moment in UTC; None if it is missing or none."""
    try:
        parsed = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def time_of_day(value: Any) -> str:
    """`22 Nov 2026, 10:11:12 UTC`; what is no time is given back as it is."""
    when = moment(value)
    return f"{when.day} {when:%b %Y, %H:%M:%S} UTC" if when else str(value or MISSING)


def duration(seconds: float | None) -> str:
    """`0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    if seconds is None:
        return MISSING
    if seconds < 10:  # noqa: PLR2004 - below ten seconds, tenths tell
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return _two(whole, _MINUTE, "min", 1, "s")
    return (
        _two(whole, _HOUR, "h", _MINUTE, "min")
        if whole < _DAY
        else _two(whole, _DAY, "d", _HOUR, "h")
    )


def dollars(value: Any) -> str:
    """`$1,234.50`, with four digits below a dollar; `unknown` where there is no number."""
    number = decimal(value)
    if number is None:
        return MISSING
    return f"${number:,.2f}" if number >= 1 or number == 0 else f"${number:.4f}"


def count(value: Any) -> str:
    """`12,345`; `unknown` where there is no number."""
    number = decimal(value)
    return MISSING if number is None else f"{number:,.0f}"


def score(value: Any, *, sign: bool = False) -> str:
    """`0.412`, or `+0.031` with its sign."""
    number = decimal(value)
    if number is None:
        return MISSING
    return f"{number:+.3f}" if sign else f"{number:.3f}"


def decimal(value: Any) -> float | None:
    """A number of any kind (DynamoDB's, JSON's, text) as a float; None if it is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _two(whole: int, large: int, large_name: str, small: int, small_name: str) -> str:
    rest = whole % large // small
    return f"{whole // large} {large_name}" + (f" {rest} {small_name}" if rest else "")
