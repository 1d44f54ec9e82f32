"""Validates and prepares with the quality checks, as the service does, in memory."""

from dataclasses import dataclass
from typing import Any

from dataset_builders import file_of
from prepared import MemoryOutput

from tunedrop.dataset.decisions import Decisions
from tunedrop.dataset.preparation import PreparedDataset, prepare
from tunedrop.dataset.report import ValidationReport
from tunedrop.dataset.validation import validate
from tunedrop.quality.curation import Curation
from tunedrop.recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class Curated:
    """What became of a dataset; `files` are those that were written, by name."""

    report: ValidationReport
    curation: Curation
    files: dict[str, bytes]
    prepared: PreparedDataset

    def lines(self, name: str) -> list[bytes]:
        """The lines of a written file; none where there is no such file."""
        return self.files.get(f"{name}.jsonl", b"").splitlines()


def curated(recipe: Recipe, train: bytes, **more: Any) -> Curated:
    """Over a training file and files of other roles."""
    record_limit, champion = more.pop("record_limit", None), more.pop("champion", None)
    files = {role: [file_of(data, f"{role}.jsonl")] for role, data in more.items()}
    files = {"train": [file_of(train)], **files}
    curation = Curation(recipe, champion=champion)
    report = validate(files, recipe, record_limit, curator=curation)
    outputs: dict[str, MemoryOutput] = {}
    prepared = prepare(
        files,
        recipe,
        report,
        lambda name: outputs.setdefault(name, MemoryOutput()),
        decisions=Decisions.from_bytes(curation.decisions.to_bytes()),
    )
    written = {name: output.getvalue() for name, output in outputs.items()}
    return Curated(report=report, curation=curation, files=written, prepared=prepared)
