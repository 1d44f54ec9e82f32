"""DeployOnDemand: one deployment, in the run's turn, whatever becomes of the calls."""

from datetime import timedelta

import pytest

from tests.functional.samples import NOW, recipe
from tests.functional.world import Call, World
from tunedrop.errors import (
    CapacityUnavailableError,
    DeploymentFailedError,
    ModelRejectedError,
    RunEndingError,
    ServiceBusyError,
)
from tunedrop.run import Failure, Run, timestamp

CREATE = "CreateCustomModelDeployment"


def test_the_deployment_is_named_after_the_job(world: World, call: Call) -> None:
    run = world.trained_run()
    found = call("deploy_on_demand", run_id=run.run_id)
    assert list(found) == ["deployment_name", "deployment_arn", "capacity"]
    assert found["deployment_name"] == f"{run.run_id}-1"
    assert world.deployment_status(found["deployment_arn"]) in ("Creating", "Active")


def test_the_deployment_carries_the_tags_and_costs_nothing_idle(world: World, call: Call) -> None:
    run = world.trained_run()
    arn = call("deploy_on_demand", run_id=run.run_id)["deployment_arn"]
    tags = world.bedrock.list_tags_for_resource(resourceARN=arn)["tags"]
    assert {"key": "tunedrop:run_id", "value": run.run_id} in tags
    deployment = world.find(run).deployment
    assert deployment is not None
    assert (deployment.mode, deployment.hourly_usd) == ("on_demand", 0)


def test_a_second_call_finds_the_first_calls_deployment(world: World, call: Call) -> None:
    run = world.trained_run()
    first = call("deploy_on_demand", run_id=run.run_id)
    assert call("deploy_on_demand", run_id=run.run_id) == first


def test_a_deployment_whose_creation_was_never_answered_is_found_again(
    world: World, call: Call
) -> None:
    run = world.trained_run()
    world.faults.order("lost_answer", operation=CREATE)
    with pytest.raises(ServiceBusyError, match="create the deployment"):
        call("deploy_on_demand", run_id=run.run_id)
    found = call("deploy_on_demand", run_id=run.run_id)
    details = world.bedrock.get_custom_model_deployment(
        customModelDeploymentIdentifier=f"{run.run_id}-1"
    )
    assert found["deployment_arn"] == details["customModelDeploymentArn"]


def test_the_intent_is_recorded_before_bedrock_is_asked(world: World, call: Call) -> None:
    run = world.trained_run()
    world.faults.order("error", operation=CREATE)
    with pytest.raises(ServiceBusyError):
        call("deploy_on_demand", run_id=run.run_id)
    deployment = world.find(run).deployment
    assert deployment is not None
    assert (deployment.name, deployment.arn) == (f"{run.run_id}-1", "")


def test_two_runs_of_a_recipe_never_deploy_at_once(world: World, call: Call) -> None:
    first, second = world.trained_run(), world.trained_run()
    call("deploy_on_demand", run_id=first.run_id)
    with pytest.raises(CapacityUnavailableError, match=f"The run {first.run_id} .* deploys first"):
        call("deploy_on_demand", run_id=second.run_id)
    assert world.deployment_status(f"{second.run_id}-1") == ""


def test_the_turn_of_a_run_that_has_ended_passes_on(world: World, call: Call) -> None:
    first, second = world.trained_run(), world.trained_run()
    call("deploy_on_demand", run_id=first.run_id)
    world.services.records.end(first, outcome="ServiceFailed", cause="", now=NOW)
    assert call("deploy_on_demand", run_id=second.run_id)["deployment_arn"]


def test_among_waiting_runs_the_latest_drop_goes_first(world: World, call: Call) -> None:
    first, second, third = (world.trained_run(dropped_at=later(minutes)) for minutes in (0, 1, 2))
    call("deploy_on_demand", run_id=first.run_id)
    for waiting in (second, third):
        with pytest.raises(CapacityUnavailableError):
            call("deploy_on_demand", run_id=waiting.run_id)
    world.services.records.end(first, outcome="ServiceFailed", cause="", now=NOW)
    with pytest.raises(CapacityUnavailableError, match=f"The run {third.run_id} .* deploys first"):
        call("deploy_on_demand", run_id=second.run_id)
    assert call("deploy_on_demand", run_id=third.run_id)["deployment_arn"]


def test_a_run_that_no_longer_asks_keeps_nobody_waiting(world: World, call: Call) -> None:
    long_ago = timestamp(world.services.now() - timedelta(minutes=31))
    run = world.trained_run()
    world.trained_run(dropped_at=later(1), turn_asked_at=long_ago)
    assert call("deploy_on_demand", run_id=run.run_id)["deployment_arn"]


def test_a_run_behind_a_later_drops_champion_deploys_nothing(world: World, call: Call) -> None:
    champion = world.promoted(world.deployed_run(dropped_at=later(1)))
    run = world.trained_run()
    with pytest.raises(ModelRejectedError, match=f"later drop \\(run {champion.run_id}\\)"):
        call("deploy_on_demand", run_id=run.run_id)
    assert world.deployment_status(f"{run.run_id}-1") == ""


def full(world: World) -> None:
    world.faults.order("quota", quota="deployments", value=0)


def test_a_full_quota_is_waited_for(world: World, call: Call) -> None:
    run = world.trained_run()
    full(world)
    with pytest.raises(CapacityUnavailableError, match=r"no capacity for .* now: You have"):
        call("deploy_on_demand", run_id=run.run_id)
    world.faults.order("quota", quota="deployments", value=100)
    assert call("deploy_on_demand", run_id=run.run_id)["deployment_arn"]


def test_the_patience_of_the_recipe_ends(world: World, call: Call) -> None:
    refused_at = timestamp(world.services.now() - timedelta(minutes=31))
    planned = recipe(deployment={"patience": "30m"})
    run = world.trained_run(planned, capacity_refused_at=refused_at)
    full(world)
    with pytest.raises(DeploymentFailedError, match=f"Tried since {refused_at}.*patience of 30m"):
        call("deploy_on_demand", run_id=run.run_id)


def test_a_refusal_ends_the_run_in_bedrocks_own_words(world: World, call: Call) -> None:
    run = world.trained_run()
    world.faults.order(
        "error", operation=CREATE, code="ValidationException", message="This will not do"
    )
    with pytest.raises(DeploymentFailedError, match=f"{run.run_id}-1: This will not do"):
        call("deploy_on_demand", run_id=run.run_id)


@pytest.mark.parametrize("code", ["ValidationException", "ServiceQuotaExceededException"])
def test_what_bedrock_refused_is_nothing_that_clean_up_looks_for(
    world: World, call: Call, code: str
) -> None:
    run = world.trained_run()
    world.faults.order("error", operation=CREATE, code=code, message="No")
    with pytest.raises((DeploymentFailedError, CapacityUnavailableError)):
        call("deploy_on_demand", run_id=run.run_id)
    assert world.find(run).deployment is None


def test_a_run_that_is_ending_deploys_nothing(world: World, call: Call) -> None:
    run = world.trained_run()
    end_while_it_deploys(world, run)
    with pytest.raises(RunEndingError):
        world.services.deploying.deploy(run, "on_demand", NOW)
    with pytest.raises(RunEndingError):
        call("deploy_on_demand", run_id=run.run_id)
    assert world.deployment_status(f"{run.run_id}-1") == ""


def end_while_it_deploys(world: World, run: Run) -> None:
    world.services.records.begin_ending(run, Failure(error="X", cause="x"), NOW)


def later(minutes: int) -> str:
    return timestamp(NOW + timedelta(minutes=minutes))
