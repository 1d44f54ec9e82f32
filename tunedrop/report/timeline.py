"""What happened when, as rows of a picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from tunedrop.report.formatting import duration, moment, time_of_day
from tunedrop.report.sentences import STATE_WORDS

_NARROWEST = 0.6


@dataclass(frozen=True, kw_only=True)
class Step:
    """One state: when it was first entered, how long until the next, and its bar in per cent."""

    state: str
    words: str
    entered: str
    took: str
    left: float
    width: float


def steps(run: Mapping[str, Any]) -> tuple[Step, ...]:
    """The states that a run entered, in the order in which it first did."""
    entries = sorted(
        (when, state)
        for state, value in (run.get("timeline") or {}).items()
        if (when := moment(value))
    )
    if not entries:
        return ()
    end = moment(run.get("ended_at"))
    bounds = [when for when, _ in entries]
    if end and end >= bounds[-1]:
        bounds.append(end)
    whole = (bounds[-1] - bounds[0]).total_seconds() or 1.0
    ends: list[datetime | None] = [*(later for _, later in pairwise(bounds)), None]
    return tuple(
        _step(state, when, until, bounds[0], whole)
        for (when, state), until in zip(entries, ends, strict=False)
    )


def whole_duration(run: Mapping[str, Any]) -> str:
    """How long the run took, or how long its last known moment lies behind its start."""
    start, end = moment(run.get("started_at")), moment(run.get("ended_at"))
    return duration((end - start).total_seconds()) if start and end else ""


def _step(
    state: str, when: datetime, until: datetime | None, start: datetime, whole: float
) -> Step:
    seconds = (until - when).total_seconds() if until else None
    width = max(_NARROWEST, round((seconds or 0.0) / whole * 100, 2))
    left = min(round((when - start).total_seconds() / whole * 100, 2), 100 - width)
    return Step(
        state=state,
        words=STATE_WORDS.get(state, state),
        entered=f"{when:%H:%M:%S}" if when.date() == start.date() else time_of_day(when),
        took=duration(seconds) if until else "",
        left=max(0.0, left),
        width=min(100.0, width),
    )
