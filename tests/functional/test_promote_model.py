"""PromoteModel: the commit point."""

from datetime import timedelta

import pytest
from msgspec import structs

from tests.functional.samples import NOW, nova_lines, recipe, records
from tests.functional.world import Call, World
from tunedrop.errors import (
    ChampionChangedError,
    DeploymentFailedError,
    ModelRejectedError,
    RunEndingError,
)
from tunedrop.run import Failure, Run, moment, timestamp


def test_the_model_becomes_the_champion_that_applications_find(world: World, call: Call) -> None:
    run = world.deployed_run()
    found = call("promote_model", run_id=run.run_id)
    parameter = f"/tunedrop/{run.stage}/support/model"
    assert found == {"version": 1, "model_parameter": parameter}
    assert run.deployment is not None
    assert world.model_parameter() == run.deployment.arn
    champion = world.services.champions.state("support").champion
    assert champion is not None
    assert champion.run_id == run.run_id


def test_a_second_call_answers_as_the_first(world: World, call: Call) -> None:
    run = world.deployed_run()
    first = call("promote_model", run_id=run.run_id)
    assert call("promote_model", run_id=run.run_id) == first
    assert world.services.champions.state("support").version == 1


def test_a_second_call_finishes_what_the_first_began(world: World, call: Call) -> None:
    run = world.promoted(world.deployed_run())
    world.services.parameters.set_model("support", "stale")
    call("promote_model", run_id=run.run_id)
    assert run.deployment is not None
    assert world.model_parameter() == run.deployment.arn


def test_the_replaced_champion_serves_on_for_its_grace(world: World, call: Call) -> None:
    first = world.promoted(world.deployed_run())
    second = world.deployed_run(
        recipe(deployment={"grace": "2h"}), dropped_at=timestamp(NOW + timedelta(minutes=1))
    )
    assert call("promote_model", run_id=second.run_id)["version"] == 2
    state = world.services.champions.state("support")
    [retiree] = state.retiring
    left = moment(retiree.retire_at) - world.services.now()
    assert retiree.run_id == first.run_id
    assert timedelta(minutes=119) < left <= timedelta(hours=2)
    assert state.kept_runs == {first.run_id, second.run_id}
    assert [entry["run_id"] for entry in state.history] == [second.run_id, first.run_id]
    promotion = world.find(second).promotion
    assert promotion is not None
    assert promotion.replaced_run_id == first.run_id


def test_a_champion_from_a_later_drop_stays(world: World, call: Call) -> None:
    later = timestamp(NOW + timedelta(minutes=1))
    champion = world.promoted(world.deployed_run(dropped_at=later))
    run = world.deployed_run()
    with pytest.raises(ModelRejectedError, match="an earlier drop never replaces it"):
        call("promote_model", run_id=run.run_id)
    assert champion.deployment is not None
    assert world.model_parameter() == champion.deployment.arn


def test_of_two_drops_in_the_same_second_the_later_start_stays(world: World, call: Call) -> None:
    first = world.deployed_run()
    second = world.deployed_run(started_at=timestamp(NOW + timedelta(milliseconds=5)))
    call("promote_model", run_id=second.run_id)
    with pytest.raises(ModelRejectedError):
        call("promote_model", run_id=first.run_id)


def test_a_run_that_is_ending_promotes_nothing(world: World, call: Call) -> None:
    run = world.deployed_run()
    world.services.records.begin_ending(run, Failure(error="X", cause="x"), NOW)
    with pytest.raises(RunEndingError):
        call("promote_model", run_id=run.run_id)
    with pytest.raises(RunEndingError, match="its model was not promoted"):
        world.services.promotions.promote(run, NOW)
    assert world.services.champions.state("support").champion is None
    assert world.model_parameter() is None


def test_a_run_without_a_deployment_promotes_nothing(world: World, call: Call) -> None:
    run = world.trained_run()
    with pytest.raises(RunEndingError, match="has no deployment to promote"):
        call("promote_model", run_id=run.run_id)


