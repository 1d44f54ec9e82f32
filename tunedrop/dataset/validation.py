"""Validation: one pass over every file of a dataset, and what it means for the recipe."""

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from tunedrop.dataset.awaited import LateFindings, MediaChecker
from tunedrop.dataset.curator import Curator, Settled
from tunedrop.dataset.fast import CleanBlock
from tunedrop.dataset.findings import MAX_FINDINGS, Fault, Findings
from tunedrop.dataset.lines import SourceFile
from tunedrop.dataset.report import FileFacts, RecordCounts, ValidationReport, severities
from tunedrop.dataset.scanning import FileScan
from tunedrop.dataset.settling import settled_by_curator, settled_by_keys, shares_of
from tunedrop.dataset.size_rules import is_tolerated, size_faults
from tunedrop.dataset.splits import Side, SplitCounter, SplitPlan
from tunedrop.dataset.tallies import SIDES, FileTally
from tunedrop.dataset.target import Target
from tunedrop.errors import DatasetRejectedError
from tunedrop.recipe import Recipe

__all__ = ["SIDES", "MediaChecker", "validate"]

# What it takes to write down what was found.
_RESERVE_SECONDS = 30.0

_Facts = Mapping[Side, Sequence[FileFacts]]
_LateFaults = Iterable[tuple[str, int, Fault]]


@dataclass(frozen=True, kw_only=True)
class _Options:
    record_limit: int | None
    media: MediaChecker | None
    curator: Curator | None
    seconds_left: Callable[[], float]
    max_findings: int
    fingerprint: bool
    fast: bool


def validate(
    files: Mapping[Side, Sequence[SourceFile]],
    recipe: Recipe,
    record_limit: int | None = None,
    *,
    media: MediaChecker | None = None,
    curator: Curator | None = None,
    seconds_left: Callable[[], float] = lambda: math.inf,
    max_findings: int = MAX_FINDINGS,
    fingerprint: bool = True,
    fast: bool = True,
) -> ValidationReport:
    """Check a dataset against a recipe's base model.

    `record_limit` is the account's own quota for records, where it was read. Without `media` no
    image or video is looked at; with a `curator` records are judged by what they say, too, and it
    knows what became of each. A `DatasetRejectedError` where half a minute is left before all is
    read. Without `fingerprint` files have no SHA-256 and the dataset no digest. `fast=False` sends
    every line down the slow path, which finds the same.
    """
    options = _Options(
        record_limit=record_limit,
        media=media,
        curator=curator,
        seconds_left=seconds_left,
        max_findings=max_findings,
        fingerprint=fingerprint,
        fast=fast,
    )
    return _Validation(files, recipe, options).report()


