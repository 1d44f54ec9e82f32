"""Provisioned throughput with a deadline: warned of, withdrawn, prolonged, never by an old run."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.functional.samples import recipe
from tests.functional.world import Call, World
from tunedrop.cli import rollback
from tunedrop.errors import InvalidInputError, ServiceBusyError
from tunedrop.parameters import Parameters
from tunedrop.run import Run, moment, timestamp
from tunedrop.services import Services
from tunedrop.serving.recipe_state import Champion

EXPIRING = recipe(deployment={"mode": "provisioned", "expires_after": "7d", "grace": "24h"})


def in_service(world: World, **sections: str) -> tuple[Run, Champion]:
    world.deploy(EXPIRING)
    run = world.deployed_run(EXPIRING, **sections)
    world.services.promotions.promote(run, world.services.now())
    run = world.services.records.end(run, outcome="RunSucceeded", cause="", now=now(world))
    return run, champion(world)


def champion(world: World) -> Champion:
    found = world.services.champions.state("support").champion
    assert found is not None
    return found


def previous(world: World) -> str:
    found = world.services.champions.state("support").previous
    assert found is not None
    return found.run_id


def now(world: World) -> datetime:
    return world.services.now()


def at(monkeypatch: pytest.MonkeyPatch, moment_: datetime) -> None:
    monkeypatch.setattr(Services, "now", lambda _: moment_)


def test_a_champion_whose_recipe_sets_a_deadline_has_one(world: World) -> None:
    _, found = in_service(world)
    left = moment(found.expires_at) - now(world)
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)


def test_long_before_its_deadline_nobody_hears_of_it(world: World, call: Call) -> None:
    in_service(world)
    assert call("sweep")["withdrawn"] == []
    assert world.notifications() == []


def test_a_day_before_people_are_warned_once(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, found = in_service(world)
    at(monkeypatch, moment(found.expires_at) - timedelta(hours=20))
    call("sweep")
    call("sweep")
    [told] = world.notifications()
    assert "tunedrop extend support --by 7d" in told["Message"]
    assert found.expires_at in told["Message"]


def test_the_parameter_moves_an_hour_before_the_throughput_goes(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, found = in_service(world)
    name = f"{run.run_id}-1"
    at(monkeypatch, moment(found.expires_at) - timedelta(minutes=50))
    assert call("sweep")["withdrawn"] == ["support"]
    assert world.model_parameter() == "us.amazon.nova-micro-v1:0"
    assert world.deployment_status(name) == "Active"
    at(monkeypatch, moment(found.expires_at) + timedelta(minutes=10))
    assert call("sweep")["retired"] == [str(_retiree(run))]
    assert world.deployment_status(name) == ""


def test_a_deadline_that_every_sweep_missed_leaves_applications_their_hour(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, found = in_service(world)
    late = moment(found.expires_at) + timedelta(hours=3)
    at(monkeypatch, late)
    assert (call("sweep")["withdrawn"], status(world, run)) == (["support"], "Active")
    at(monkeypatch, late + timedelta(minutes=30))
    assert (call("sweep")["retired"], status(world, run)) == ([], "Active")
    at(monkeypatch, late + timedelta(minutes=59))
    assert (call("sweep")["retired"], status(world, run)) == ([_retiree(run)], "")


def test_what_the_parameter_could_not_leave_yet_serves_on(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, found = in_service(world)
    at(monkeypatch, moment(found.expires_at) + timedelta(minutes=10))
    world.services.expiry.look("support", moment(found.expires_at) - timedelta(hours=1))
    with monkeypatch.context() as refusing:
        refusing.setattr(Parameters, "set_model", refused)
        with pytest.raises(ServiceBusyError, match="the parameter of support"):
            call("sweep")
    assert call("sweep")["retired"] == []
    assert (world.model_parameter(), status(world, run)) == ("us.amazon.nova-micro-v1:0", "Active")
    assert call("sweep")["retired"] == [_retiree(run)]


def refused(*_: object) -> None:
    raise ServiceBusyError("SSM throttles.")


def test_the_parameter_leaves_the_throughput_of_a_recipe_that_was_removed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, found = in_service(world)
    upkeep = replace(world.services.upkeep, deployed=())
    sweep = replace(world.services.sweep, recipe_names=(), upkeep=upkeep)
    assert sweep.sweep(moment(found.expires_at) - timedelta(minutes=50)).withdrawn == ("support",)
    assert world.model_parameter() == "us.amazon.nova-micro-v1:0"
    assert status(world, run) == "Active"


def test_a_champion_that_is_restored_has_its_time_again(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, found = in_service(world)
    at(monkeypatch, moment(found.expires_at) - timedelta(hours=2))
    call("sweep")
    in_service(world, dropped_at=timestamp(now(world)))
    at(monkeypatch, moment(found.expires_at) + timedelta(hours=3))
    assert rollback.restore(world.services, "support", champion(world))
    restored = champion(world)
    left = moment(restored.expires_at) - now(world)
    assert (restored.run_id, restored.warned_at) == (run.run_id, "")
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    assert call("sweep")["withdrawn"] == []
    assert (world.model_parameter(), status(world, run)) == (restored.model_id, "Active")


def status(world: World, run: Run) -> str:
    return world.deployment_status(f"{run.run_id}-1")


def _retiree(run: Run) -> str:
    assert run.deployment is not None
    return f"{run.deployment.mode} {run.deployment.name}"


def expired(world: World) -> Run:
    run, found = in_service(world)
    world.services.expiry.look("support", moment(found.expires_at))
    state = world.services.champions.state("support")
    assert state.champion is None
    assert found.custom_model_arn in state.kept_models
    return run


def test_what_follows_on_a_model_that_expired_is_rolled_back_to_it(world: World) -> None:
    run = expired(world)
    world.services.promotions.promote(world.deployed_run(EXPIRING), now(world))
    assert previous(world) == run.run_id


def test_a_model_that_expired_and_is_promoted_again_is_rolled_back_to_the_one_before(
    world: World,
) -> None:
    first, _ = in_service(world)
    second = expired(world)
    again = world.services.records.update(world.deployed_run(EXPIRING), job=second.job)
    world.services.promotions.promote(again, now(world))
    assert (champion(world).run_id, previous(world)) == (again.run_id, first.run_id)


def test_an_extended_champion_stays(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, found = in_service(world)
    deadline = world.services.expiry.extend("support", timedelta(days=7), now(world))
    assert moment(deadline) == moment(found.expires_at) + timedelta(days=7)
    at(monkeypatch, moment(found.expires_at) + timedelta(hours=1))
    assert call("sweep")["withdrawn"] == []
    assert champion(world).expires_at == deadline


def test_a_deadline_that_was_moved_meanwhile_withdraws_nothing(world: World) -> None:
    _, found = in_service(world)
    world.services.expiry.extend("support", timedelta(days=7), now(world))
    assert world.services.champions.withdraw("support", found, now(world)) is False
    assert champion(world).run_id == found.run_id


def test_the_deadline_of_a_replaced_champion_does_not_hit_the_next(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, found = in_service(world)
    later = timestamp(now(world) + timedelta(minutes=1))
    lasting = recipe(deployment={"mode": "provisioned"})
    world.deploy(lasting)
    second = world.deployed_run(lasting, dropped_at=later)
    world.services.promotions.promote(second, now(world))
    at(monkeypatch, moment(found.expires_at) + timedelta(hours=1))
    assert call("sweep")["withdrawn"] == []
    assert champion(world).run_id == second.run_id


def test_what_does_not_expire_cannot_be_extended(world: World) -> None:
    world.deploy()
    world.promoted(world.deployed_run())
    with pytest.raises(InvalidInputError, match="nothing in service that expires"):
        world.services.expiry.extend("support", timedelta(days=7), now(world))


def test_the_models_of_the_last_champions_are_kept_and_older_ones_go(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.deploy()
    runs = []
    for minutes in range(7):
        run = world.run_with_model(dropped_at=timestamp(now(world) + timedelta(minutes=minutes)))
        assert run.job is not None
        deployed = world.deployed_run()
        run = world.services.records.update(run, deployment=deployed.deployment)
        world.services.promotions.promote(run, now(world))
        world.services.records.end(run, outcome="RunSucceeded", cause="", now=now(world))
        runs.append(run)
    at(monkeypatch, now(world) + timedelta(hours=25))
    call("sweep")
    kept = [world.model_exists(f"{run.run_id}-1") for run in runs]
    assert kept == [False, False, True, True, True, True, True]
