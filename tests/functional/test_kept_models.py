"""Custom models that nobody serves: which of them the sweep leaves, and for how long."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.functional.samples import NOW, recipe
from tests.functional.test_redeployment import BEATEN, closed, ended, ordered
from tests.functional.world import Call, World
from tunedrop.errors import ModelRejectedError
from tunedrop.run import Run, moment, timestamp
from tunedrop.services import Services

UNPLACED = "DeploymentFailedError"
REFUSED = "ModelRejectedError"


def is_swept(world: World, call: Call, run: Run, mp: pytest.MonkeyPatch, at: datetime) -> bool:
    mp.setattr(Services, "now", lambda _: at)
    call("sweep")
    return not world.model_exists(f"{run.run_id}-1")


def unplaced(world: World) -> Run:
    """A run that found no capacity for its model."""
    world.deploy()
    run = closed(world, world.run_with_model(source=world.drop(), losses=BEATEN), UNPLACED)
    return ended(world, run, "DeploymentFailed")


def wanted_alone(world: World) -> Run:
    """A run whose recipe asks for a model and for no deployment."""
    world.deploy(recipe(deployment={"mode": "none"}))
    run = world.run_with_model(source=world.drop(), losses=BEATEN)
    return ended(world, run, "RunSucceeded")


def deploying(world: World, call: Call, earlier: Run) -> Run:
    """A run that goes on from the earlier one."""
    event = ordered(world, earlier)
    call("prepare_run", **event)
    return world.services.records.get(event["run_id"])


def test_the_model_of_a_run_that_is_deploying_it_outlives_its_time(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = unplaced(world)
    over = moment(run.model_kept_until)
    monkeypatch.setattr(Services, "now", lambda _: over - timedelta(hours=1))
    again = deploying(world, call, run)
    assert not is_swept(world, call, run, monkeypatch, over + timedelta(hours=1))
    ended(world, again, "RunCancelled")
    assert is_swept(world, call, run, monkeypatch, over + timedelta(hours=1))


def test_a_model_that_was_placed_in_vain_once_more_is_kept_for_as_long_again(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = unplaced(world)
    over = moment(run.model_kept_until)
    monkeypatch.setattr(Services, "now", lambda _: over - timedelta(hours=1))
    again = closed(world, deploying(world, call, run), UNPLACED)
    assert world.find(run).model_kept_until == again.model_kept_until > run.model_kept_until
    ended(world, again, "DeploymentFailed")
    assert not is_swept(world, call, run, monkeypatch, over + timedelta(days=1))


@pytest.mark.parametrize("made", [unplaced, wanted_alone])
def test_a_model_that_is_refused_when_it_is_promoted_goes(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch, made: Callable[[World], Run]
) -> None:
    run = made(world)
    again = closed(world, deploying(world, call, run), REFUSED)
    ended(world, again, "ModelRejected")
    assert world.find(run).model_refused_by == again.run_id
    assert is_swept(world, call, run, monkeypatch, NOW.now(NOW.tzinfo) + timedelta(hours=2))


def test_a_model_that_a_later_drop_overtook_when_it_was_promoted_is_kept(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = unplaced(world)
    again, later = deploying(world, call, run), timestamp(NOW + timedelta(minutes=1))
    world.promoted(world.deployed_run(dropped_at=later))
    with pytest.raises(ModelRejectedError) as overtaken:
        call("deploy_on_demand", run_id=again.run_id)
    ended(world, closed(world, again, overtaken.type.__name__), "ModelRejected")
    assert world.find(run).model_refused_by == ""
    assert not is_swept(world, call, run, monkeypatch, NOW.now(NOW.tzinfo) + timedelta(hours=2))


def test_a_model_that_was_wanted_alone_stays_until_five_later_ones_have_succeeded(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = wanted_alone(world)
    for days in range(1, 6):
        later = NOW.now(NOW.tzinfo) + timedelta(days=200 + days)
        assert not is_swept(world, call, run, monkeypatch, later)
        ended(world, world.trained_run(started_at=timestamp(later)), "RunSucceeded")
    assert is_swept(world, call, run, monkeypatch, later)
