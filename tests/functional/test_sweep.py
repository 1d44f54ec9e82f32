"""Sweep: takes down what has no living owner, and nothing else."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from tests.functional.ground import wait_until
from tests.functional.samples import NOW, Json, recipe, unique
from tests.functional.world import Call, World
from tunedrop.cli.take_down import take_down
from tunedrop.errors import ServiceBusyError
from tunedrop.parameters import Parameters
from tunedrop.reckoning import spending
from tunedrop.run import Run, plain, timestamp
from tunedrop.services import Services
from tunedrop.serving.recipe_state import Retiree
from tunedrop.settings import run_tags

NOTHING: Json = {
    "taken_down": [],
    "withdrawn": [],
    "swapped_back": [],
    "retired": [],
    "left": [],
    "cleaned_runs": [],
    "failed": [],
}


@pytest.fixture
def hours_later(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """What is made now is two hours old to the sweep."""
    later = world.services.now() + timedelta(hours=2)
    monkeypatch.setattr(Services, "now", lambda _: later)
    return world


def ended(world: World, run: Run, outcome: str = "ServiceFailed") -> Run:
    return world.services.records.end(run, outcome=outcome, cause="", now=NOW)


def retiring(world: World) -> Run:
    """A run that has ended, and whose throughput is due to be retired."""
    run = world.promoted(world.deployed_run())
    assert run.deployment is not None
    priced = structs.replace(run.deployment, mode="provisioned", hourly_usd=20.0)
    run = ended(world, world.services.records.update(run, deployment=priced), "RunSucceeded")
    item = plain(Retiree(run_id=run.run_id, retire_at=timestamp(NOW), deployment=priced))
    world.services.table.update(
        f"recipe#{run.recipe}",
        "SET retiring = :retiring REMOVE champion",
        condition="attribute_exists(pk)",
        names={},
        retiring=[item],
    )
    return run


def test_what_is_retired_completes_what_its_run_cost(world: World, call: Call) -> None:
    run = retiring(world)
    assert not world.find(run).cost.get("ended")
    assert call("sweep")["retired"]
    cost = world.find(run).cost
    assert run.deployment is not None
    assert set(cost["ended"]) == {run.deployment.arn}
    [hours] = [each for each in cost["actual"]["lines"] if each["unit"] == "hour"]
    assert hours["usd"] == pytest.approx(hours["quantity"] * 20.0, rel=1e-4)
    assert not hours.get("goes_on")
    before = world.find(run)
    call("sweep")
    assert world.find(run) == before


def test_what_somebody_else_deleted_completes_what_its_run_cost(world: World, call: Call) -> None:
    priced = recipe(deployment={"mode": "provisioned"}, prices={"model_unit_usd_per_hour": 60.0})
    run = world.run_with_model(priced)
    arn = call("provision_throughput", run_id=run.run_id)["deployment_arn"]
    wait_until(lambda: call("wait_for_deployment", run_id=run.run_id)["is_ready"])
    ended(world, world.find(run), "CleanUpFailed")
    call("sweep")
    assert "ended" not in world.find(run).cost
    world.bedrock.delete_provisioned_model_throughput(provisionedModelId=arn)
    call("sweep")
    found = spending(world.find(run), world.services.now() + timedelta(days=10))
    [hours] = [each for each in found.lines if each.unit == "hour"]
    assert (hours.goes_on, (hours.usd or 0) < 60.0) == (False, True)


def test_a_champion_that_somebody_deleted_completes_what_its_run_cost_long_ago(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    priced = recipe(deployment={"mode": "provisioned"}, prices={"model_unit_usd_per_hour": 60.0})
    run = world.run_with_model(priced)
    arn = call("provision_throughput", run_id=run.run_id)["deployment_arn"]
    wait_until(lambda: call("wait_for_deployment", run_id=run.run_id)["is_ready"])
    world.promoted(world.find(run))
    ended(world, world.find(run), "RunSucceeded")
    world.bedrock.delete_provisioned_model_throughput(provisionedModelId=arn)
    later = world.services.now() + timedelta(days=60)
    monkeypatch.setattr(Services, "now", lambda _: later)
    call("sweep")
    assert arn in world.find(run).cost["ended"]


def test_there_is_nothing_to_do_in_a_fresh_stage(world: World, call: Call) -> None:
    assert call("sweep") == NOTHING
    assert world.notifications() == []


def test_the_deployment_of_an_ended_run_is_taken_down_and_announced(
    hours_later: World, call: Call
) -> None:
    run = ended(hours_later, hours_later.deployed_run())
    name = f"{run.run_id}-1"
    assert call("sweep")["taken_down"] == [f"on_demand {name}"]
    assert hours_later.deployment_status(name) == ""
    [told] = hours_later.notifications()
    assert f"Taken down: on_demand {name}." in told["Message"]


def test_a_second_sweep_finds_nothing_left_to_do(hours_later: World, call: Call) -> None:
    ended(hours_later, hours_later.deployed_run())
    call("sweep")
    assert call("sweep") == NOTHING


def test_a_resource_of_a_run_that_nobody_knows_is_taken_down(
    hours_later: World, call: Call
) -> None:
    run = hours_later.run()
    hours_later.services.table.delete(f"run#{run.run_id}", condition="attribute_exists(pk)")
    name = unique("orphan")
    hours_later.deployment(name, run)
    assert call("sweep")["taken_down"] == [f"on_demand {name}"]


def test_what_is_younger_than_an_hour_is_left(world: World, call: Call) -> None:
    run = ended(world, world.deployed_run())
    assert call("sweep") == NOTHING
    assert world.deployment_status(f"{run.run_id}-1") == "Active"


def test_what_belongs_to_another_stage_is_left(hours_later: World, call: Call) -> None:
    run, name = ended(hours_later, hours_later.run()), unique("stranger")
    hours_later.deployment(name, run, stage="somebody-elses")
    assert call("sweep") == NOTHING
    assert hours_later.deployment_status(name) == "Active"


def test_what_a_running_execution_made_is_left(hours_later: World, call: Call) -> None:
    run = hours_later.deployed_run(execution_arn=hours_later.execution())
    assert call("sweep") == NOTHING
    assert hours_later.deployment_status(f"{run.run_id}-1") == "Active"


def test_a_running_job_without_an_owner_is_stopped(hours_later: World, call: Call) -> None:
    hours_later.faults.order("job_stuck")
    run = ended(hours_later, hours_later.run_with_job())
    name = f"{run.run_id}-1"
    assert call("sweep")["taken_down"] == [f"customization job {name}"]
    wait_until(lambda: hours_later.job_status(name) == "Stopped")


def test_the_model_of_a_failed_run_is_deleted(hours_later: World, call: Call) -> None:
    run = ended(hours_later, hours_later.run_with_model())
    assert call("sweep")["taken_down"] == [f"custom model {run.run_id}-1"]
    assert not hours_later.model_exists(f"{run.run_id}-1")


def test_the_model_of_a_successful_run_is_kept(hours_later: World, call: Call) -> None:
    run = ended(hours_later, hours_later.run_with_model(), "RunSucceeded")
    assert call("sweep") == NOTHING
    assert hours_later.model_exists(f"{run.run_id}-1")


def test_the_champions_deployment_is_left(hours_later: World, call: Call) -> None:
    run = ended(hours_later, hours_later.promoted(hours_later.deployed_run()), "RunSucceeded")
    assert call("sweep") == NOTHING
    assert hours_later.deployment_status(f"{run.run_id}-1") == "Active"


def replaced(world: World, grace: str) -> Run:
    """A champion that another one has replaced just now."""
    first = ended(world, world.promoted(world.deployed_run()), "RunSucceeded")
    later = timestamp(NOW + timedelta(minutes=1))
    second = world.deployed_run(recipe(deployment={"grace": grace}), dropped_at=later)
    world.services.promotions.promote(second, world.services.now())
    ended(world, second, "RunSucceeded")
    return first


def test_a_replaced_champion_serves_on_within_its_grace(hours_later: World, call: Call) -> None:
    first = replaced(hours_later, grace="24h")
    assert call("sweep") == NOTHING
    assert hours_later.deployment_status(f"{first.run_id}-1") == "Active"


def test_a_replaced_champion_is_retired_after_its_grace(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = replaced(world, grace="1h")
    later = world.services.now() + timedelta(hours=2)
    monkeypatch.setattr(Services, "now", lambda _: later)
    swept = call("sweep")
    assert (swept["retired"], swept["taken_down"]) == ([f"on_demand {first.run_id}-1"], [])
    assert world.deployment_status(f"{first.run_id}-1") == ""
    assert world.services.champions.state("support").retiring == ()
    assert call("sweep") == NOTHING


def test_a_run_whose_execution_is_over_is_cleaned_up(world: World, call: Call) -> None:
    run = world.run(execution_arn=stopped_execution(world))
    assert call("sweep")["cleaned_runs"] == [run.run_id]
    [given] = inputs_about(world, run)
    assert given == {
        "run_id": run.run_id,
        "execution_arn": run.execution_arn,
        "status": "ABORTED",
        "input": json.dumps(plain(run.source)),
    }


def stopped_execution(world: World) -> str:
    arn = world.execution()
    world.ground.client("stepfunctions").stop_execution(executionArn=arn)
    world.ended(arn)
    return arn


def inputs_about(world: World, run: Run) -> list[Json]:
    given = world.inputs_of(world.settings.clean_up_state_machine_arn)
    return [each for each in given if each.get("run_id") == run.run_id]


@pytest.mark.parametrize("machine", [None, "arn:aws:states:us-east-1:1:stateMachine:replaced"])
def test_a_run_whose_execution_is_forgotten_is_cleaned_up(
    world: World, call: Call, machine: str | None
) -> None:
    ours = machine or world.settings.state_machine_arn
    run = world.run(execution_arn=ours.replace("stateMachine", "execution") + ":forgotten")
    assert call("sweep")["cleaned_runs"] == [run.run_id]
    [given] = inputs_about(world, run)
    assert given["status"] == "GONE"


def test_a_parameter_that_somebody_changed_is_put_right(world: World, call: Call) -> None:
    world.deploy()
    run = ended(world, world.promoted(world.deployed_run()), "RunSucceeded")
    assert run.deployment is not None
    world.services.parameters.set_model("support", "somebody's mistake")
    call("sweep")
    assert world.model_parameter() == run.deployment.arn


def test_a_parameter_is_put_right_before_anything_is_deleted(
    hours_later: World, call: Call
) -> None:
    hours_later.deploy()
    run = ended(hours_later, hours_later.promoted(hours_later.deployed_run()), "RunSucceeded")
    ended(hours_later, hours_later.deployed_run())
    hours_later.services.parameters.set_model("support", "what the promotion left behind")
    hours_later.faults.order("error", operation="DeleteCustomModelDeployment")
    with pytest.raises(ServiceBusyError):
        call("sweep")
    assert run.deployment is not None
    assert hours_later.model_parameter() == run.deployment.arn


def test_a_listing_that_aws_refuses_keeps_nothing_else_from_being_swept(
    hours_later: World, call: Call
) -> None:
    run = ended(hours_later, hours_later.deployed_run())
    refused = {"operation": "ListProvisionedModelThroughputs", "code": "ThrottlingException"}
    hours_later.faults.order("error", count=10, **refused)
    with pytest.raises(ServiceBusyError, match="the list of each provisioned: AWS is busy"):
        call("sweep")
    assert hours_later.deployment_status(f"{run.run_id}-1") == ""


def test_a_champion_that_came_while_its_parameter_was_written_is_not_overwritten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed = world.deploy()
    world.promoted(world.deployed_run())
    later = world.deployed_run(dropped_at=timestamp(NOW + timedelta(minutes=1)))
    write = Parameters.set_model

    def delayed(parameters: Parameters, name: str, model_id: str) -> bool:
        monkeypatch.setattr(Parameters, "set_model", write)
        world.promoted(later)
        return write(parameters, name, model_id)

    monkeypatch.setattr(Parameters, "set_model", delayed)
    world.services.promotions.project(deployed)
    assert later.deployment is not None
    assert world.model_parameter() == later.deployment.arn


def test_what_aws_refuses_keeps_nothing_else_from_being_swept(
    hours_later: World, call: Call
) -> None:
    first, second = (ended(hours_later, hours_later.deployed_run()) for _ in range(2))
    hours_later.faults.order("error", operation="DeleteCustomModelDeployment")
    with pytest.raises(ServiceBusyError, match="The sweep was refused: on_demand"):
        call("sweep")
    left = [hours_later.deployment_status(f"{run.run_id}-1") for run in (first, second)]
    assert sorted(left) == ["", "Active"]


def test_what_a_recipe_that_is_no_longer_deployed_left_behind_is_swept_too(
    hours_later: World, call: Call
) -> None:
    hours_later.faults.order("job_stuck")
    run = hours_later.run_with_job()
    forgotten = replace(hours_later.services.sweep, recipe_names=())
    run = hours_later.services.records.update(run, execution_arn=stopped_execution(hours_later))
    assert forgotten.sweep(hours_later.services.now()).cleaned_runs == (run.run_id,)


def test_what_has_gone_since_it_was_listed_is_passed_over(hours_later: World, call: Call) -> None:
    run = ended(hours_later, hours_later.deployed_run())
    gone = {"operation": "ListTagsForResource", "code": "ResourceNotFoundException"}
    hours_later.faults.order("error", message="No such resource.", count=500, **gone)
    assert f"on_demand {run.run_id}-1" not in call("sweep")["taken_down"]


def test_before_the_first_run_applications_find_the_base_model(world: World, call: Call) -> None:
    world.deploy()
    call("sweep")
    assert world.model_parameter() == "us.amazon.nova-micro-v1:0"


def test_what_cannot_be_taken_down_yet_is_named(hours_later: World, call: Call) -> None:
    run = ended(hours_later, hours_later.run_with_model())
    assert run.job is not None
    user = hours_later.bedrock.create_custom_model_deployment(
        modelDeploymentName=unique("user"), modelArn=run.job.custom_model_arn
    )
    found = call("sweep")
    assert found["left"] == [f"custom model {run.run_id}-1"]
    [told] = hours_later.notifications()
    assert f"Could not be taken down yet: custom model {run.run_id}-1." in told["Message"]
    assert user["customModelDeploymentArn"]


def test_the_whole_stage_is_taken_down_before_it_is_destroyed(world: World) -> None:
    run = world.promoted(world.deployed_run())
    assert world.services.sweep.take_down_stage() == ()
    assert world.deployment_status(f"{run.run_id}-1") == ""


def test_what_is_left_of_the_stage_is_named(world: World) -> None:
    world.faults.order("job_stuck")
    run = world.run_with_job()
    name = f"customization job {run.run_id}-1"
    assert world.services.sweep.take_down_stage() in ((name,), ())
    wait_until(lambda: world.services.sweep.take_down_stage() == ())
    assert world.job_status(f"{run.run_id}-1") == "Stopped"


def test_what_is_committed_is_left_until_its_term_and_nobody_is_told_each_hour(
    hours_later: World, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ended(hours_later, hours_later.trained_run())
    tags = run_tags(run.stage, run.recipe, run.run_id)
    arn = hours_later.bedrock.create_provisioned_model_throughput(
        provisionedModelName=f"{run.run_id}-2",
        modelId=hours_later.ground.custom_model(),
        modelUnits=1,
        commitmentDuration="OneMonth",
        tags=[{"key": key, "value": value} for key, value in tags.items()],
    )["provisionedModelArn"]
    swept = call("sweep")
    assert not any(run.run_id in each for each in (*swept["taken_down"], *swept["left"]))
    assert hours_later.bedrock.get_provisioned_model_throughput(provisionedModelId=arn)
    [left] = hours_later.services.sweep.take_down_stage()
    assert left.startswith(f"provisioned {run.run_id}-2 (committed until ")
    assert take_down(hours_later.services, sleep=pytest.fail) == 1
    assert f"before the end of its term: {left}." in capsys.readouterr().out
