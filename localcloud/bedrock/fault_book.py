"""The faults that were ordered for the next calls and jobs."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from localcloud.bedrock.errors import invalid

Kind = Literal[
    "error",
    "lost_answer",
    "slow",
    "job_fails",
    "job_internal_error",
    "job_stuck",
    "no_capacity",
    "serving_fails",
    "serving_slow",
    "backdated",
    "lost_event",
    "doubled_event",
    "quota",
]
JOB_KINDS = ("job_fails", "job_internal_error", "job_stuck")


class Fault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fault: strikes `count` times, on calls of `operation` or jobs of its kind.

    `match` narrows it to calls whose parameters, or jobs whose name, contain the text.
    """

    kind: Kind
    operation: str | None = None
    match: str = ""
    count: int = 1
    code: str | None = None
    message: str | None = None
    delay: float = 0.0
    quota: str | None = None
    value: float | None = None


class FaultBook:
    """Faults that are still to strike, in the order in which they were ordered."""

    def __init__(self) -> None:
        self._left: list[tuple[Fault, int]] = []
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        """Whether anything is still to strike."""
        return bool(self._left)

    def names(self, operation: str) -> bool:
        """Whether a fault is still to strike that was ordered for this very operation."""
        return any(fault.operation == operation for fault, _ in self._left)

    def order(self, fault: Fault) -> None:
        """Let the fault strike from now on."""
        with self._lock:
            self._left.append((fault, fault.count))

    def take(
        self,
        kinds: Sequence[str],
        *,
        operation: str | None = None,
        text: str = "",
    ) -> Fault | None:
        """The first fault of these kinds that applies; it has then struck once more."""
        with self._lock:
            for index, (fault, left) in enumerate(self._left):
                if fault.kind in kinds and _applies(fault, operation, text):
                    self._left[index : index + 1] = [(fault, left - 1)] if left > 1 else []
                    return fault
        return None

    def left(self) -> list[Mapping[str, Any]]:
        """What is still to strike, for people."""
        with self._lock:
            return [{**msgspec.to_builtins(fault), "count": left} for fault, left in self._left]

    def clear(self) -> None:
        """Cancel everything."""
        with self._lock:
            self._left.clear()


def parse_fault(body: bytes) -> Fault:
    """The fault of a request body; what is wrong with it is answered in words."""
    try:
        fault = msgspec.json.decode(body, type=Fault)
    except msgspec.MsgspecError as error:
        raise invalid(f"This is no fault: {error}") from error
    if fault.count < 1:
        raise invalid(f"A fault strikes at least once; count is {fault.count}")
    if fault.kind == "quota" and (fault.quota is None or fault.value is None):
        raise invalid("A fault of kind quota needs quota (a code or key) and value")
    return fault


def _applies(fault: Fault, operation: str | None, text: str) -> bool:
    return fault.operation in (None, operation) and fault.match in text
