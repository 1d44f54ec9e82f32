"""What the quality checks know of a run's dataset, beside the run and in its record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tunedrop.dataset.decisions import Decisions
from tunedrop.dataset.report import counted
from tunedrop.layout import RunLayout
from tunedrop.objects import Objects
from tunedrop.records import RunRecords
from tunedrop.run import Run, plain
from tunedrop.serving.champions import Champions

if TYPE_CHECKING:
    from tunedrop.quality.curation import Curation
    from tunedrop.quality.report import QualityReport

REPORT, DECISIONS, FINGERPRINTS = "quality.json", "decisions.bin", "fingerprints.bin"
_SHOWN_FINDINGS = 3
_LARGEST = 512 << 20


@dataclass(frozen=True, kw_only=True)
class RunQuality:
    """Reads what is known of the champion's dataset, and keeps what is found of a run's."""

    artifacts: Objects
    records: RunRecords
    champions: Champions

    def curation(self, run: Run) -> Curation:
        """Judges the run's records, by those of the champion too."""
        from tunedrop.quality.curation import Curation
        from tunedrop.quality.leakage import Fingerprints
        from tunedrop.quality.report import QualityReport

        layout = self._champions_layout(run)
        known = self._read(layout, FINGERPRINTS) if run.plan.evaluation.beat else None
        report = self._read(layout, REPORT)
        return Curation(
            run.plan,
            champion=Fingerprints.from_bytes(known) if known else None,
            before=QualityReport.from_json(report).summary if report else None,
        )

    def keep(self, run: Run, curation: Curation) -> dict[str, Any]:
        """Write what later states, runs and people read; the section of the run's record."""
        report = curation.report
        if report is None:
            return {}
        self._write(run, REPORT, report.to_json().encode(), "application/json")
        self._write(run, FINGERPRINTS, curation.fingerprints.to_bytes(), _BINARY)
        output = self.artifacts.output(run.layout.dataset(DECISIONS))
        output.write(curation.decisions.to_bytes())
        output.close()
        return _section(report, curation.dropped, curation.moved)

    def decisions(self, run: Run) -> Decisions:
        """What was decided of each record."""
        key = run.layout.dataset(DECISIONS)
        return Decisions.from_bytes(self.artifacts.read(key, limit=_LARGEST))

    def _champions_layout(self, run: Run) -> RunLayout | None:
        champion = self.champions.state(run.recipe).champion
        trained = self.records.find(champion.run_id) if champion else None
        return trained.data_layout if trained else None

    def _read(self, layout: RunLayout | None, name: str) -> bytes | None:
        key = layout.dataset(name) if layout else ""
        if not key or self.artifacts.find(key) is None:
            return None
        return self.artifacts.read(key, limit=_LARGEST)

    def _write(self, run: Run, name: str, content: bytes, content_type: str) -> None:
        self.artifacts.write(run.layout.dataset(name), content, content_type)


_BINARY = "application/octet-stream"


def _section(report: QualityReport, dropped: Mapping[str, int], moved: int) -> dict[str, Any]:
    """What the run's record holds of it: small, and without a word of a record."""
    return {
        "records": report.records,
        "effective_records": report.effective_records,
        "counts": report.counts,
        "dropped": dict(dropped),
        "moved": moved,
        "verdict": _verdict(report, sum(dropped.values())),
        "findings": plain(report.findings[:_SHOWN_FINDINGS]),
    }


def _repetition(measured: int, effective: int) -> str:
    found = counted(measured, "record")
    if measured == effective:
        return f"{found} without repetition."
    return f"{found} say what {effective:,} would say without repetition."


def _verdict(report: QualityReport, dropped: int) -> list[str]:
    measured = report.summary.records
    sentences = [_repetition(measured, report.effective_records)]
    if dropped:
        sentences.append(f"{counted(dropped, 'record')} are not used for what they say.")
    errors = len(report.blocking)
    warnings = len(report.findings) - errors
    found = f"{counted(errors, 'error')} and {counted(warnings, 'warning')}"
    return [*sentences, f"The quality checks found {found}."]
