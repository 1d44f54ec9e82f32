"""Reads how an execution ended, also when the run's record was never opened."""

from datetime import datetime
from typing import Any

import msgspec

from tunedrop.layout import DATASETS_PREFIX
from tunedrop.outcome import failure_from
from tunedrop.run import RUNNING, Failure, Run, Source, timestamp
from tunedrop.settings import Settings

_UNKNOWN = "unknown"


def failure_of(caught: dict[str, Any] | None, status: str) -> Failure:
    """Why a run ends: what the workflow caught, or what became of its execution."""
    if caught:
        return failure_from(str(caught.get("Error", "")), str(caught.get("Cause", "")))
    if status == "ABORTED":
        return Failure(error="RunCancelledError", cause="Somebody stopped the execution.")
    return Failure(
        error=f"Execution{status.title().replace('_', '')}",
        cause=f"The execution ended {status} without cleaning up; its history tells why.",
    )


def run_of_execution(
    run_id: str, execution_arn: str, given: str, settings: Settings, now: datetime
) -> Run:
    """The run that an execution's name and input describe, for when no record was opened."""
    source = source_of(given)
    parts = source.key.split("/")
    is_dataset = source.key.startswith(DATASETS_PREFIX) and len(parts) > 1
    return Run(
        run_id=run_id,
        # The table's index takes no empty key: "datasets//a.jsonl" names no recipe.
        recipe=(parts[1] if is_dataset else "") or _UNKNOWN,
        stage=settings.tunedrop_stage,
        status=RUNNING,
        source=source,
        started_at=timestamp(now),
        execution_arn=execution_arn,
    )


def source_of(given: str) -> Source:
    """The object version that an execution's input names; an empty one where it names none."""
    fields = msgspec.json.decode(given)
    if not isinstance(fields, dict):
        fields = {}
    return Source(**{name: str(fields.get(name, "")) for name in ("bucket", "key", "version_id")})
