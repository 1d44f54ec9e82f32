"""Findings: what is wrong, where, and what to do; they never quote a record."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from msgspec import Struct

from tunedrop.dataset.rules import RULES, Severity

MAX_FINDINGS = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A broken rule inside one record, before anybody knows file and line."""

    code: str
    message: str
    field: str | None = None

    @property
    def is_error(self) -> bool:
        return RULES[self.code].severity == "error"

    @property
    def is_told_once(self) -> bool:
        return RULES[self.code].once


class Finding(Struct, frozen=True, kw_only=True):
    """One fault of a file, as it stands in reports; `line` counts from 1."""

    code: str
    severity: Severity
    file: str
    line: int | None = None
    field: str | None = None
    message: str
    hint: str

    def __str__(self) -> str:
        place = [self.file]
        place += [f"line {self.line}"] if self.line is not None else []
        place += [self.field] if self.field else []
        return f"{', '.join(place)}: {self.message}"


def finding(fault: Fault, file: str, line: int | None = None) -> Finding:
    """A fault at its place."""
    rule = RULES[fault.code]
    return Finding(
        code=fault.code,
        severity=rule.severity,
        file=file,
        line=line,
        field=fault.field,
        message=fault.message,
        hint=rule.hint,
    )


class Findings:
    """Collects in file order; after the cap only the counts go on."""

    def __init__(self, cap: int = MAX_FINDINGS) -> None:
        self._cap = cap
        self.kept: list[Finding] = []
        self.counts: Counter[str] = Counter()
        self.errors_beyond_lines = 0

    def add(self, faults: Iterable[Fault], file: str, line: int | None = None) -> None:
        """Count each fault and keep it while there is room."""
        for fault in faults:
            self.counts[fault.code] += 1
            self.errors_beyond_lines += line is None and fault.is_error
            if len(self.kept) < self._cap:
                self.kept.append(finding(fault, file, line))

    @property
    def total(self) -> int:
        return self.counts.total()
