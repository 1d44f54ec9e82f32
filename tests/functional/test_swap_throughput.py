"""SwapThroughput: a model takes the champion's place in throughput that is paid for already."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from tests.functional.ground import wait_until
from tests.functional.samples import NOW, Json, nova_lines, recipe, records
from tests.functional.world import Call, World
from tunedrop.cli import promote
from tunedrop.errors import (
    ApprovalNeededError,
    CapacityUnavailableError,
    ChampionChangedError,
    DeploymentFailedError,
    InvalidInputError,
    ModelRejectedError,
    ServiceBusyError,
)
from tunedrop.recipe import Recipe
from tunedrop.run import Failure, Run, plain, timestamp
from tunedrop.services import Services
from tunedrop.serving.swapping import wait_seconds

UPDATE = "UpdateProvisionedModelThroughput"
PRICE = {"model_unit_usd_per_hour": 12.5}


def reusing(**deployment: Any) -> Recipe:
    """A recipe that swaps its models into the champion's throughput."""
    given = {"mode": "provisioned", "reuse": "after_test", **deployment}
    asked = {"beat": "champion", "on_tie": "promote"}
    return recipe(deployment=given, prices=PRICE, evaluation=asked)


def windowed(opens_in: timedelta = timedelta(hours=-1)) -> Recipe:
    """A recipe whose window of six hours opens so much later (or earlier) than now."""
    opens = datetime.now(UTC) + opens_in
    window = f"{opens:%H:%M}-{opens + timedelta(hours=6):%H:%M}"
    return reusing(reuse={"window": window}, patience="2d")


def champion(world: World, call: Call, planned: Recipe | None = None) -> Run:
    """A champion on throughput of its own."""
    run = world.trained_run(planned or reusing())
    call("provision_throughput", run_id=run.run_id)
    wait_until(lambda: call("wait_for_deployment", run_id=run.run_id)["is_ready"])
    world.services.turns.give_back(run)
    run = world.promoted(world.find(run))
    return world.services.records.end(run, outcome="RunSucceeded", cause="", now=NOW)


def challenger(world: World, planned: Recipe | None = None, **sections: Any) -> Run:
    """A later drop's run, whose model is trained and has a test set."""
    later = timestamp(NOW + timedelta(minutes=5))
    run = world.trained_run(planned or reusing(), dropped_at=later, **sections)
    assert run.job is not None
    world.write(run.layout.dataset("test.jsonl"), nova_lines(records(48)[40:]))
    job = structs.replace(run.job, custom_model_arn=world.ground.custom_model("another"))
    return world.services.records.update(run, job=job)


def trained_challenger(world: World, planned: Recipe | None = None) -> Run:
    """A challenger with a model of its own, which clean-up may delete."""
    run, own = challenger(world, planned), world.run_with_model()
    assert own.job is not None
    return world.services.records.update(run, job=own.job)


def third(world: World) -> Run:
    """A challenger whose model is neither the champion's nor another challenger's."""
    run = challenger(world)
    assert run.job is not None
    job = structs.replace(run.job, custom_model_arn=world.ground.custom_model("third"))
    return world.services.records.update(run, job=job)


def passed(world: World, call: Call, run: Run) -> Run:
    """The run, once its model has passed its test on demand."""
    call("deploy_on_demand", run_id=run.run_id)
    wait_until(lambda: call("wait_for_deployment", run_id=run.run_id)["is_ready"])
    assert call("test_deployment", run_id=run.run_id)["capacity"] == "reused"
    return world.find(run)


def swapped(world: World, call: Call, run: Run) -> Run:
    """The run, once its model is in the champion's throughput."""
    assert call("swap_throughput", run_id=run.run_id)["has_begun"]
    wait_until(lambda: call("wait_for_deployment", run_id=run.run_id)["is_ready"])
    return world.find(run)


def throughput(world: World, run: Run) -> Json:
    """The throughput of the run, as Bedrock shows it."""
    assert run.deployment is not None
    arn = run.deployment.arn
    return dict(world.bedrock.get_provisioned_model_throughput(provisionedModelId=arn))


def model(run: Run) -> str:
    assert run.job is not None
    return run.job.custom_model_arn


