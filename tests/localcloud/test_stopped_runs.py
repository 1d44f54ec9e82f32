"""Runs that are stopped: whatever they were doing, nothing is left that works or bills."""

from collections.abc import Iterator

import pytest

from localcloud.bedrock.faults import Faults
from tests.localcloud.cloud_process import eventually, running_cloud
from tests.localcloud.runs import ROUTING, SUMMARIES, Service, sample

# Each run is stopped once it has entered the state; slow calls make sure that it is caught there.
STATES = (
    (SUMMARIES, "PrepareRun"),
    (SUMMARIES, "ValidateDataset"),
    (SUMMARIES, "UploadDataset"),
    (SUMMARIES, "CreateCustomizationJob"),
    (SUMMARIES, "WaitForCustomizationJob"),
    (SUMMARIES, "EvaluateModel"),
    (SUMMARIES, "DeployOnDemand"),
    (SUMMARIES, "WaitForDeployment"),
    (SUMMARIES, "TestDeployment"),
    (ROUTING, "ProvisionThroughput"),
    (ROUTING, "WaitForDeployment"),
)
_CREATES = {
    "CreateCustomizationJob": "CreateModelCustomizationJob",
    "DeployOnDemand": "CreateCustomModelDeployment",
    "ProvisionThroughput": "CreateProvisionedModelThroughput",
}
_WITHIN_SECONDS = 60


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_cloud(tmp_path_factory.mktemp("stopped_cloud")) as cloud:
        yield Service(cloud)


def stop_in(service: Service, run_id: str, state: str) -> None:
    """Stop a run's execution as soon as it has entered a state."""
    service.wait_for_state(run_id, state)
    service.cloud.client("stepfunctions").stop_execution(executionArn=service.execution_arn(run_id))


@pytest.mark.parametrize(("recipe", "state"), STATES)
def test_run_stopped_in_any_state_leaves_nothing_that_works_or_bills(
    service: Service, recipe: str, state: str
) -> None:
    name = f"stopped-in-{state.lower()}"
    if state in _CREATES:
        Faults(service.cloud.endpoint_url).order("slow", operation=_CREATES[state], delay=2.0)
    run_id = service.start(recipe, name, sample(recipe, 50, seed=STATES.index((recipe, state))))
    stop_in(service, run_id, state)
    record = service.record(run_id)
    assert record["outcome"] == "RunCancelled", record["cause"]
    assert "Still billing: nothing" in record["cause"]
    assert not service.resources(run_id)


def test_answer_of_a_stopped_run_says_that_it_was_cancelled(service: Service) -> None:
    key = f"datasets/{SUMMARIES}/stopped.jsonl"
    version = service.drop(key, sample(SUMMARIES, 50, seed=50))
    run_id = service.answer(key, version)["run_id"]
    stop_in(service, run_id, "WaitForCustomizationJob")
    assert service.answer(key, version, final=True)["outcome"] == "RunCancelled"


@pytest.mark.parametrize(
    ("recipe", "section", "operation", "kind"),
    [
        (SUMMARIES, "job", "CreateModelCustomizationJob", "job"),
        (SUMMARIES, "deployment", "CreateCustomModelDeployment", "deployment"),
        (ROUTING, "deployment", "CreateProvisionedModelThroughput", "throughput"),
    ],
)
def test_create_call_in_flight_when_the_run_is_stopped_is_taken_down_once_it_has_landed(
    service: Service, recipe: str, section: str, operation: str, kind: str
) -> None:
    def landed() -> list[str]:
        return [each for each in service.resources(run_id) if each.startswith(f"{kind}/")]

    Faults(service.cloud.endpoint_url).order("slow", operation=operation, delay=4.0)
    run_id = service.start(recipe, f"in-flight-{section}", sample(recipe, 50, seed=51))
    assert eventually(lambda: _has_intent(service, run_id, section), within=_WITHIN_SECONDS)
    service.cloud.client("stepfunctions").stop_execution(executionArn=service.execution_arn(run_id))
    assert not landed(), "the call was not in flight any more"
    assert eventually(landed, within=_WITHIN_SECONDS)
    assert "Still billing: nothing" in service.record(run_id)["cause"]
    assert not service.resources(run_id)


def _has_intent(service: Service, run_id: str, section: str) -> bool:
    """Whether a run has written down that it is about to create something."""
    item = service.cloud.client("dynamodb").get_item(
        TableName=service.outputs["RunsTableName"], Key={"pk": {"S": f"run#{run_id}"}}
    )
    return section in item.get("Item", {})
