"""Drops datasets into a deployed embedded cloud and follows what becomes of them."""

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.localcloud.cloud_process import ROOT, RunningCloud, eventually

SUMMARIES = "support-summaries"
ROUTING = "ticket-routing"
_ENDED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")
# A look costs the cloud a few milliseconds, which the runs that are waited for could use.
_RUN_WITHIN_SECONDS = 240.0
_PATIENTLY = {"within": _RUN_WITHIN_SECONDS, "every": 0.2}


def sample(recipe: str, records: int = 60, seed: int = 0) -> bytes:
    """Some records of a shipped sample; another seed draws others."""
    text = (ROOT / "samples" / f"{recipe}.jsonl").read_text(encoding="utf-8-sig")
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(random.Random(seed).sample(lines, records)).encode() + b"\n"


@dataclass(frozen=True)
class Service:
    """The deployed service, as its three users see it."""

    cloud: RunningCloud

    @property
    def outputs(self) -> dict[str, str]:
        return self.cloud.outputs

    @cached_property
    def bedrock(self) -> Any:
        return self.cloud.client("bedrock")

    def drop(self, key: str, content: bytes) -> str:
        """Put an object into the datasets bucket; returns its version."""
        put = self.cloud.client("s3").put_object(
            Bucket=self.outputs["DatasetsBucketName"], Key=key, Body=content
        )
        return str(put["VersionId"])

    def answer(self, key: str, version: str, *, final: bool = False) -> dict[str, Any]:
        """The answer to a drop; with `final`, the one that comes when its run ends."""

        def look() -> dict[str, Any]:
            found = self.artifact(f"answers/{key}.json")
            answer = json.loads(found) if found else {}
            is_new = answer.get("version_id") == version
            is_final = answer.get("outcome") != "RunStarted"
            return answer if is_new and (is_final or not final) else {}

        answer = eventually(look, **_PATIENTLY)
        assert answer, f"no answer to {key}"
        return answer

    def run(self, recipe: str, name: str, content: bytes) -> dict[str, Any]:
        """Drop a dataset and wait for the answer at the end of its run."""
        key = f"datasets/{recipe}/{name}.jsonl"
        return self.answer(key, self.drop(key, content), final=True)

    def start(self, recipe: str, name: str, content: bytes) -> str:
        """Drop a dataset and wait for its run to start; returns the run_id."""
        key = f"datasets/{recipe}/{name}.jsonl"
        return str(self.answer(key, self.drop(key, content))["run_id"])

    def artifact(self, key: str) -> bytes | None:
        """An object of the artifacts bucket, or None."""
        s3 = self.cloud.client("s3")
        try:
            got = s3.get_object(Bucket=self.outputs["ArtifactsBucketName"], Key=key)
        except s3.exceptions.NoSuchKey:
            return None
        return bytes(got["Body"].read())

    def execution_arn(self, run_id: str) -> str:
        machine = self.outputs["StateMachineArn"]
        return machine.replace(":stateMachine:", ":execution:") + f":{run_id}"

    def execution(self, run_id: str) -> dict[str, Any]:
        """The execution of a run, once it has ended."""
        states = self.cloud.client("stepfunctions")

        def look() -> dict[str, Any]:
            found = states.describe_execution(executionArn=self.execution_arn(run_id))
            return dict(found) if found["status"] in _ENDED else {}

        ended = eventually(look, **_PATIENTLY)
        assert ended, f"{run_id} has not ended"
        return ended

    def states(self, run_id: str) -> list[str]:
        """The states that a run has entered so far."""
        pages = self.cloud.client("stepfunctions").get_paginator("get_execution_history")
        return [
            event["stateEnteredEventDetails"]["name"]
            for page in pages.paginate(executionArn=self.execution_arn(run_id))
            for event in page["events"]
            if "stateEnteredEventDetails" in event
        ]

    def wait_for_state(self, run_id: str, state: str) -> None:
        """Wait until a run has entered a state."""
        assert eventually(lambda: state in self.states(run_id), within=_RUN_WITHIN_SECONDS)

    def record(self, run_id: str) -> dict[str, Any]:
        """run.json of a run that has ended."""
        recipe = run_id.rsplit("-", 2)[0]
        found = eventually(lambda: self.artifact(f"runs/{recipe}/{run_id}/run.json"), **_PATIENTLY)
        assert found, f"{run_id} left no record"
        return dict(json.loads(found))

    def model(self, recipe: str) -> str:
        """What the applications of a recipe invoke."""
        parameter = self.cloud.client("ssm").get_parameter(Name=f"/tunedrop/dev/{recipe}/model")
        return str(parameter["Parameter"]["Value"])

    def resources(self, run_id: str) -> list[str]:
        """All that a run has in Bedrock that bills or works."""
        return [arn for arn in self._all() if f"/{run_id}-" in arn]

    def _all(self) -> Iterable[str]:
        for job in self._pages("list_model_customization_jobs", "modelCustomizationJobSummaries"):
            if job["status"] in ("InProgress", "Stopping"):
                yield f"job/{job['jobName']}"
        for each in self._pages("list_custom_models", "modelSummaries"):
            yield f"model/{each['modelName']}"
        for each in self._pages("list_provisioned_model_throughputs", "provisionedModelSummaries"):
            yield f"throughput/{each['provisionedModelName']}"
        for each in self._pages("list_custom_model_deployments", "modelDeploymentSummaries"):
            yield f"deployment/{each['customModelDeploymentName']}"

    def _pages(self, operation: str, member: str) -> Iterable[dict[str, Any]]:
        for page in self.bedrock.get_paginator(operation).paginate():
            yield from page[member]