def clean_up(call: Call, run: Run, error: str = "ModelRejectedError") -> Json:
    found: Json = call(
        "clean_up",
        run_id=run.run_id,
        execution_arn=run.execution_arn,
        status="FAILED",
        input=json.dumps(plain(run.source)),
        failure={"Error": error, "Cause": json.dumps({"errorMessage": "So it was."})},
    )
    return found


def cleaned(call: Call, run: Run, error: str = "ModelRejectedError") -> None:
    wait_until(lambda: clean_up(call, run, error)["done"])


# After a test


def test_a_tested_model_serves_from_the_champions_throughput(world: World, call: Call) -> None:
    first = champion(world, call)
    run = passed(world, call, challenger(world))
    tested_on = run.deployment
    assert tested_on is not None
    run = swapped(world, call, run)
    assert (throughput(world, run)["modelArn"], throughput(world, run)["status"]) == (
        model(run),
        "InService",
    )
    assert call("wait_for_deployment", run_id=run.run_id)["is_tested"]
    before = world.model_parameter()
    call("promote_model", run_id=run.run_id)
    assert run.deployment is not None
    assert first.deployment is not None
    assert before == world.model_parameter() == first.deployment.arn == run.deployment.arn
    state = world.services.champions.state("support")
    assert state.champion is not None
    assert (state.champion.run_id, state.champion.custom_model_arn) == (run.run_id, model(run))
    assert [each.deployment for each in state.retiring] == [tested_on]
    assert world.deployment_status(tested_on.arn) == ""


def test_the_record_says_whether_throughput_was_created_or_reused(world: World, call: Call) -> None:
    first = champion(world, call)
    run = swapped(world, call, passed(world, call, challenger(world)))
    assert first.deployment is not None
    assert run.deployment is not None
    assert (first.deployment.origin, run.deployment.origin) == ("created", "reused")
    assert run.deployment.swapped_from == model(first)
    assert (run.deployment.hourly_usd, run.capacity["served_by"]) == (12.5, "reused")


def test_the_old_model_is_not_taken_for_the_new_one(world: World, call: Call) -> None:
    champion(world, call)
    run = passed(world, call, challenger(world))
    world.faults.order("serving_slow", operation=UPDATE, delay=1.0)
    call("swap_throughput", run_id=run.run_id)
    found = call("wait_for_deployment", run_id=run.run_id)
    assert found == {"status": "Updating", "is_ready": False, "is_tested": True}
    assert throughput(world, world.find(run))["modelArn"] != model(run)


def test_a_swap_that_was_never_answered_is_found_again(world: World, call: Call) -> None:
    champion(world, call)
    run = passed(world, call, challenger(world))
    world.faults.order("lost_answer", operation=UPDATE)
    world.faults.order("serving_slow", operation=UPDATE, delay=1.0)
    with pytest.raises(ServiceBusyError, match="swap the model"):
        call("swap_throughput", run_id=run.run_id)
    assert swapped(world, call, run).swap is not None


def test_the_intent_is_recorded_before_the_call(world: World, call: Call) -> None:
    first = champion(world, call)
    run = passed(world, call, challenger(world))
    world.faults.order("error", operation=UPDATE)
    with pytest.raises(ServiceBusyError):
        call("swap_throughput", run_id=run.run_id)
    swap = world.find(run).swap
    assert swap is not None
    assert (swap.swapped_from, swap.status) == (model(first), "")


def test_the_first_model_of_a_recipe_gets_throughput_after_its_test(
    world: World, call: Call
) -> None:
    run = challenger(world)
    call("deploy_on_demand", run_id=run.run_id)
    wait_until(lambda: call("wait_for_deployment", run_id=run.run_id)["is_ready"])
    assert call("test_deployment", run_id=run.run_id)["capacity"] == "created"
    assert world.find(run).capacity["why"] == "the recipe has no champion in service"
    found = call("provision_throughput", run_id=run.run_id)
    assert (found["deployment_name"], found["capacity"]) == (f"{run.run_id}-2", "created")
    wait_until(lambda: call("wait_for_deployment", run_id=run.run_id)["is_ready"])
    assert call("wait_for_deployment", run_id=run.run_id)["is_tested"]
    call("promote_model", run_id=run.run_id)
    assert world.model_parameter() == found["deployment_arn"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"model_units": 2}, "has 1 model unit(s), and the recipe asks for 2"),
        ({"commitment": "1 month"}, "the recipe commits to 1 month, and the champion's"),
        ({"reuse": "none"}, ""),
    ],
)
def test_throughput_that_does_not_suit_is_not_reused(
    world: World, call: Call, changes: Json, why: str
) -> None:
    champion(world, call)
    run = challenger(world, reusing(**changes))
    call("provision_throughput", run_id=run.run_id)
    wait_until(lambda: call("wait_for_deployment", run_id=run.run_id)["is_ready"])
    assert call("test_deployment", run_id=run.run_id)["capacity"] in ("kept", "committed")
    assert why in world.find(run).capacity["why"]


