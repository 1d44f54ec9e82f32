"""Runs that are stopped: whatever they were doing, nothing is left that works or bills."""

import pytest

from localcloud.bedrock.faults import Faults
from localcloud.scenarios.datasets import SUMMARIES, drawn
from tests.localcloud.cloud_process import RunningCloud, eventually
from tests.localcloud.runs import Service, service_in

# Each run is stopped once it has entered the state; slow calls make sure that it is caught there.
# In the others a run has made no more than in the one before.
# Throughput that is being created meanwhile is the scenario `stopped`.
STATES = (
    "PrepareRun",
    "CreateCustomizationJob",
    "WaitForCustomizationJob",
    "DeployOnDemand",
    "WaitForDeployment",
    "TestDeployment",
)
_SLOW_CALLS = {
    "CreateCustomizationJob": "CreateModelCustomizationJob",
    "DeployOnDemand": "CreateCustomModelDeployment",
    "WaitForDeployment": "GetCustomModelDeployment",
    "TestDeployment": "Converse",
}
_WITHIN_SECONDS = 60


@pytest.fixture
def service(deployed_cloud: RunningCloud) -> Service:
    return service_in(deployed_cloud)


def stop_in(service: Service, run_id: str, state: str) -> None:
    """Stop a run's execution as soon as it has entered a state."""
    service.wait_for_state(run_id, state)
    service.cloud.client("stepfunctions").stop_execution(executionArn=service.execution_arn(run_id))


@pytest.mark.parametrize("state", STATES)
def test_run_stopped_in_any_state_leaves_nothing_that_works_or_bills(
    service: Service, state: str
) -> None:
    key = f"datasets/{SUMMARIES}/stopped-in-{state.lower()}.jsonl"
    if call := _SLOW_CALLS.get(state):
        Faults(service.cloud.endpoint_url).order("slow", operation=call, delay=2.0)
    version = service.put(key, drawn(SUMMARIES, records=50, seed=200 + STATES.index(state)))
    run_id = service.answer(key, version)["run_id"]
    stop_in(service, run_id, state)
    record = service.record(run_id)
    assert record["outcome"] == "RunCancelled", record["cause"]
    assert "Still billing: nothing" in record["cause"]
    assert not service.resources(run_id)
    assert service.answer(key, version, final=True)["outcome"] == "RunCancelled"


def test_job_that_is_being_created_when_the_run_is_stopped_is_stopped_once_it_has_landed(
    service: Service,
) -> None:
    def landed() -> list[str]:
        return [each for each in service.resources(run_id) if each.startswith("job/")]

    Faults(service.cloud.endpoint_url).order(
        "slow", operation="CreateModelCustomizationJob", delay=4.0
    )
    run_id = service.start(SUMMARIES, "in-flight", drawn(SUMMARIES, records=50, seed=51))
    assert eventually(lambda: _has_intent(service, run_id), within=_WITHIN_SECONDS)
    service.cloud.client("stepfunctions").stop_execution(executionArn=service.execution_arn(run_id))
    assert not landed(), "the call was not in flight any more"
    assert eventually(landed, within=_WITHIN_SECONDS)
    assert "Still billing: nothing" in service.record(run_id)["cause"]
    assert not service.resources(run_id)


def _has_intent(service: Service, run_id: str) -> bool:
    """Whether a run has written down that it is about to create a job."""
    item = service.cloud.client("dynamodb").get_item(
        TableName=service.outputs["RunsTableName"], Key={"pk": {"S": f"run#{run_id}"}}
    )
    return "job" in item.get("Item", {})
