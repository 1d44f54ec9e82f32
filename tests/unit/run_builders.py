"""Runs as unit tests need them, and records that keep them in memory."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import structs

from tunedrop import recipe as recipes
from tunedrop.errors import RunEndingError
from tunedrop.recipe import Recipe
from tunedrop.run import RUNNING, Job, Run, Source, timestamp

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RUN_ID = "support-20261122-0123456789ab"


def recipe(**sections: Any) -> Recipe:
    """A recipe for Nova Micro that asks for nothing."""
    given = {"base_model": "amazon.nova-micro-v1:0:128k", "method": "instruction_tuning"}
    return recipes.load({"name": "support", **given, **sections})


def run(planned: Recipe | None = None, **sections: Any) -> Run:
    """A running run of one dataset."""
    source = Source(bucket="datasets", key="datasets/support/a.jsonl", version_id="v1")
    given = {
        "run_id": RUN_ID,
        "recipe": "support",
        "stage": "dev",
        "status": RUNNING,
        "source": source,
        "started_at": timestamp(NOW),
        "dropped_at": timestamp(NOW),
        "snapshot": msgspec.to_builtins(planned or recipe()),
    }
    return Run(**{**given, **sections})


def job(**fields: Any) -> Job:
    """A job that Bedrock has taken."""
    given = {"attempt": 1, "name": f"{RUN_ID}-1", "intended_at": timestamp(NOW), "arn": "arn:job"}
    return Job(**{**given, **fields})


@dataclass
class KeptRecords:
    """The record of one run, kept in memory."""

    run: Run
    written: list[str] = field(default_factory=list)

    def find(self, run_id: str) -> Run | None:
        return self.run if run_id == self.run.run_id else None

    def update(self, run: Run, **sections: Any) -> Run:
        if self.run.status != RUNNING:
            raise RunEndingError(f"The run {run.run_id} is ending.")
        self.written += sections
        self.run = structs.replace(self.run, **sections)
        return self.run

    def update_attempt(self, run: Run, **sections: Any) -> Run | None:
        same = self.run.job and run.job and self.run.job.name == run.job.name
        return self.update(run, **sections) if same else None

    def update_waiting(self, run: Run, **sections: Any) -> bool:
        waits = self.run.wait == run.wait
        return waits and bool(self.update(run, **sections))
