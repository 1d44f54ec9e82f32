"""Validates and uploads the files of a run: the domain's checks on objects in S3."""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tunedrop import __version__
from tunedrop.cost import check_training_budget, training_cost
from tunedrop.dataset.lines import SourceFile
from tunedrop.dataset.preparation import prepare
from tunedrop.dataset.report import ValidationReport
from tunedrop.dataset.splits import Side
from tunedrop.dataset.validation import SIDES, validate
from tunedrop.errors import DatasetRejectedError
from tunedrop.objects import ObjectOutput, Objects
from tunedrop.recipe import to_json
from tunedrop.records import RunRecords
from tunedrop.run import ENDED, Run, plain
from tunedrop.run_media import RunMedia
from tunedrop.run_quality import RunQuality
from tunedrop.table import Table

_SHOWN_FINDINGS = 20
_LARGEST_REPORT = 64 << 20
_FOLDERS_ABOVE = 2
_SUCCESSES = frozenset({"RunSucceeded", "RunUnchanged"})


@dataclass(frozen=True, kw_only=True)
class DatasetDesk:
    """What ValidateDataset and UploadDataset do to the files that a run is pinned to."""

    table: Table
    records: RunRecords
    datasets: Objects
    artifacts: Objects
    media: RunMedia
    quality: RunQuality

    def validate(self, run: Run, seconds_left: Callable[[], float] = lambda: math.inf) -> Run:
        """Check every record and keep the findings; a `DatasetRejectedError` sums them up.

        A dataset that a running or successful run of the same recipe holds marks this run as
        unchanged, unless its request says `again`.
        """
        curation = self.quality.curation(run)
        with self.media.inspection(run) as media:
            report = validate(
                self._sources(run),
                run.plan,
                run.record_limit,
                media=media,
                curator=curation,
                seconds_left=seconds_left,
            )
        key = run.layout.dataset("report.json")
        self.artifacts.write(key, report.to_json().encode(), "application/json")
        pinned = self.media.pin(run, media.manifest())
        measured = self.quality.keep(run, curation)
        section = {**_section(report), "media": pinned, "quality": measured}
        run = self.records.update(run, dataset=section)
        if not report.fit:
            raise DatasetRejectedError(report.summary(rest=self.artifacts.uri(key)))
        return self._claim(run, report)

    def upload(self, run: Run) -> Run:
        """Write what is fit for training; a `BudgetExceededError` when it would cost too much.

        The same records always fall on the same side of the split.
        """
        report, output_of = self._report(run), self._output_of(run)
        decisions = self.quality.decisions(run)
        with self.media.copies(run) as media:
            prepared = prepare(
                self._sources(run), run.plan, report, output_of, media=media, decisions=decisions
            )
        cost = training_cost(run.plan, prepared.training_tokens, prepared.train.records)
        outputs = {name: plain(getattr(prepared, name)) for name in (*SIDES, "rejected")}
        records = {name: each["records"] for name, each in outputs.items()}
        section = {
            **run.dataset,
            "records": {
                **records,
                "rejected": prepared.rejected.records - prepared.dropped,
                "dropped": prepared.dropped,
            },
            "tokens": prepared.training_tokens,
            "outputs": outputs,
            "redacted": prepared.redacted,
            "seed": prepared.seed,
            "tool_version": __version__,
        }
        estimate = {"training_usd_estimate": cost.usd, "why": cost.why}
        run = self.records.update(run, dataset=section, cost=estimate)
        check_training_budget(run.plan, cost)
        return run

    def _report(self, run: Run) -> ValidationReport:
        key = run.layout.dataset("report.json")
        return ValidationReport.from_json(self.artifacts.read(key, limit=_LARGEST_REPORT))

    def _output_of(self, run: Run) -> Callable[[str], ObjectOutput]:
        return lambda name: self.artifacts.output(run.layout.dataset(name))

    def _sources(self, run: Run) -> Mapping[Side, Sequence[SourceFile]]:
        return {
            side: [self._source(pinned) for pinned in run.files.get(side, ())] for side in SIDES
        }

    def _source(self, pinned: Mapping[str, Any]) -> SourceFile:
        key, version_id = pinned["key"], pinned["version_id"]
        return SourceFile(
            name=key.split("/", _FOLDERS_ABOVE)[-1],
            chunks=lambda: self.datasets.chunks(key, version_id),
            size=pinned["size"],
        )

    def _claim(self, run: Run, report: ValidationReport) -> Run:
        """Hold these bytes for this recipe, or find the run that holds them."""
        claim = {"pk": f"dataset#{run.recipe}#{_fingerprint(run, report)}", "holder": run.run_id}
        free = "attribute_not_exists(pk) OR holder = :holder"
        if self.table.put(claim, condition=free, holder=run.run_id):
            return run
        holder = str((self.table.get(claim["pk"]) or {}).get("holder", ""))
        other = self.records.find(holder)
        holds = other is not None and (other.status != ENDED or other.outcome in _SUCCESSES)
        if holds and not run.again:
            return self.records.update(run, unchanged_since=holder)
        if self.table.put(claim, condition="holder = :holder", holder=holder):
            return run
        return self._claim(run, report)


def _section(report: ValidationReport) -> dict[str, Any]:
    """The part of a report that the run's record holds."""
    return {
        "records": plain(report.records),
        "records_found": report.records.total,
        "tokens": report.training_tokens,
        "counts": report.counts,
        "errors": report.errors,
        "warnings": report.warnings,
        "findings": plain(report.findings[:_SHOWN_FINDINGS]),
        "files": plain(report.files),
        "digest": report.digest,
    }


def _fingerprint(run: Run, report: ValidationReport) -> str:
    """One name for the bytes of the files, the versions of their media, and the recipe."""
    media = (run.dataset.get("media") or {}).get("digest", "")
    digest, recipe = report.digest + media, to_json(run.plan)
    return hashlib.sha256(f"{digest}\0{recipe}".encode()).hexdigest()