def test_new_throughput_instead_of_the_champions_is_asked_for_where_it_is_beyond_the_budget(
    world: World, call: Call
) -> None:
    planned = structs.replace(reusing(), budget=recipe(budget={"hourly_usd": 20}).budget)
    first = champion(world, call, planned)
    run = challenger(world, planned)
    assert call("evaluate_model", run_id=run.run_id)["needs_approval"] is False
    call("deploy_on_demand", run_id=run.run_id)
    wait_until(lambda: call("wait_for_deployment", run_id=run.run_id)["is_ready"])
    world.faults.order("serving_slow", operation=UPDATE, delay=30.0)
    assert first.deployment is not None
    world.bedrock.update_provisioned_model_throughput(
        provisionedModelId=first.deployment.arn, desiredModelId=model(run)
    )
    assert call("test_deployment", run_id=run.run_id)["capacity"] == "created"
    with pytest.raises(ApprovalNeededError, match=r"an hour would cost 25\.00 US dollars"):
        call("provision_throughput", run_id=run.run_id)
    call("approve_deployment", run_id=run.run_id, task_token="token")
    [told] = world.notifications()
    assert "not reused: the champion's throughput is Updating" in told["Message"]


def test_a_commitment_of_the_champion_is_reused_and_nobody_is_asked_for_another(
    world: World, call: Call
) -> None:
    first = champion(world, call)
    month = timestamp(world.services.now() + timedelta(days=30))
    committed = world.bedrock.create_provisioned_model_throughput(
        provisionedModelName=f"{first.run_id}-committed",
        modelId=model(first),
        modelUnits=1,
        commitmentDuration="OneMonth",
    )["provisionedModelArn"]
    move_champion(world, committed, committed_until=month)
    run = passed(world, call, challenger(world, reusing(commitment="1 month")))
    run = swapped(world, call, run)
    assert run.deployment is not None
    assert (run.deployment.arn, run.deployment.committed_until[:10]) == (committed, month[:10])


def move_champion(world: World, arn: str, **changes: Any) -> None:
    """Let the champion be served by other throughput than it was promoted with."""
    item = world.services.table.get("recipe#support")
    assert item is not None
    item["champion"]["deployment"] |= {"arn": arn, **changes}
    item["champion"]["model_id"] = arn
    world.services.table.put(item, condition="attribute_exists(pk)")
    find = world.bedrock.get_provisioned_model_throughput
    wait_until(lambda: find(provisionedModelId=arn)["status"] == "InService")


# Others


def test_another_run_waits_until_the_swap_is_over(world: World, call: Call) -> None:
    champion(world, call)
    passed(world, call, challenger(world))
    other = challenger(world)
    with pytest.raises(CapacityUnavailableError, match="deploys first"):
        call("deploy_on_demand", run_id=other.run_id)


def test_a_champion_that_changed_since_the_test_opens_the_gate_before_the_swap(
    world: World, call: Call
) -> None:
    first = champion(world, call)
    run = passed(world, call, challenger(world))
    between = timestamp(NOW + timedelta(minutes=2))
    world.promoted(world.deployed_run(dropped_at=between))
    with pytest.raises(ChampionChangedError):
        call("swap_throughput", run_id=run.run_id)
    assert throughput(world, first)["modelArn"] == model(first)
    assert world.find(run).swap is None


def test_a_champion_that_left_during_the_swap_gets_its_throughput_back(
    world: World, call: Call
) -> None:
    first = champion(world, call)
    run = swapped(world, call, passed(world, call, challenger(world)))
    between = timestamp(NOW + timedelta(minutes=2))
    world.promoted(world.deployed_run(dropped_at=between))
    with pytest.raises(DeploymentFailedError, match="left service, or was replaced, while"):
        call("promote_model", run_id=run.run_id)
    cleaned(call, run, "DeploymentFailedError")
    assert throughput(world, first)["modelArn"] == model(first)


