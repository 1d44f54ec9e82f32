"""What a run costs in Step Functions: state transitions, and history events while it waits."""

import time
from collections.abc import Iterator
from typing import Any

from bench.cloud import DeployedCloud, deployed_cloud
from bench.imports import ROOT
from bench.measurement import Measurement
from localcloud.bedrock.faults import Faults
from localcloud.pace import PACE

_RECIPE = "support-summaries"
_EVENTS_LIMIT = 20
_HOUR_SECONDS = 3600 / PACE


def workflow() -> Iterator[Measurement]:
    """A run to its end, then an emulated hour of waiting for a job that stays in its queue."""
    with deployed_cloud() as cloud:
        yield Measurement(
            name="state transitions of a run that succeeds",
            value=_transitions(cloud),
            unit="transitions",
        )
        yield Measurement(
            name="history events in an hour of waiting",
            value=_events_while_waiting(cloud),
            unit="events",
            compared_with=_EVENTS_LIMIT,
            meaning=f"of the {_EVENTS_LIMIT} that there may be",
        )


def _transitions(cloud: DeployedCloud) -> int:
    execution = _drop(cloud, "first.jsonl")
    while _status(cloud, execution) == "RUNNING":
        time.sleep(0.2)
    return sum(event["type"].endswith("StateEntered") for event in _history(cloud, execution))


def _events_while_waiting(cloud: DeployedCloud) -> int:
    Faults(cloud.endpoint_url).order("job_stuck")
    execution = _drop(cloud, "second.jsonl", again=True)
    while not _is_waiting(cloud, execution):
        time.sleep(0.2)
    before = len(_history(cloud, execution))
    time.sleep(_HOUR_SECONDS)
    return len(_history(cloud, execution)) - before


def _drop(cloud: DeployedCloud, name: str, *, again: bool = False) -> str:
    lines = (ROOT / "samples" / f"{_RECIPE}.jsonl").read_bytes().splitlines(keepends=True)
    body = b"".join(lines[1:] if again else lines)
    stepfunctions = cloud.client("stepfunctions")
    machine = cloud.outputs["StateMachineArn"]
    known = _executions(stepfunctions, machine)
    cloud.client("s3").put_object(
        Bucket=cloud.outputs["DatasetsBucketName"], Key=f"datasets/{_RECIPE}/{name}", Body=body
    )
    while not (new := _executions(stepfunctions, machine) - known):
        time.sleep(0.1)
    return new.pop()


def _executions(stepfunctions: Any, machine: str) -> set[str]:
    listed = stepfunctions.list_executions(stateMachineArn=machine)["executions"]
    return {each["executionArn"] for each in listed}


def _status(cloud: DeployedCloud, execution: str) -> str:
    stepfunctions = cloud.client("stepfunctions")
    return str(stepfunctions.describe_execution(executionArn=execution)["status"])


def _is_waiting(cloud: DeployedCloud, execution: str) -> bool:
    return any(
        event.get("stateEnteredEventDetails", {}).get("name") == "WaitForCustomizationJob"
        for event in _history(cloud, execution)
    )


def _history(cloud: DeployedCloud, execution: str) -> list[dict[str, Any]]:
    pages = cloud.client("stepfunctions").get_paginator("get_execution_history")
    return [event for page in pages.paginate(executionArn=execution) for event in page["events"]]