# Against whom the gate compared


def after(minutes: int) -> str:
    return timestamp(NOW + timedelta(minutes=minutes))


def compared_with(world: World, champion: Run | None, **sections: object) -> Run:
    """The latest drop's run, which passed its test against this champion."""
    opponent = {"champion_run_id": champion.run_id if champion else ""}
    return world.deployed_run(dropped_at=after(9), evaluation=opponent, **sections)


def test_the_champion_that_the_gate_compared_with_is_replaced(world: World, call: Call) -> None:
    run = compared_with(world, world.promoted(world.deployed_run()))
    assert call("promote_model", run_id=run.run_id)["version"] == 2


def test_another_champion_opens_the_gate_again(world: World, call: Call) -> None:
    first = world.promoted(world.deployed_run())
    run = compared_with(world, first)
    second = world.promoted(world.deployed_run(dropped_at=after(5)))
    with pytest.raises(ChampionChangedError, match=f"{first.run_id}: it is {second.run_id} now"):
        call("promote_model", run_id=run.run_id)
    assert len(world.find(run).retests) == 1
    champion = world.services.champions.state("support").champion
    assert champion is not None
    assert champion.run_id == second.run_id


def test_a_first_champion_opens_the_gate_that_compared_with_the_base_model(
    world: World, call: Call
) -> None:
    run = compared_with(world, None)
    world.promoted(world.deployed_run())
    with pytest.raises(ChampionChangedError, match="the base model, while there was none"):
        call("promote_model", run_id=run.run_id)


def test_a_champion_that_was_withdrawn_opens_the_gate_again(world: World, call: Call) -> None:
    first = world.promoted(world.deployed_run())
    run = compared_with(world, first)
    champion = world.services.champions.state("support").champion
    assert champion is not None
    expiring = structs.replace(champion, expires_at=timestamp(NOW))
    assert world.services.champions.extend("support", champion, NOW)
    assert world.services.champions.withdraw("support", expiring, NOW)
    with pytest.raises(ChampionChangedError, match="it is none now"):
        call("promote_model", run_id=run.run_id)


def test_the_gate_is_not_opened_for_ever(world: World, call: Call) -> None:
    run = compared_with(world, None, retests=(timestamp(NOW),) * 5)
    world.promoted(world.deployed_run())
    with pytest.raises(DeploymentFailedError, match="happened 5 times before"):
        call("promote_model", run_id=run.run_id)


def test_a_rollback_is_held_against_no_champion(world: World, call: Call) -> None:
    run = compared_with(world, None, is_rollback=True)
    world.promoted(world.deployed_run())
    assert call("promote_model", run_id=run.run_id)["version"] == 2


def test_a_later_drops_champion_wins_over_the_gate(world: World, call: Call) -> None:
    run = compared_with(world, None)
    world.promoted(world.deployed_run(dropped_at=after(20)))
    with pytest.raises(ModelRejectedError, match="an earlier drop never replaces it"):
        call("promote_model", run_id=run.run_id)


def test_the_gate_that_was_opened_again_compares_with_the_new_champion(
    world: World, call: Call
) -> None:
    asking = recipe(evaluation={"beat": "champion", "on_tie": "promote"})
    run = world.deployed_run(asking, dropped_at=after(9))
    world.write(run.layout.dataset("test.jsonl"), nova_lines(records(8)))
    assert (
        "base model is what it has to beat" in call("test_deployment", run_id=run.run_id)["verdict"]
    )
    other = world.deployed_run()
    assert other.job is not None
    job = structs.replace(other.job, custom_model_arn=world.ground.custom_model("another"))
    world.promoted(world.services.records.update(other, job=job))
    with pytest.raises(ChampionChangedError):
        call("promote_model", run_id=run.run_id)
    assert "the champion" in call("test_deployment", run_id=run.run_id)["verdict"]
    assert call("promote_model", run_id=run.run_id)["version"] == 2