def test_the_deadline_of_the_old_champion_does_not_hit_a_swap(world: World, call: Call) -> None:
    expiring = reusing(expires_after="7d")
    champion(world, call, expiring)
    now = world.services.now()
    world.services.expiry.extend("support", timedelta(days=-7), now)
    run = swapped(world, call, passed(world, call, challenger(world, expiring)))
    assert not world.services.expiry.look("support", now + timedelta(hours=2))
    call("promote_model", run_id=run.run_id)
    found = world.services.champions.state("support").champion
    assert found is not None
    assert found.run_id == run.run_id
    assert found.expires_at > timestamp(now + timedelta(days=6))


def test_a_run_that_died_in_its_swap_keeps_no_throughput_for_ever(world: World, call: Call) -> None:
    expiring = reusing(expires_after="2h")
    champion(world, call, expiring)
    run = swapped(world, call, passed(world, call, challenger(world, expiring)))
    hours = [world.services.now() + timedelta(hours=number) for number in (8, 10)]
    assert [world.services.expiry.look("support", each) for each in hours] == [False, True]
    assert world.find(run).swap is not None


def test_a_later_drops_model_is_not_swapped_out(world: World, call: Call) -> None:
    champion(world, call)
    run = passed(world, call, challenger(world))
    later = timestamp(NOW + timedelta(hours=1))
    world.promoted(world.deployed_run(dropped_at=later))
    with pytest.raises(ModelRejectedError, match="an earlier drop never replaces it"):
        call("swap_throughput", run_id=run.run_id)


# When it fails


def test_a_failed_swap_is_swapped_back_and_nothing_is_deleted(world: World, call: Call) -> None:
    first = champion(world, call)
    run = passed(world, call, trained_challenger(world))
    world.faults.order("serving_fails", operation=UPDATE, message="No room for it.")
    call("swap_throughput", run_id=run.run_id)
    wait_until(lambda: throughput(world, world.find(run))["status"] == "Failed")
    with pytest.raises(DeploymentFailedError, match="No room for it"):
        call("wait_for_deployment", run_id=run.run_id)
    left = clean_up(call, run, "DeploymentFailedError")
    named = f"to be swapped back into the throughput {first.run_id}-1"
    assert [named in each for each in left["still_billing"]] == [True]
    cleaned(call, run, "DeploymentFailedError")
    found = throughput(world, first)
    assert (found["modelArn"], found["status"]) == (model(first), "InService")
    assert run.job is not None
    assert world.model_exists(run.job.name)
    state = world.services.champions.state("support")
    assert state.champion is not None
    assert state.champion.run_id == first.run_id


def test_a_run_that_is_cancelled_in_the_middle_of_a_swap_swaps_back(
    world: World, call: Call
) -> None:
    first = champion(world, call)
    run = passed(world, call, trained_challenger(world))
    world.faults.order("serving_slow", operation=UPDATE, delay=0.5)
    call("swap_throughput", run_id=run.run_id)
    cleaned(call, run, "RunCancelledError")
    assert throughput(world, first)["modelArn"] == model(first)
    assert run.job is not None
    assert not world.model_exists(run.job.name)
    clean = world.find(run).clean_up
    assert clean is not None
    assert f"the swap in the throughput {first.run_id}-1" in " ".join(clean.taken_down)


def test_an_intended_swap_may_still_be_asked_for_within_the_functions_timeout(
    world: World, call: Call
) -> None:
    champion(world, call)
    run = passed(world, call, challenger(world))
    world.faults.order("error", operation=UPDATE)
    with pytest.raises(ServiceBusyError):
        call("swap_throughput", run_id=run.run_id)
    assert not clean_up(call, run)["done"]
    assert not clean_up(call, run)["done"]


def given_up(world: World, run: Run) -> None:
    """Let the run end while its model is still in the champion's throughput."""
    failure = Failure(error="ModelRejectedError", cause="Worse.")
    world.services.records.begin_ending(run, failure, world.services.now())
    world.services.records.end(world.find(run), outcome="CleanUpFailed", cause="", now=NOW)


