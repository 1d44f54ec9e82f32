"""Validation: one pass over every file of a dataset, and what it means for the recipe."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tunedrop.dataset.fast import CleanBlock
from tunedrop.dataset.findings import MAX_FINDINGS, Fault, Findings
from tunedrop.dataset.lines import SourceFile
from tunedrop.dataset.records import Record
from tunedrop.dataset.report import FileFacts, RecordCounts, ValidationReport, severities
from tunedrop.dataset.scanning import CheckedLine, FileScan
from tunedrop.dataset.size_rules import is_tolerated, size_faults
from tunedrop.dataset.splits import Side, Split, SplitCounter, split_key
from tunedrop.dataset.target import Target
from tunedrop.recipe import Recipe

SIDES: tuple[Side, ...] = ("train", "validation", "test")

# Beyond this many records sides are counted by their shares: no limit is near any more.
_KEYED_RECORDS = 30_000


@dataclass(kw_only=True)
class _Tally:
    """What one role's files hold."""

    records: int = 0
    rejected: int = 0
    characters: int = 0
    files: list[FileFacts] = field(default_factory=list)


def validate(
    files: Mapping[Side, Sequence[SourceFile]],
    recipe: Recipe,
    record_limit: int | None = None,
    *,
    max_findings: int = MAX_FINDINGS,
    fast: bool = True,
) -> ValidationReport:
    """Check a dataset against a recipe's base model.

    `record_limit` is the account's own quota for records, where it was read. `fast=False` sends
    every line down the slow path, which finds the same.
    """
    return _Validation(files, recipe, record_limit, max_findings, fast).report()


class _Validation:
    def __init__(
        self,
        files: Mapping[Side, Sequence[SourceFile]],
        recipe: Recipe,
        record_limit: int | None,
        max_findings: int,
        fast: bool,
    ) -> None:
        self._files = files
        self._recipe = recipe
        self._record_limit = record_limit
        self._fast = fast
        self._target = Target.of(recipe)
        self._findings = Findings(max_findings)
        self._tallies = {each: _Tally() for each in SIDES}
        self._split = split_counter(recipe, self._target, files)

    def report(self) -> ValidationReport:
        """Read everything, then judge sizes and shares."""
        for role in SIDES:
            for source in self._files.get(role, ()):
                self._read(role, source)
        split = self._settled()
        records = RecordCounts(
            train=split.train,
            validation=split.validation,
            test=split.test,
            rejected=sum(each.rejected for each in self._tallies.values()),
        )
        self._judge(records)
        return self._report(records, split)

    def _read(self, role: Side, source: SourceFile) -> None:
        tally = self._tallies[role]
        scan = FileScan(source, self._target, fast=self._fast)
        records, rejected = tally.records, tally.rejected
        counter = self._split if role == "train" else None
        readable = True
        for event in scan.events():
            if isinstance(event, CleanBlock):
                tally.records += len(event.rows)
                tally.characters += event.characters
                if counter and counter.seen < _KEYED_RECORDS:
                    for row in event.rows:
                        counter.add(row.key())
            else:
                readable = readable and not event.ends_file
                self._take(event, tally, source.name, counter)
        facts = FileFacts(
            name=source.name,
            role=role,
            format=scan.format,
            records=tally.records - records,
            rejected=tally.rejected - rejected,
            bytes=scan.bytes,
            sha256=scan.sha256,
        )
        tally.files.append(facts)
        if readable and not facts.records and not facts.rejected:
            fault = Fault(code="empty-file", message="the file holds no record")
            self._findings.add([fault], source.name)

    def _take(
        self, event: CheckedLine, tally: _Tally, file: str, counter: SplitCounter | None
    ) -> None:
        self._findings.add(event.faults, file, event.line)
        tally.rejected += event.rejected
        if event.record is not None:
            tally.records += 1
            tally.characters += event.record.characters
            _count(counter, event.record)

    def _settled(self) -> Split:
        limits = self._target.limits
        total = self._tallies["train"].records
        split = self._split.split(total, limits.min_training_records)
        supported = self._target.customization.validation_set.supported
        named = self._tallies["validation"].records if supported else 0
        return Split(
            plan=split.plan,
            train=split.train,
            validation=split.validation + named,
            test=split.test + self._tallies["test"].records,
        )

    def _judge(self, records: RecordCounts) -> None:
        faults = size_faults(
            records,
            {role: tally.files for role, tally in self._tallies.items()},
            self._recipe,
            self._target,
            self._record_limit,
        )
        for fault in faults:
            self._findings.add([fault], "the dataset")

    def _report(self, records: RecordCounts, split: Split) -> ValidationReport:
        counts = dict(self._findings.counts)
        errors, warnings = severities(counts)
        files = tuple(facts for tally in self._tallies.values() for facts in tally.files)
        train = self._tallies["train"]
        characters = sum(each.characters for each in self._tallies.values())
        trained = round(train.characters * split.train / max(train.records, 1))
        return ValidationReport(
            fit=not self._findings.errors_beyond_lines and is_tolerated(records, self._recipe),
            recipe=self._recipe.name,
            base_model=self._recipe.base_model,
            records=records,
            tokens=self._target.tokens(characters),
            training_tokens=self._target.tokens(trained),
            token_method=self._target.token_method,
            counts=counts,
            errors=errors,
            warnings=warnings,
            findings=tuple(self._findings.kept),
            findings_left_out=self._findings.total - len(self._findings.kept),
            files=files,
            digest=_digest(files),
            split=split.plan,
        )


def split_counter(
    recipe: Recipe, target: Target, files: Mapping[Side, Sequence[SourceFile]]
) -> SplitCounter:
    """A counter with the recipe's shares; none is taken for a side that has files of its own."""
    validated = target.customization.validation_set.supported and not files.get("validation")
    return SplitCounter(
        test_share=0.0 if files.get("test") else recipe.data.test_share,
        min_test=recipe.evaluation.fewest_test_records,
        validation_share=recipe.data.validation_share if validated else 0.0,
        min_validation=target.limits.min_validation_records,
        max_validation=target.limits.max_validation_records,
    )


def _count(counter: SplitCounter | None, record: Record) -> None:
    if counter and counter.seen < _KEYED_RECORDS:
        counter.add(split_key(record))


def _digest(files: Sequence[FileFacts]) -> str:
    """One name for all bytes in their roles; the files' own names do not enter."""
    named = "".join(f"{each.role}:{each.sha256}\n" for each in files)
    return hashlib.sha256(named.encode()).hexdigest()
