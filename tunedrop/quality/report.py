"""The result of the quality checks: one object for the record, the command line and the page."""

from typing import Any

import msgspec
from msgspec import Struct

from tunedrop.dataset.findings import Finding
from tunedrop.quality.confidential import KindCount
from tunedrop.quality.coverage import DatasetSummary, Drift, SetCoverage


class Group(Struct, frozen=True, kw_only=True):
    """Records that belong together: how many, the first few, and two of them as an example.

    `similarity` is that of the example: 1.0 where both say exactly the same.
    """

    size: int
    members: tuple[int, ...]
    example: tuple[int, int]
    similarity: float | None = None


class DuplicateFacts(Struct, frozen=True, kw_only=True):
    """`exact` records repeat an earlier one; `near` are beyond the first of their group."""

    exact: int
    near: int
    groups: int
    largest: tuple[Group, ...]


class LeakFacts(Struct, frozen=True, kw_only=True):
    """Records outside training that occur in it, or of which the prompt alone does.

    The examples are (tested, trained, similarity), which is None where it is the prompt alone.
    """

    exact: int
    near: int
    examples: tuple[tuple[int, int, float | None], ...]
    prompts: int = 0


class LabelFacts(Struct, frozen=True, kw_only=True):
    """The labels, most frequent first, each with its records; `left_out` labels are not listed.

    `noise` is (record, place in `labels` of the label that speaks for itself, or -1).
    """

    count: int
    labels: tuple[tuple[str, int], ...]
    left_out: int
    dominant: str | None
    rare: tuple[str, ...]
    similar: tuple[tuple[str, str], ...]
    agreement: float | None
    disagreeing: int
    noisy: int
    noise: tuple[tuple[int, int], ...]


class QualityReport(Struct, frozen=True, kw_only=True):
    """What a dataset is worth. Records are named by their place in the order of reading, from 0.

    `places` says where those that are named stand; `effective_records` is what remains without
    exact and near duplicates, `distinct_share` the different word pairs among all. `settled` are
    the codes of what was found and asks nothing more of anybody.
    """

    records: dict[str, int]
    characters: int
    effective_records: int
    distinct_share: float
    compression_ratio: float
    same_completion_share: float
    counts: dict[str, int]
    findings: tuple[Finding, ...]
    examples: dict[str, tuple[int, ...]]
    duplicates: DuplicateFacts
    contradictions: tuple[Group, ...]
    confidential: tuple[KindCount, ...]
    leaks: LeakFacts
    labels: LabelFacts | None
    coverage: SetCoverage | None
    summary: DatasetSummary
    drift: Drift | None = None
    settled: tuple[str, ...] = ()
    places: dict[int, str] = {}

    @property
    def named_records(self) -> list[int]:
        """Every record that stands as an example for something."""
        groups = (*self.duplicates.largest, *self.contradictions)
        named = [
            *self.examples.values(),
            *(each.members for each in groups),
            *(each.examples for each in self.confidential),
            *(pair[:2] for pair in self.leaks.examples),
            *(pair[:1] for pair in (self.labels.noise if self.labels else ())),
        ]
        return sorted({record for records in named for record in records})

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Findings that are errors."""
        return tuple(each for each in self.findings if each.severity == "error")

    def to_json(self) -> str:
        """As `from_json` takes it."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "QualityReport":
        """A report that `to_json` wrote."""
        return msgspec.json.decode(text, type=cls)

    def to_object(self) -> dict[str, Any]:
        """As plain JSON data."""
        return dict(msgspec.to_builtins(self))
