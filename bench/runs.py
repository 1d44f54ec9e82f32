"""Runs in a deployed cloud, as their users start and follow them."""

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from bench.cloud import DeployedCloud

Record = Mapping[str, str]


def drop(cloud: DeployedCloud, recipe: str, name: str, body: bytes) -> str:
    """Drop an object that starts a run; returns the ARN of its execution."""
    machine = cloud.outputs["StateMachineArn"]
    known = _executions(cloud, machine)
    put(cloud, recipe, name, body)
    while not (new := _executions(cloud, machine) - known):
        time.sleep(0.1)
    return new.pop()


def put(cloud: DeployedCloud, recipe: str, name: str, body: bytes) -> None:
    """Put an object at the recipe's place."""
    bucket = cloud.outputs["DatasetsBucketName"]
    cloud.client("s3").put_object(Bucket=bucket, Key=f"datasets/{recipe}/{name}", Body=body)


def lines(records: Iterable[Record]) -> bytes:
    """Records as a JSON Lines file."""
    return "".join(f"{json.dumps(each)}\n" for each in records).encode()


def ended(cloud: DeployedCloud, execution: str) -> str:
    """Wait for the end of an execution; returns its status."""
    stepfunctions = cloud.client("stepfunctions")
    while True:
        status: str = stepfunctions.describe_execution(executionArn=execution)["status"]
        if status != "RUNNING":
            return status
        time.sleep(0.2)


def states(cloud: DeployedCloud, execution: str) -> list[str]:
    """The states that an execution has entered so far."""
    entered = (each.get("stateEnteredEventDetails") for each in history(cloud, execution))
    return [str(each["name"]) for each in entered if each]


def history(cloud: DeployedCloud, execution: str) -> list[dict[str, Any]]:
    """The events of an execution so far."""
    pages = cloud.client("stepfunctions").get_paginator("get_execution_history")
    return [event for page in pages.paginate(executionArn=execution) for event in page["events"]]


def _executions(cloud: DeployedCloud, machine: str) -> set[str]:
    listed = cloud.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    return {each["executionArn"] for each in listed}
