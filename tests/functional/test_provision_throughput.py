"""ProvisionThroughput: what bills by the hour is bought once, in the run's turn."""

from collections.abc import Iterator

import pytest

from tests.functional.samples import recipe
from tests.functional.world import Call, World
from tunedrop.errors import CapacityUnavailableError, DeploymentFailedError, ServiceBusyError
from tunedrop.run import Run

CREATE = "CreateProvisionedModelThroughput"
PRICED = recipe(deployment={"mode": "provisioned"}, prices={"model_unit_usd_per_hour": 12.5})


@pytest.fixture
def run(world: World) -> Iterator[Run]:
    return world.trained_run(PRICED)


def test_the_throughput_is_named_after_the_job(world: World, call: Call, run: Run) -> None:
    found = call("provision_throughput", run_id=run.run_id)
    assert list(found) == ["deployment_name", "deployment_arn", "capacity"]
    bought = world.bedrock.get_provisioned_model_throughput(
        provisionedModelId=found["deployment_arn"]
    )
    assert bought["provisionedModelName"] == f"{run.run_id}-1"
    assert bought["modelUnits"] == 1
    assert "commitmentDuration" not in bought


def test_the_record_knows_what_an_hour_costs(world: World, call: Call, run: Run) -> None:
    call("provision_throughput", run_id=run.run_id)
    deployment = world.find(run).deployment
    assert deployment is not None
    assert (deployment.mode, deployment.hourly_usd) == ("provisioned", 12.5)


def test_a_second_call_buys_nothing_more(world: World, call: Call, run: Run) -> None:
    first = call("provision_throughput", run_id=run.run_id)
    assert call("provision_throughput", run_id=run.run_id) == first


def test_throughput_whose_purchase_was_never_answered_is_found_again(
    world: World, call: Call, run: Run
) -> None:
    world.faults.order("lost_answer", operation=CREATE)
    with pytest.raises(ServiceBusyError, match="create the deployment"):
        call("provision_throughput", run_id=run.run_id)
    bought = world.bedrock.get_provisioned_model_throughput(provisionedModelId=f"{run.run_id}-1")
    found = call("provision_throughput", run_id=run.run_id)
    assert found["deployment_arn"] == bought["provisionedModelArn"]


def test_no_capacity_is_waited_for(world: World, call: Call, run: Run) -> None:
    world.faults.order("no_capacity")
    with pytest.raises(CapacityUnavailableError, match="no commitment model units reserved"):
        call("provision_throughput", run_id=run.run_id)
    assert world.find(run).capacity_refused_at
    assert call("provision_throughput", run_id=run.run_id)["deployment_arn"]


def test_two_runs_of_a_recipe_never_pay_at_once(world: World, call: Call, run: Run) -> None:
    call("provision_throughput", run_id=run.run_id)
    other = world.trained_run(PRICED)
    with pytest.raises(CapacityUnavailableError, match="never pay for two deployments at once"):
        call("provision_throughput", run_id=other.run_id)


def test_the_units_of_the_recipe_are_bought(world: World, call: Call) -> None:
    run = world.trained_run(recipe(deployment={"mode": "provisioned", "model_units": 2}))
    found = call("provision_throughput", run_id=run.run_id)
    bought = world.bedrock.get_provisioned_model_throughput(
        provisionedModelId=found["deployment_arn"]
    )
    assert bought["modelUnits"] == 2


def test_a_run_without_a_custom_model_buys_nothing(world: World, call: Call) -> None:
    run = world.run(PRICED)
    with pytest.raises(DeploymentFailedError, match="has no custom model to deploy"):
        call("provision_throughput", run_id=run.run_id)
