"""Preparation: the accepted records, split and written in the base model's format."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec
from msgspec import Struct

from tunedrop.dataset.fast import CleanBlock
from tunedrop.dataset.findings import Fault, finding
from tunedrop.dataset.formats import write
from tunedrop.dataset.lines import SourceFile
from tunedrop.dataset.media_manifest import MediaPlan, with_media
from tunedrop.dataset.records import AnyRecord
from tunedrop.dataset.report import ValidationReport
from tunedrop.dataset.scanning import CheckedLine, FileScan
from tunedrop.dataset.splits import Side, side, split_key
from tunedrop.dataset.tallies import SIDES
from tunedrop.dataset.target import Target
from tunedrop.errors import DatasetRejectedError, InvalidInputError
from tunedrop.recipe import Recipe

REJECTED = "rejected"
_WRITE_BYTES = 1 << 18


class Output(Protocol):
    """Where a file is written to."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""

    def close(self) -> object:
        """The file is complete."""


class PreparedFile(Struct, frozen=True, kw_only=True):
    """A file that was written; one without records was never opened."""

    name: str
    records: int
    bytes: int
    sha256: str
    tokens: int


class PreparedDataset(Struct, frozen=True, kw_only=True):
    """What a customization job and its evaluation read."""

    train: PreparedFile
    validation: PreparedFile
    test: PreparedFile
    rejected: PreparedFile

    @property
    def training_tokens(self) -> int:
        """Tokens of one epoch, estimated."""
        return self.train.tokens


def prepare(
    files: Mapping[Side, Sequence[SourceFile]],
    recipe: Recipe,
    report: ValidationReport,
    open_output: Callable[[str], Output],
    media: MediaPlan | None = None,
) -> PreparedDataset:
    """Write train.jsonl, validation.jsonl, test.jsonl and rejected.jsonl, in one pass.

    The same files, recipe, report and plan for media give the same bytes. Without a plan media
    keep the names that they have. `InvalidInputError` where a file is not the one that the report
    was made of.
    """
    target = Target.of(recipe)
    writers = {name: _Writer(f"{name}.jsonl", open_output) for name in (*SIDES, REJECTED)}
    bounds = report.split.bounds()
    for role in _used_roles(target):
        for source in files.get(role, ()):
            for item in _records(source, target, report, media):
                if isinstance(item, bytes):
                    writers[REJECTED].add(item, 0)
                    continue
                name = side(split_key(item), bounds) if role == "train" else role
                moved = with_media(item, media.move) if media else item
                writers[name].add(write(moved, target.format), item.characters)
    prepared = PreparedDataset(**{name: each.close(target) for name, each in writers.items()})
    _check_sizes(prepared, target)
    return prepared


def _used_roles(target: Target) -> tuple[Side, ...]:
    supported = target.customization.validation_set.supported
    return tuple(role for role in SIDES if supported or role != "validation")


class _Writer:
    """Opens its file with the first record, and hands on large pieces."""

    def __init__(self, name: str, open_output: Callable[[str], Output]) -> None:
        self._name = name
        self._open = open_output
        self._output: Output | None = None
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._hash = hashlib.sha256()
        self._bytes = self._records = self._characters = 0

    def add(self, line: bytes, characters: int) -> None:
        self._held.append(line)
        self._held_bytes += len(line)
        self._records += 1
        self._characters += characters
        if self._held_bytes >= _WRITE_BYTES:
            self._flush()

    def close(self, target: Target) -> PreparedFile:
        self._flush()
        if self._output is not None:
            self._output.close()
        return PreparedFile(
            name=self._name,
            records=self._records,
            bytes=self._bytes,
            sha256=self._hash.hexdigest(),
            tokens=target.tokens(self._characters),
        )

    def _flush(self) -> None:
        if not self._held:
            return
        if self._output is None:
            self._output = self._open(self._name)
        data = b"".join(self._held)
        self._output.write(data)
        self._hash.update(data)
        self._bytes += len(data)
        self._held, self._held_bytes = [], 0


def _records(
    source: SourceFile, target: Target, report: ValidationReport, media: MediaPlan | None
) -> Iterator[AnyRecord | bytes]:
    """Usable records, and for each other line the line of rejected.jsonl that accounts for it."""
    scan = FileScan(source, target)
    for event in scan.events():
        if isinstance(event, CleanBlock):
            yield from (row.record() for row in event.rows)
            continue
        record, faults = event.record, event.faults
        if record is not None and record.media and media:
            faults = [*faults, *media.faults(record)]
        if any(fault.is_error for fault in faults) and event.line is not None:
            yield _rejection(event, faults, source.name)
        elif record is not None:
            yield record
    if all(each.sha256 != scan.sha256 for each in report.files if each.name == source.name):
        raise InvalidInputError(
            f"{source.name} is not the file that was validated; start the run again."
        )


def _rejection(event: CheckedLine, faults: Sequence[Fault], file: str) -> bytes:
    found = [finding(fault, file, event.line) for fault in faults]
    account = {
        "file": file,
        "line": event.line,
        "reasons": [
            {"code": each.code, "field": each.field, "message": each.message} for each in found
        ],
        "record": event.raw.decode(errors="replace"),
    }
    return msgspec.json.encode(account) + b"\n"


def _check_sizes(prepared: PreparedDataset, target: Target) -> None:
    limits = target.limits
    for file, most in (
        (prepared.train, limits.max_training_file_bytes),
        (prepared.validation, limits.max_validation_file_bytes),
    ):
        if most is not None and file.bytes > most:
            raise DatasetRejectedError(
                f"{file.name} has {file.bytes:,} bytes in the format of {target.model_name}, which "
                f"takes {most:,}. Leave records out."
            )
