"""Preparation: the accepted records, split and written in the base model's format."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from msgspec import Struct, field

from tunedrop.dataset.accounts import omission, rejection, unescaped
from tunedrop.dataset.decided import DecidedLine, decided, in_order, with_decisions
from tunedrop.dataset.decisions import Decision, Decisions
from tunedrop.dataset.findings import Fault, finding
from tunedrop.dataset.formats import write
from tunedrop.dataset.handling import CONFIDENTIAL, redacted_kinds
from tunedrop.dataset.lines import SourceFile
from tunedrop.dataset.media_manifest import MediaPlan, with_media
from tunedrop.dataset.outputs import Output, PreparedFile, ShuffledWriter, Writer
from tunedrop.dataset.records import AnyRecord
from tunedrop.dataset.redacting import Redactor
from tunedrop.dataset.report import ValidationReport
from tunedrop.dataset.scanning import CheckedLine, FileScan
from tunedrop.dataset.splits import Side, side, split_key
from tunedrop.dataset.target import Target
from tunedrop.errors import DatasetRejectedError, InvalidInputError
from tunedrop.recipe import Recipe, to_json

REJECTED = "rejected"


class PreparedDataset(Struct, frozen=True, kw_only=True):
    """What a customization job and its evaluation read.

    `rejected` accounts for the `dropped` records, too; `redacted` counts different data by kind.
    """

    train: PreparedFile
    validation: PreparedFile
    test: PreparedFile
    rejected: PreparedFile
    dropped: int = 0
    seed: str = ""
    redacted: dict[str, int] = field(default_factory=dict)

    @property
    def training_tokens(self) -> int:
        """Tokens of one epoch, estimated."""
        return self.train.tokens


def prepare(
    files: Mapping[Side, Sequence[SourceFile]],
    recipe: Recipe,
    report: ValidationReport,
    open_output: Callable[[str], Output],
    *,
    media: MediaPlan | None = None,
    decisions: Decisions | None = None,
) -> PreparedDataset:
    """Write train.jsonl, validation.jsonl, test.jsonl and rejected.jsonl.

    One pass over the files; where data are redacted, another one before it learns which.

    The same files, recipe, report, decisions and plan for media give the same bytes; training
    records are in an order drawn by the report's seed. Without a plan media keep the names that
    they have; without decisions each record falls on the side that its own key says.
    `InvalidInputError` where a file is not the one that the report was made of.
    """
    target = Target.of(recipe)
    seed = shuffling_seed(recipe, report)
    writers: dict[str, Writer] = {
        "train": ShuffledWriter("train.jsonl", open_output, seed),
        **{name: Writer(f"{name}.jsonl", open_output) for name in ("validation", "test", REJECTED)},
    }
    names = [source.name for _, source in in_order(files)]
    preparing = _Preparing(recipe=recipe, target=target, report=report, media=media, names=names)
    preparing.learn(files, decisions)
    dropped = 0
    for role, source, known in with_decisions(files, target, decisions):
        for each in preparing.items(role, source, known):
            writers[each.name].add(each.line, each.characters)
            dropped += each.is_dropped
    written = {name: each.close(target) for name, each in writers.items()}
    redacted = preparing.redactor.vault.counts
    prepared = PreparedDataset(**written, dropped=dropped, seed=seed, redacted=redacted)
    _check_sizes(prepared, target)
    return prepared


def shuffling_seed(recipe: Recipe, report: ValidationReport) -> str:
    """What the order of the training records is drawn from: the recipe and the bytes dropped."""
    return hashlib.sha256(f"{to_json(recipe)}\0{report.digest}".encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Item:
    """A line, and the name of the file that it goes to."""

    name: str
    line: bytes
    characters: int = 0
    is_dropped: bool = False


class _Preparing:
    def __init__(
        self,
        recipe: Recipe,
        target: Target,
        report: ValidationReport,
        media: MediaPlan | None,
        names: Sequence[str],
    ) -> None:
        self.redactor = Redactor(redacted_kinds(recipe.data))
        self._names = names
        self._recipe = recipe
        self._target = target
        self._report = report
        self._media = media
        self._bounds = report.split.bounds()

    def learn(
        self, files: Mapping[Side, Sequence[SourceFile]], decisions: Decisions | None
    ) -> None:
        """Have the redactor read what is to be redacted, before anything is written."""
        if decisions is None or not (self.redactor.is_asked and decisions.any_confidential):
            return
        for _, source, known in with_decisions(files, self._target, decisions):
            scan = FileScan(source, self._target, fingerprint=False)
            for each in decided(scan, known):
                if each.record is not None and each.decision is not None:
                    self.redactor.learn(each.record, is_marked=each.decision.is_confidential)
        self.redactor.begin()

    def items(
        self, role: Side, source: SourceFile, known: Iterator[Decision] | None
    ) -> Iterator[_Item]:
        """What becomes of each line that holds something."""
        scan = FileScan(source, self._target)
        for each in decided(scan, known):
            faults = self._faults(each)
            if each.checked and each.checked.line and any(fault.is_error for fault in faults):
                yield _Item(name=REJECTED, line=self._rejected(each.checked, faults, source.name))
            elif each.record is not None:
                yield self._usable(each.record, role, source.name, each)
        self._check(source.name, scan.sha256)

    def _faults(self, found: DecidedLine) -> Sequence[Fault]:
        faults = found.checked.faults if found.checked else []
        if found.record is not None and found.record.media and self._media:
            return [*faults, *self._media.faults(found.record)]
        return faults

    def _rejected(self, event: CheckedLine, faults: Sequence[Fault], file: str) -> bytes:
        found = [finding(each, file, event.line) for each in faults]
        text = event.raw.decode(errors="replace")
        is_known = any(map(self.redactor.holds_known, (text, unescaped(text))))
        return rejection(event.raw, found, self._recipe.data, is_confidential=is_known)

    def _usable(self, record: AnyRecord, role: Side, file: str, found: DecidedLine) -> _Item:
        decision = found.decision
        if decision is None:
            name = side(split_key(record), self._bounds) if role == "train" else role
            return self._written(record, name)
        if decision.side is None:
            return self._omitted(record, decision, file, found.line)
        record = self.redactor.redacted(record, is_marked=decision.is_confidential)
        return self._written(record, decision.side)

    def _omitted(self, record: AnyRecord, decision: Decision, file: str, line: int) -> _Item:
        raw = write(record, self._target.format).rstrip(b"\n")
        if self.redactor.holds_known("\n".join((*record.texts, *record.aside))):
            decision = replace(decision, is_confidential=True)
        told = omission(raw, decision, file, line, self._partner(decision))
        return _Item(name=REJECTED, line=told, is_dropped=decision.code not in CONFIDENTIAL)

    def _partner(self, decision: Decision) -> Mapping[str, str | int] | None:
        if decision.partner is None:
            return None
        file, line = decision.partner
        return {"file": self._names[file], "line": line}

    def _written(self, record: AnyRecord, name: Side) -> _Item:
        moved = with_media(record, self._media.move) if self._media else record
        line = write(moved, self._target.format)
        return _Item(name=name, line=line, characters=record.characters)

    def _check(self, file: str, sha256: str) -> None:
        if all(each.sha256 != sha256 for each in self._report.files if each.name == file):
            raise InvalidInputError(
                f"{file} is not the file that was validated; start the run again."
            )


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