class _Validation:
    def __init__(
        self, files: Mapping[Side, Sequence[SourceFile]], recipe: Recipe, options: _Options
    ) -> None:
        self._files = files
        self._recipe = recipe
        self._options = options
        self._target = Target.of(recipe)
        self._findings = Findings(options.max_findings)
        self._tallies: dict[Side, list[FileTally]] = {each: [] for each in SIDES}
        self._shares = shares_of(recipe, self._target, files)
        self._counter = SplitCounter(**asdict(self._shares))
        self._settled: Settled | None = None

    def report(self) -> ValidationReport:
        """Read everything unless it is too large, then judge sizes and shares."""
        stated = {role: _stated(role, self._files.get(role, ())) for role in SIDES}
        nothing = RecordCounts(train=0, validation=0, test=0, rejected=0)
        self._judge(nothing, stated)
        if self._findings.total:
            return self._report(nothing, stated, SplitPlan())
        for role in SIDES:
            for source in self._files.get(role, ()):
                self._read(role, source)
        if self._options.media:
            self._add_late(self._options.media.faults())
        records, plan = self._settle()
        facts = {role: [each.facts(role) for each in self._tallies[role]] for role in SIDES}
        self._judge(records, facts)
        return self._report(records, facts, plan)

    def _read(self, role: Side, source: SourceFile) -> None:
        timed = replace(source, chunks=lambda: self._in_time(source))
        options, media, curator = self._options, self._options.media, self._options.curator
        scan = FileScan(timed, self._target, fast=options.fast, fingerprint=options.fingerprint)
        counted = role == "train" and not curator
        tally = FileTally(scan, self._counter if counted else None)
        self._tallies[role].append(tally)
        if curator:
            curator.begin(role, source.name)
        readable = True
        for event in scan.events():
            if isinstance(event, CleanBlock):
                tally.add_block(event)
                if curator:
                    curator.take_block(event)
                continue
            readable = readable and not event.ends_file
            self._findings.add(event.faults, source.name, event.line)
            tally.add_line(event)
            if curator and event.record is not None:
                curator.take_record(event.record, event.line or 0)
            if media and event.parsed is not None and event.parsed.media:
                media.take(event.parsed, source.name, event.line or 0)
        if readable and not tally.records and not tally.rejected:
            fault = Fault(code="empty-file", message="the file holds no record")
            self._findings.add([fault], source.name)

    def _in_time(self, source: SourceFile) -> Iterator[bytes]:
        for chunk in source.chunks():
            self._check_time(source.name)
            yield chunk

    def _check_time(self, file: str) -> None:
        if self._options.seconds_left() < _RESERVE_SECONDS:
            raise DatasetRejectedError(
                f"{file}: the time that a validation may take was up before the file was read. "
                "Mend what `tunedrop check` finds, because records without findings are read many "
                "times faster; if that is not enough, split the dataset into several runs."
            )

    def _add_late(self, faults: _LateFaults) -> None:
        late = LateFindings([each.name for each in self._read_files()], self._options.max_findings)
        self._findings.kept = late.merged(self._findings.kept, self._counted(faults))

    def _counted(self, faults: _LateFaults) -> Iterator[tuple[str, int, Fault]]:
        named = {each.name: each for each in reversed(self._read_files())}
        for file, line, fault in faults:
            self._check_time(file)
            self._findings.counts[fault.code] += 1
            if fault.is_error:
                named[file].take_back(line)
                if self._options.curator:
                    self._options.curator.take_back(file, line)
            yield file, line, fault

    def _read_files(self) -> list[FileTally]:
        return [each for role in SIDES for each in self._tallies[role]]

    def _settle(self) -> tuple[RecordCounts, SplitPlan]:
        limit, curator = self._options.record_limit, self._options.curator
        if curator is None:
            return settled_by_keys(self._counter, self._tallies, self._recipe, self._target, limit)
        self._settled = curator.settle(self._target, self._shares, limit)
        return settled_by_curator(self._settled, self._tallies), SplitPlan()

    def _judge(self, records: RecordCounts, facts: _Facts) -> None:
        limit, known = self._options.record_limit, self._settled.test_known if self._settled else 0
        faults = size_faults(records, facts, self._recipe, self._target, limit, test_known=known)
        self._findings.add(faults, "the dataset")

    def _report(self, records: RecordCounts, facts: _Facts, plan: SplitPlan) -> ValidationReport:
        judged = self._settled.findings if self._settled else ()
        counts = dict(self._findings.counts)
        errors, warnings = severities(counts)
        for each, count in judged:
            counts[each.code] = counts.get(each.code, 0) + count
            errors += each.severity == "error"
            warnings += each.severity == "warning"
        files = tuple(each for role in SIDES for each in facts[role])
        characters, trained = self._characters(plan, records)
        return ValidationReport(
            fit=self._is_fit(records),
            recipe=self._recipe.name,
            base_model=self._recipe.base_model,
            records=records,
            tokens=self._target.tokens(characters),
            training_tokens=self._target.tokens(trained),
            token_method=self._target.token_method,
            counts=counts,
            errors=errors,
            warnings=warnings,
            findings=(*self._findings.kept, *(each for each, _ in judged)),
            findings_left_out=self._findings.total - len(self._findings.kept),
            files=files,
            digest=_digest(files) if self._options.fingerprint else "",
            split=plan,
        )

    def _is_fit(self, records: RecordCounts) -> bool:
        if self._findings.errors_beyond_lines or (self._settled and self._settled.is_refused):
            return False
        return is_tolerated(records, self._recipe)

    def _characters(self, plan: SplitPlan, records: RecordCounts) -> tuple[int, int]:
        """Of all usable records, and of those on the training side.

        The side is known of the first records, which stand for the rest where there are more.
        """
        total = sum(each.characters for each in self._read_files())
        if self._settled:
            return total, self._settled.training_characters
        train = self._tallies["train"]
        _, lowest_key = plan.bounds()
        trained = sum(each.counted_characters(lowest_key) for each in train)
        counted = sum(each.counted_characters() for each in train)
        characters = sum(each.characters for each in train)
        kept = records.train + records.validation
        left = kept / max(kept + records.left_out, 1)
        return total, int(trained * characters // max(counted, 1) * left)


def _stated(role: Side, sources: Sequence[SourceFile]) -> list[FileFacts]:
    """What is known of files before they are read."""
    return [
        FileFacts(
            name=each.name,
            role=role,
            format=None,
            records=0,
            rejected=0,
            bytes=each.size or 0,
            sha256="",
        )
        for each in sources
    ]


def _digest(files: Sequence[FileFacts]) -> str:
    """One name for all bytes in their roles; the files' own names do not enter."""
    named = "".join(f"{each.role}:{each.sha256}\n" for each in files)
    return hashlib.sha256(named.encode()).hexdigest()