def test_the_sweep_swaps_back_what_clean_up_gave_up_on(world: World, call: Call) -> None:
    first = champion(world, call)
    run = swapped(world, call, passed(world, call, challenger(world)))
    assert call("sweep")["swapped_back"] == []
    given_up(world, run)
    world.faults.order("serving_slow", operation=UPDATE, delay=1.0)
    assert call("sweep")["swapped_back"] == [f"provisioned {first.run_id}-1"]
    assert call("sweep")["swapped_back"] == []
    wait_until(lambda: throughput(world, first)["modelArn"] == model(first))
    [told] = [each for each in world.notifications() if "swapped back" in each["Subject"]]
    assert f"the model of the run {first.run_id}, which support has" in told["Message"]


def test_the_sweep_swaps_back_while_another_run_deploys_something_else(
    world: World, call: Call
) -> None:
    first = champion(world, call)
    given_up(world, swapped(world, call, passed(world, call, challenger(world))))
    call("deploy_on_demand", run_id=third(world).run_id)
    assert call("sweep")["swapped_back"] == [f"provisioned {first.run_id}-1"]


def test_a_champion_is_not_asked_through_throughput_that_another_model_is_in(
    world: World, call: Call
) -> None:
    first = champion(world, call)
    given_up(world, swapped(world, call, passed(world, call, challenger(world))))
    run = third(world)
    call("deploy_on_demand", run_id=run.run_id)
    wait_until(lambda: call("wait_for_deployment", run_id=run.run_id)["is_ready"])
    verdict = call("test_deployment", run_id=run.run_id)["verdict"]
    assert f"deployment {first.run_id}-1 does not serve its model." in verdict
    assert model(first) not in answers(world, run)


def test_a_run_that_clean_up_gave_up_on_never_swaps_over_a_later_champion(
    world: World, call: Call
) -> None:
    first = champion(world, call)
    run = swapped(world, call, passed(world, call, challenger(world)))
    given_up(world, run)
    call("sweep")
    wait_until(lambda: throughput(world, first)["modelArn"] == model(first))
    later = swapped(world, call, passed(world, call, third(world)))
    world.services.records.end(world.promoted(later), outcome="RunSucceeded", cause="", now=NOW)
    clean_up(call, run)
    assert throughput(world, first)["desiredModelArn"] == model(later)


def test_a_champion_whose_throughput_failed_can_be_promoted_again(world: World, call: Call) -> None:
    first = champion(world, call)
    own = world.run_with_model().job
    assert own is not None
    first = structs.replace(first, job=structs.replace(own, custom_model_arn=model(first)))
    world.deploy(reusing())
    with pytest.raises(InvalidInputError, match="serves support already"):
        promote.start(world.services, first)
    world.faults.order("serving_fails", operation=UPDATE, message="No room for it.")
    call("swap_throughput", run_id=passed(world, call, challenger(world)).run_id)
    wait_until(lambda: throughput(world, first)["status"] == "Failed")
    assert promote.start(world.services, first)


def test_throughput_that_is_gone_needs_no_swap_back(world: World, call: Call) -> None:
    champion(world, call)
    run = swapped(world, call, passed(world, call, challenger(world)))
    assert run.deployment is not None
    world.bedrock.delete_provisioned_model_throughput(provisionedModelId=run.deployment.arn)
    cleaned(call, run)


