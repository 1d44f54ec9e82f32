"""Promote and roll back: a trained model goes into service without being trained again."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.samples import NOW, Json, recipe
from tests.functional.world import Call, World
from tunedrop.cli import promote, rollback
from tunedrop.errors import InvalidInputError, RunRefusedError
from tunedrop.run import Deployment, Failure, Run, plain, timestamp
from tunedrop.services import Services

BY = "arn:aws:iam::123456789012:user/ada"
PRICE = "model_unit_usd_per_hour"
BEATEN = {"verdict": "The training loss fell from 2.1 to 0.4."}


def ended(world: World, run: Run, outcome: str) -> Run:
    return world.services.records.end(run, outcome=outcome, cause="", now=NOW)


def undeployed(world: World, **sections: Any) -> Run:
    """A run that has trained a model and found no capacity for it."""
    run = world.trained_run(losses=BEATEN, dataset={"records": {"test": 6}}, **sections)
    return ended(world, run, "DeploymentFailed")


def ordered(world: World, earlier: Run, *, is_rollback: bool = False) -> Json:
    """What PrepareRun is given for a run that goes on from an earlier one."""
    run_id = world.services.redeployments.order(
        earlier, BY, world.services.now(), is_rollback=is_rollback
    )
    return {"run_id": run_id, "execution_arn": f"arn:aws:x:{run_id}", **plain(earlier.source)}


def dropped(world: World) -> Run:
    return undeployed(world, source=world.drop())


def test_a_run_that_goes_on_from_another_has_its_model_and_trains_nothing(
    world: World, call: Call
) -> None:
    world.deploy()
    earlier = dropped(world)
    event = ordered(world, earlier)
    assert call("prepare_run", **event)["is_trained"] is True
    run = world.services.records.get(event["run_id"])
    assert (run.job, run.losses, run.dataset) == (earlier.job, earlier.losses, earlier.dataset)
    assert run.goes_on_from == earlier.run_id
    assert run.order == earlier.order
    assert run.data_layout == earlier.layout
    assert BY in run.note


def test_its_verdict_is_the_one_that_was_found_then(world: World, call: Call) -> None:
    world.deploy()
    event = ordered(world, dropped(world))
    call("prepare_run", **event)
    assert call("evaluate_model", run_id=event["run_id"])["verdict"] == BEATEN["verdict"]


def test_its_deployment_has_a_name_of_its_own(world: World, call: Call) -> None:
    world.deploy()
    event = ordered(world, dropped(world))
    call("prepare_run", **event)
    deployed = call("deploy_on_demand", run_id=event["run_id"])
    assert deployed["deployment_name"] == f"{event['run_id']}-1"


def test_a_model_of_a_recipe_that_deployed_nothing_goes_on_demand(world: World, call: Call) -> None:
    world.deploy(recipe(deployment={"mode": "none"}))
    earlier = ended(world, world.trained_run(source=world.drop(), losses=BEATEN), "RunSucceeded")
    assert call("prepare_run", **ordered(world, earlier))["deployment_mode"] == "on_demand"


def test_it_is_deployed_as_the_recipe_asks_today(world: World, call: Call) -> None:
    earlier = dropped(world)
    world.deploy(recipe(deployment={"mode": "provisioned"}))
    assert call("prepare_run", **ordered(world, earlier))["deployment_mode"] == "provisioned"


def test_it_costs_what_the_recipe_says_today(world: World, call: Call) -> None:
    earlier = undeployed(world, source=world.drop(), planned=recipe(prices={PRICE: 1.0}))
    priced = {"deployment": {"mode": "provisioned"}, "budget": {"hourly_usd": 70}}
    world.deploy(recipe(**priced, prices={PRICE: 90.0}))
    event = ordered(world, earlier)
    call("prepare_run", **event)
    assert call("evaluate_model", run_id=event["run_id"])["needs_approval"] is True


def test_an_earlier_drop_is_not_promoted_over_a_later_one(world: World, call: Call) -> None:
    world.deploy()
    earlier = dropped(world)
    later = timestamp(NOW + timedelta(minutes=1))
    champion = world.promoted(world.deployed_run(dropped_at=later))
    event = ordered(world, earlier)
    for _ in range(2):
        with pytest.raises(RunRefusedError, match=champion.run_id):
            call("prepare_run", **event)


@pytest.mark.parametrize("is_rollback", [False, True], ids=["promote", "rollback"])
def test_a_model_outlives_the_dataset_that_it_was_trained_on(
    world: World, call: Call, is_rollback: bool
) -> None:
    world.deploy()
    source = world.drop()
    event = ordered(world, undeployed(world, source=source), is_rollback=is_rollback)
    world.ground.client("s3").delete_object(
        Bucket=source.bucket, Key=source.key, VersionId=source.version_id
    )
    assert call("prepare_run", **event)["is_trained"] is True


def test_a_rollback_is_the_latest_word(world: World, call: Call) -> None:
    world.deploy()
    earlier = dropped(world)
    later = timestamp(NOW + timedelta(minutes=1))
    world.promoted(world.deployed_run(dropped_at=later))
    event = ordered(world, earlier, is_rollback=True)
    call("prepare_run", **event)
    assert call("evaluate_model", run_id=event["run_id"])["needs_approval"] is False
    assert world.services.records.get(event["run_id"]).order > timestamp(NOW)


def test_a_run_without_a_model_cannot_be_promoted(world: World) -> None:
    rejected = ended(world, world.run(), "DatasetRejected")
    with pytest.raises(InvalidInputError, match="no custom model to deploy: it is DatasetRejected"):
        ordered(world, rejected)


def test_a_run_that_is_training_is_to_be_followed(world: World) -> None:
    run = world.run_with_job()
    with pytest.raises(InvalidInputError, match=f"not ended.*: tunedrop watch {run.run_id}"):
        promote.start(world.services, run)


def test_a_model_that_was_deleted_is_to_be_trained_again(world: World) -> None:
    earlier = undeployed(world)
    with pytest.raises(InvalidInputError, match=f"tunedrop rerun {earlier.run_id}"):
        promote.start(world.services, earlier)


def test_promote_starts_an_execution_over_the_same_source(world: World) -> None:
    earlier = ended(world, world.run_with_model(), "DeploymentFailed")
    run_id = promote.start(world.services, earlier)
    assert plain(earlier.source) in world.inputs_of(world.settings.state_machine_arn)
    found = world.services.redeployments.order_of(run_id)
    assert found is not None
    assert found.goes_on_from == earlier.run_id


def test_a_model_in_service_is_not_deployed_twice(world: World) -> None:
    trained = world.run_with_model()
    assert trained.job is not None
    serving = Deployment(
        mode="on_demand", name=trained.job.name, intended_at=timestamp(NOW),
        arn=world.deployment(trained.job.name, trained), status="Active",
    )  # fmt: skip
    run = world.services.records.update(trained, deployment=serving)
    champion = ended(world, world.promoted(run), "RunSucceeded")
    with pytest.raises(InvalidInputError, match="serves support already"):
        promote.start(world.services, champion)
    world.deploy(recipe(deployment={"mode": "provisioned"}))
    assert promote.start(world.services, champion)


# The model of a run whose deployment alone failed


def closed(world: World, run: Run, error: str) -> Run:
    failure = Failure(error=error, cause="So it was.")
    world.services.take_down.begin(run, failure, world.services.now())
    return world.find(run)


def test_a_model_that_found_no_capacity_is_kept_for_a_stated_time(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = closed(world, world.run_with_model(), "DeploymentFailedError")
    name = f"{run.run_id}-1"
    assert world.model_exists(name)
    cause = call("record_outcome", **{"run_id": run.run_id, "input": _input(run)})["Cause"]
    until = run.model_kept_until[:10]
    assert f"Still billing: the storage of the custom model {name}, until {until}." in cause
    assert f"tunedrop promote {run.run_id}" in cause
    for days, is_there in ((13, True), (15, False)):
        later = NOW.now(NOW.tzinfo) + timedelta(days=days)
        monkeypatch.setattr(Services, "now", lambda _, at=later: at)
        call("sweep")
        assert world.model_exists(name) is is_there


def test_a_model_that_was_refused_goes_with_its_run(world: World) -> None:
    run = closed(world, world.run_with_model(), "ModelRejectedError")
    assert not world.model_exists(f"{run.run_id}-1")
    assert run.model_kept_until == ""


def test_a_run_that_goes_on_from_another_leaves_that_ones_model(world: World, call: Call) -> None:
    world.deploy()
    earlier = ended(world, world.run_with_model(source=world.drop()), "DeploymentFailed")
    event = ordered(world, earlier)
    call("prepare_run", **event)
    run = closed(world, world.services.records.get(event["run_id"]), "ModelRejectedError")
    assert run.clean_up is not None
    assert run.clean_up.done
    assert world.model_exists(f"{earlier.run_id}-1")


def test_a_model_that_serves_under_another_run_is_not_cleaned_up(world: World) -> None:
    run = world.run_with_model()
    other = world.deployed_run()
    champion = world.services.records.update(other, job=run.job)
    world.promoted(champion)
    closed(world, run, "ServiceFailedError")
    assert world.model_exists(f"{run.run_id}-1")


# Rollback within the grace


def replaced(world: World, grace: str = "24h") -> tuple[Run, Run]:
    """A champion that another one has replaced just now."""
    first = ended(world, world.promoted(world.deployed_run()), "RunSucceeded")
    later = timestamp(NOW + timedelta(minutes=1))
    second = world.deployed_run(recipe(deployment={"grace": grace}), dropped_at=later)
    world.services.promotions.promote(second, world.services.now())
    return first, ended(world, second, "RunSucceeded")


def roll_back(world: World, second: Run) -> str:
    champion = world.services.champions.state("support").champion
    assert champion is not None
    assert champion.run_id == second.run_id
    restored = rollback.restore(world.services, "support", champion)
    return restored.run_id if restored else ""


def test_a_champion_in_its_grace_serves_again_at_once(world: World) -> None:
    world.deploy()
    first, second = replaced(world)
    assert roll_back(world, second) == first.run_id
    state = world.services.champions.state("support")
    assert first.deployment is not None
    assert world.model_parameter() == first.deployment.arn
    assert state.previous is not None
    assert state.previous.run_id == second.run_id
    assert [each.run_id for each in state.retiring] == [second.run_id]
    assert (state.version, state.history[0]["run_id"]) == (3, first.run_id)
    assert ":123456789012:" in state.history[0]["rolled_back_by"]


def test_people_are_told_of_a_rollback(world: World) -> None:
    first, second = replaced(world)
    roll_back(world, second)
    [told] = world.notifications()
    assert f"the model of the run {first.run_id} back into service" in told["Message"]


def test_a_rollback_can_be_rolled_back(world: World) -> None:
    first, second = replaced(world)
    roll_back(world, second)
    assert roll_back(world, first) == second.run_id


def test_an_earlier_drop_does_not_replace_what_was_rolled_back_to(world: World) -> None:
    _, second = replaced(world)
    roll_back(world, second)
    slow = world.deployed_run(dropped_at=timestamp(NOW + timedelta(minutes=2)))
    assert world.services.champions.later_champion(slow) is not None


def test_a_champion_that_was_rolled_back_to_is_deployed_anew_in_its_place(
    world: World, call: Call
) -> None:
    world.deploy()
    first, second = replaced(world)
    roll_back(world, second)
    event = ordered(world, first)
    assert call("prepare_run", **event)["is_trained"]
    call("deploy_on_demand", run_id=event["run_id"])
    call("promote_model", run_id=event["run_id"])
    slow = world.deployed_run(dropped_at=timestamp(NOW + timedelta(minutes=2)))
    later = world.services.champions.later_champion(slow)
    assert later is not None
    assert later.run_id == event["run_id"]


def test_a_champion_that_is_about_to_be_retired_is_not_restored(world: World) -> None:
    _, second = replaced(world, grace="10m")
    assert roll_back(world, second) == ""


def _input(run: Run) -> str:
    return json.dumps(plain(run.source))
