"""ProvisionThroughput: what bills by the hour is bought once, in the run's turn."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.ground import wait_until
from tests.functional.samples import NOW, recipe
from tests.functional.world import Call, World
from tunedrop.errors import (
    ApprovalNeededError,
    CapacityUnavailableError,
    DeploymentFailedError,
    ServiceBusyError,
)
from tunedrop.run import Run, timestamp

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


def test_a_service_that_is_not_available_to_create_has_no_capacity(
    world: World, call: Call, run: Run
) -> None:
    world.faults.order("error", operation=CREATE, code="ServiceUnavailableException")
    with pytest.raises(CapacityUnavailableError, match="no capacity"):
        call("provision_throughput", run_id=run.run_id)
    assert world.find(run).capacity_refused_at


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


# Beyond the budget

BUDGETED = recipe(
    deployment={"mode": "provisioned"},
    prices={"model_unit_usd_per_hour": 60.0},
    budget={"hourly_usd": 70},
)


def second_of_two(world: World, call: Call, **sections: Any) -> Run:
    """The later of two runs that were both within the budget when nothing was in service."""
    first, later = world.trained_run(BUDGETED), timestamp(NOW + timedelta(minutes=1))
    second = world.trained_run(BUDGETED, dropped_at=later, **sections)
    for run in (first, second):
        assert call("evaluate_model", run_id=run.run_id)["needs_approval"] is False
    call("provision_throughput", run_id=first.run_id)
    wait_until(lambda: call("wait_for_deployment", run_id=first.run_id)["is_ready"])
    first = world.promoted(world.find(first))
    world.services.turns.give_back(first)
    world.services.records.end(first, outcome="RunSucceeded", cause="", now=NOW)
    return second


def test_a_budget_that_another_run_has_used_meanwhile_asks_before_anything_is_bought(
    world: World, call: Call
) -> None:
    run = second_of_two(world, call)
    with pytest.raises(ApprovalNeededError, match=r"an hour would cost 120\.00 US dollars"):
        call("provision_throughput", run_id=run.run_id)
    with pytest.raises(world.bedrock.exceptions.ResourceNotFoundException):
        world.bedrock.get_provisioned_model_throughput(provisionedModelId=f"{run.run_id}-1")
    assert world.find(run).deployment is None
    world.services.turns.take(world.trained_run(BUDGETED), world.services.now())


def test_who_said_yes_to_the_money_is_not_asked_again(world: World, call: Call) -> None:
    run = second_of_two(world, call)
    call("approve_deployment", run_id=run.run_id, task_token="token")
    approval = world.find(run).approval
    assert (approval["hourly_usd"], approval["total_hourly_usd"]) == (60.0, 120.0)
    world.services.records.update(run, approval={**approval, "approved": True})
    assert call("provision_throughput", run_id=run.run_id)["deployment_arn"]


def test_a_yes_to_less_money_is_kept_and_people_are_asked_anew(world: World, call: Call) -> None:
    said = {"asked_at": timestamp(NOW), "told_at": timestamp(NOW), "answered_at": timestamp(NOW)}
    said |= {"approved": True, "hourly_usd": 60.0, "total_hourly_usd": 60.0}
    run = second_of_two(world, call, approval=said)
    with pytest.raises(ApprovalNeededError):
        call("provision_throughput", run_id=run.run_id)
    assert world.find(run).approval == {"before": [said]}
    call("approve_deployment", run_id=run.run_id, task_token="token")
    [told] = world.notifications()
    assert "an hour would cost 120.00 US dollars" in told["Message"]