def test_bedrock_that_gave_up_is_not_waited_for(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = champion(world, call)
    run = swapped(world, call, passed(world, call, challenger(world)))
    assert run.deployment is not None
    world.bedrock.update_provisioned_model_throughput(
        provisionedModelId=run.deployment.arn, desiredModelId=model(first)
    )
    later = world.services.now() + timedelta(minutes=6)
    monkeypatch.setattr(Services, "now", lambda _: later)
    with pytest.raises(DeploymentFailedError, match="gave up, or somebody outside this service"):
        call("wait_for_deployment", run_id=run.run_id)


# In the recipe's window


def test_without_capacity_the_others_are_asked_before_the_champion_is_swapped_out(
    world: World, call: Call
) -> None:
    first = champion(world, call, windowed())
    run = challenger(world, windowed())
    world.faults.order("no_capacity")
    found = call("provision_throughput", run_id=run.run_id)
    assert found == {"deployment_name": "", "deployment_arn": "", "capacity": "window"}
    asked = call("test_deployment", run_id=run.run_id)
    assert (asked["is_complete"], asked["capacity"], asked["verdict"]) == (True, "reused", "")
    assert answers(world, run) == {model(first): 8, "us.amazon.nova-micro-v1:0": 8}
    run = swapped(world, call, run)
    assert not call("wait_for_deployment", run_id=run.run_id)["is_tested"]
    asked = call("test_deployment", run_id=run.run_id)
    assert (asked["records"], asked["capacity"]) == (8, "kept")
    assert "the champion" in asked["verdict"]
    assert answers(world, run)[model(run)] == 8
    call("promote_model", run_id=run.run_id)
    state = world.services.champions.state("support")
    assert state.champion is not None
    assert (state.champion.run_id, state.retiring) == (run.run_id, ())


def answers(world: World, run: Run) -> dict[str, int]:
    """How many answers are kept, by the model that gave them."""
    prefix = run.layout.evaluation("asked/test-")
    keys = world.services.artifacts.list(prefix)
    kept = [json.loads(line) for key in keys for line in world.read(key).splitlines()]
    given = [each["model"] for each in kept]
    return {each: given.count(each) for each in given}


def test_a_closed_window_is_waited_for(world: World, call: Call) -> None:
    champion(world, call, windowed())
    run = challenger(world, windowed(opens_in=timedelta(hours=2)))
    world.faults.order("no_capacity")
    call("provision_throughput", run_id=run.run_id)
    found = call("swap_throughput", run_id=run.run_id)
    assert (found["has_begun"], found["wait_seconds"]) == (False, 1800)
    assert found["opens_at"].endswith(":00.000Z")
    assert world.find(run).swap is None


def no_deployments(world: World) -> None:
    """Let the account's quota of custom model deployments be used up."""
    listed = world.bedrock.list_custom_model_deployments(maxResults=1000)
    value = len(listed["modelDeploymentSummaries"])
    world.faults.order("quota", quota="deployments", value=value)


def test_a_model_that_cannot_be_tested_on_demand_waits_for_the_window_and_lets_others_deploy(
    world: World, call: Call
) -> None:
    champion(world, call, windowed())
    run = challenger(world, windowed(opens_in=timedelta(hours=2)))
    no_deployments(world)
    found = call("deploy_on_demand", run_id=run.run_id)
    assert found == {"deployment_name": "", "deployment_arn": "", "capacity": "window"}
    assert call("test_deployment", run_id=run.run_id)["capacity"] == "reused"
    assert not call("swap_throughput", run_id=run.run_id)["has_begun"]
    world.services.turns.take(world.trained_run(), world.services.now())


def test_who_waited_for_the_turn_to_swap_goes_on_with_that(world: World, call: Call) -> None:
    champion(world, call, windowed())
    run = challenger(world, windowed())
    no_deployments(world)
    call("deploy_on_demand", run_id=run.run_id)
    call("test_deployment", run_id=run.run_id)
    world.services.turns.give_back(run)
    other = world.trained_run()
    world.services.turns.take(other, world.services.now())
    with pytest.raises(CapacityUnavailableError, match="deploys first"):
        call("swap_throughput", run_id=run.run_id)
    assert call("provision_throughput", run_id=run.run_id)["capacity"] == "reused"


def test_a_champion_that_changed_before_the_window_opened_is_asked_before_it_is_swapped_out(
    world: World, call: Call
) -> None:
    champion(world, call, windowed())
    run = challenger(world, windowed())
    world.faults.order("no_capacity")
    call("provision_throughput", run_id=run.run_id)
    call("test_deployment", run_id=run.run_id)
    world.promoted(world.deployed_run(dropped_at=timestamp(NOW + timedelta(minutes=2))))
    with pytest.raises(ChampionChangedError):
        call("swap_throughput", run_id=run.run_id)


def test_a_wait_ends_as_the_window_opens() -> None:
    assert wait_seconds(NOW + timedelta(seconds=90.5), NOW) == 91


def test_a_model_that_loses_in_its_window_leaves_the_champions_place(
    world: World, call: Call
) -> None:
    asks = {"beat": "champion", "on_tie": "keep"}
    planned = structs.replace(windowed(), evaluation=recipe(evaluation=asks).evaluation)
    first = champion(world, call, planned)
    run = trained_challenger(world, planned)
    world.faults.order("no_capacity")
    call("provision_throughput", run_id=run.run_id)
    call("test_deployment", run_id=run.run_id)
    run = swapped(world, call, run)
    with pytest.raises(ModelRejectedError):
        call("test_deployment", run_id=run.run_id)
    cleaned(call, run)
    assert (throughput(world, first)["modelArn"], throughput(world, first)["status"]) == (
        model(first),
        "InService",
    )
    assert run.job is not None
    assert not world.model_exists(run.job.name)


def test_a_window_that_closed_ends_the_test(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = champion(world, call, windowed())
    run = challenger(world, windowed())
    world.faults.order("no_capacity")
    call("provision_throughput", run_id=run.run_id)
    call("test_deployment", run_id=run.run_id)
    run = swapped(world, call, run)
    later = world.services.now() + timedelta(hours=7)
    monkeypatch.setattr(Services, "now", lambda _: later)
    with pytest.raises(DeploymentFailedError, match=r"window \(deployment.reuse\)"):
        call("test_deployment", run_id=run.run_id)
    cleaned(call, run, "DeploymentFailedError")
    assert throughput(world, first)["modelArn"] == model(first)


def test_capacity_for_a_test_is_taken_where_there_is_some(world: World, call: Call) -> None:
    champion(world, call, windowed())
    run = challenger(world, windowed())
    assert call("provision_throughput", run_id=run.run_id)["capacity"] == "created"


def test_without_a_window_capacity_is_waited_for(world: World, call: Call) -> None:
    champion(world, call)
    run = challenger(world)
    world.faults.order("no_capacity")
    with pytest.raises(CapacityUnavailableError, match="no commitment model units"):
        call("provision_throughput", run_id=run.run_id)


# Rolling back


def test_a_rollback_swaps_the_earlier_model_back_in_at_once(world: World, call: Call) -> None:
    first = champion(world, call, windowed())
    run = swapped(world, call, passed(world, call, challenger(world, windowed())))
    call("promote_model", run_id=run.run_id)
    run = world.services.records.end(run, outcome="RunSucceeded", cause="", now=NOW)
    world.services.turns.give_back(run)
    assert restore(world) is None
    closed = windowed(opens_in=timedelta(hours=2))
    later = timestamp(NOW + timedelta(hours=1))
    back = world.run(
        closed, job=first.job, goes_on_from=first.run_id, is_rollback=True, dropped_at=later
    )
    assert call("provision_throughput", run_id=back.run_id)["capacity"] == "reused"
    back = swapped(world, call, back)
    assert call("wait_for_deployment", run_id=back.run_id)["is_tested"]
    call("promote_model", run_id=back.run_id)
    assert throughput(world, back)["modelArn"] == model(first)


def restore(world: World) -> object:
    return world.services.champions.restore("support", "me", timedelta(hours=1), NOW)


# Who owns it


def test_the_sweep_and_the_creators_clean_up_leave_reused_throughput(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = champion(world, call)
    run = swapped(world, call, passed(world, call, challenger(world)))
    call("promote_model", run_id=run.run_id)
    world.services.records.end(run, outcome="RunSucceeded", cause="", now=NOW)
    later = world.services.now() + timedelta(hours=3)
    monkeypatch.setattr(Services, "now", lambda _: later)
    swept = call("sweep")
    assert (swept["taken_down"], swept["left"], swept["failed"]) == ([], [], [])
    assert clean_up(call, first)["done"]
    assert throughput(world, run)["modelArn"] == model(run)


def test_reused_throughput_is_taken_down_with_its_last_champion(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    champion(world, call)
    run = swapped(world, call, passed(world, call, challenger(world)))
    call("promote_model", run_id=run.run_id)
    world.services.records.end(run, outcome="RunSucceeded", cause="", now=NOW)
    later = timestamp(NOW + timedelta(hours=1))
    world.promoted(world.deployed_run(dropped_at=later))
    much_later = world.services.now() + timedelta(days=3)
    monkeypatch.setattr(Services, "now", lambda _: much_later)
    assert any("provisioned" in each for each in call("sweep")["retired"])
    with pytest.raises(world.bedrock.exceptions.ResourceNotFoundException):
        throughput(world, run)
