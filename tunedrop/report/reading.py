"""Reading a run record tolerantly: a run ends where it ends, so anything may be missing."""

from collections.abc import Iterable, Mapping
from typing import Any

from tunedrop.report.formatting import time_of_day

Record = Mapping[str, Any]
Facts = list[tuple[str, str]]


def section(record: Record, *path: str) -> Record:
    """A section of a record, or a section of a section; empty where there is none."""
    value: Any = record
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def known(facts: Iterable[tuple[str, Any]]) -> Facts:
    """The facts that have a value."""
    return [(name, text(value)) for name, value in facts if value not in (None, "")]


def text(value: Any) -> str:
    """A value as text; nothing as an empty text."""
    return "" if value is None else str(value)


def time(value: Any) -> str:
    """A time as people read it; nothing as an empty text."""
    return time_of_day(value) if value else ""


def deployment_mode(run: Record) -> str:
    """How the model is served, or was to be served."""
    planned = section(run, "snapshot", "deployment").get("mode")
    return text(section(run, "deployment").get("mode") or planned)
