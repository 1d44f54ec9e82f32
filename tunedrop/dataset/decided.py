"""Files and their lines, each usable record beside what was decided of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tunedrop.dataset.decisions import Decision, Decisions
from tunedrop.dataset.fast import CleanBlock
from tunedrop.dataset.lines import SourceFile
from tunedrop.dataset.records import AnyRecord
from tunedrop.dataset.scanning import CheckedLine, FileScan
from tunedrop.dataset.splits import Side
from tunedrop.dataset.tallies import SIDES
from tunedrop.dataset.target import Target


@dataclass(frozen=True, kw_only=True, slots=True)
class DecidedLine:
    """A line; `record` and `decision` are None where it holds no usable record.

    `checked` is there where the fast path did not take it.
    """

    line: int
    record: AnyRecord | None
    decision: Decision | None
    checked: CheckedLine | None = None


def decided(scan: FileScan, known: Iterator[Decision] | None) -> Iterator[DecidedLine]:
    """Every line of a file; without decisions none has one."""
    for event in scan.events():
        if isinstance(event, CleanBlock):
            for line, row in enumerate(event.rows, event.first_line):
                decision = next(known, None) if known else None
                yield DecidedLine(line=line, record=row.record(), decision=decision)
        else:
            is_usable = event.record is not None
            yield DecidedLine(
                line=event.line or 0,
                record=event.record,
                decision=next(known, None) if known and is_usable else None,
                checked=event,
            )


def in_order(
    files: Mapping[Side, Sequence[SourceFile]],
) -> Iterator[tuple[Side, SourceFile]]:
    """All files, in the order in which they are read."""
    yield from ((role, source) for role in SIDES for source in files.get(role, ()))


def with_decisions(
    files: Mapping[Side, Sequence[SourceFile]], target: Target, decisions: Decisions | None
) -> Iterator[tuple[Side, SourceFile, Iterator[Decision] | None]]:
    """The files that are written from."""
    for number, (role, source) in enumerate(in_order(files)):
        if role != "validation" or target.customization.validation_set.supported:
            yield role, source, decisions.of_file(number) if decisions else None
