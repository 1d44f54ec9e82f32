"""Drops datasets into a deployed embedded cloud and follows what becomes of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from localcloud import service
from tests.localcloud.cloud_process import RunningCloud


@dataclass(frozen=True, kw_only=True)
class Service(service.Service):
    """The deployed service, and what tests alone do with it; `cloud` is the process."""

    cloud: RunningCloud

    def run(self, recipe: str, name: str, content: bytes) -> dict[str, Any]:
        """Drop a dataset and wait for the answer at the end of its run."""
        key = f"datasets/{recipe}/{name}.jsonl"
        return self.answer(key, self.put(key, content), final=True)

    def start(self, recipe: str, name: str, content: bytes) -> str:
        """Drop a dataset and wait for its run to start; returns the run_id."""
        key = f"datasets/{recipe}/{name}.jsonl"
        return str(self.answer(key, self.put(key, content))["run_id"])

    def ended(self, run_id: str) -> dict[str, Any]:
        """The execution of a run, once it has ended."""
        self.eventually(lambda: self.is_over(run_id), f"an end of {run_id}")
        return self.execution(run_id)

    def wait_for_state(self, run_id: str, state: str) -> None:
        """Wait until a run has entered a state."""
        self.eventually(lambda: state in self.states(run_id), f"{run_id} in {state}")

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


def service_in(cloud: RunningCloud) -> Service:
    """The service that is deployed in a cloud."""
    return Service(
        cloud=cloud,
        endpoint_url=cloud.endpoint_url,
        outputs=cloud.outputs,
        state=cloud.state,
        region=cloud.region,
    )
