"""The deployed service, as its users see it: buckets, executions, parameters, the command line."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import boto3
from boto3.dynamodb.types import TypeDeserializer
from botocore.config import Config

from localcloud import place, shell
from localcloud.bedrock.faults import Faults

TUNEDROP = str(Path(sys.executable).with_name("tunedrop"))
_END_WITHIN_SECONDS = 300.0
_LOOK_EVERY_SECONDS = 0.2
_RUNNING, _STARTED = "RUNNING", "RunStarted"
_T = TypeVar("_T")


class ServiceError(Exception):
    """The service did not do what anybody may expect of it; the message says where to look."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """The stage `dev` of an embedded cloud; `state` is where that cloud keeps its files."""

    endpoint_url: str
    outputs: Mapping[str, str]
    state: Path
    region: str = place.REGION
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, name: str) -> Any:
        """An unmodified boto3 client, which retries nothing: the first answer is seen."""
        if name not in self._clients:
            session = boto3.Session(
                region_name=self.region,
                aws_access_key_id=shell.DUMMY_CREDENTIALS["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=shell.DUMMY_CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            )
            config = Config(retries={"total_max_attempts": 1}, read_timeout=100)
            self._clients[name] = session.client(
                name, endpoint_url=self.endpoint_url, config=config
            )
        return self._clients[name]

    @property
    def bedrock(self) -> Any:
        """Bedrock's control plane."""
        return self.client("bedrock")

    @property
    def faults(self) -> Faults:
        """Orders faults at the embedded cloud."""
        return Faults(self.endpoint_url)

    def put(self, key: str, content: bytes) -> str:
        """Put an object into the datasets bucket; returns its version."""
        bucket = self.outputs["DatasetsBucketName"]
        return str(self.client("s3").put_object(Bucket=bucket, Key=key, Body=content)["VersionId"])

    def artifact(self, key: str) -> bytes | None:
        """An object of the artifacts bucket, or None."""
        s3 = self.client("s3")
        try:
            got = s3.get_object(Bucket=self.outputs["ArtifactsBucketName"], Key=key)
        except s3.exceptions.NoSuchKey:
            return None
        return bytes(got["Body"].read())

    def answer(
        self, key: str, version: str | None = None, *, final: bool = False
    ) -> dict[str, Any]:
        """The latest answer to a drop (of that version), or the one at the end of its run."""

        def look() -> dict[str, Any]:
            answer = dict(json.loads(self.artifact(f"answers/{key}.json") or b"{}"))
            is_meant = version in (None, answer.get("version_id"))
            return answer if is_meant and not (final and answer.get("outcome") == _STARTED) else {}

        return self.eventually(look, f"an answer to {key}")

    def execution_arn(self, run_id: str) -> str:
        """The execution that carries out a run."""
        machine = self.outputs["StateMachineArn"]
        return f"{machine.replace(':stateMachine:', ':execution:')}:{run_id}"

    def execution(self, run_id: str) -> dict[str, Any]:
        """What Step Functions says of a run's execution."""
        arn = self.execution_arn(run_id)
        return dict(self.client("stepfunctions").describe_execution(executionArn=arn))

    def is_over(self, run_id: str) -> bool:
        """Whether a run's execution has ended."""
        return bool(self.execution(run_id)["status"] != _RUNNING)

    def events(self, run_id: str) -> list[dict[str, Any]]:
        """The history of a run's execution so far."""
        pages = self.client("stepfunctions").get_paginator("get_execution_history")
        return [
            event
            for page in pages.paginate(executionArn=self.execution_arn(run_id))
            for event in page["events"]
        ]

    def states(self, run_id: str) -> list[str]:
        """The states that a run has entered so far."""
        entered = (event.get("stateEnteredEventDetails") for event in self.events(run_id))
        return [event["name"] for event in entered if event]

    def record(self, run_id: str) -> dict[str, Any]:
        """run.json of a run, once it has ended."""
        recipe = run_id.rsplit("-", 2)[0]
        key = f"runs/{recipe}/{run_id}/run.json"
        found = self.eventually(lambda: self.artifact(key), key)
        return dict(json.loads(found or b"{}"))

    def model(self, recipe: str) -> str:
        """What the applications of a recipe invoke."""
        name = f"/tunedrop/dev/{recipe}/model"
        return str(self.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])

    def tunedrop(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run the command line against this cloud, as people do."""
        return subprocess.run(
            [TUNEDROP, *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def environment(self) -> dict[str, str]:
        """The environment in which the command line speaks to this cloud."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        return inherited | shell.client_settings(self.endpoint_url, self.region)

    def items(self) -> list[dict[str, Any]]:
        """Everything in the runs table, as plain data."""
        pages = self.client("dynamodb").get_paginator("scan")
        return [
            _plain(item)
            for page in pages.paginate(TableName=self.outputs["RunsTableName"])
            for item in page["Items"]
        ]

    def item(self, key: str) -> dict[str, Any]:
        """An item of the runs table as plain data; empty where there is none."""
        got = self.client("dynamodb").get_item(
            TableName=self.outputs["RunsTableName"], Key={"pk": {"S": key}}, ConsistentRead=True
        )
        return _plain(got.get("Item", {}))

    def sweep(self) -> dict[str, Any]:
        """Invoke the hourly sweep now, as the runbook says; what it did."""
        functions = self.client("lambda").get_paginator("list_functions").paginate()
        name = next(
            each["FunctionName"]
            for page in functions
            for each in page["Functions"]
            if each.get("Description") == "Tunedrop: Sweep"
        )
        answer = self.client("lambda").invoke(FunctionName=name)
        swept = dict(json.load(answer["Payload"]))
        if "FunctionError" in answer:
            raise ServiceError(f"The sweep failed: {swept.get('errorMessage')}")
        return swept

    def eventually(
        self, look: Callable[[], _T], what: str, *, within: float = _END_WITHIN_SECONDS
    ) -> _T:
        """The first thing that a look shows; a `ServiceError` that names `what` never came."""
        deadline = time.monotonic() + within
        while not (seen := look()):
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"There was not {what} within {within:.0f} s. What the functions printed is "
                    f"in {self.state / 'logs'}, what the cloud did in "
                    f"{self.state / 'localcloud.log'}."
                )
            time.sleep(_LOOK_EVERY_SECONDS)
        return seen


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    read = TypeDeserializer().deserialize
    text = json.dumps({name: read(value) for name, value in item.items()}, default=float)
    return dict(json.loads(text))
