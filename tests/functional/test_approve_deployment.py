"""ApproveDeployment: people are asked once, and not for ever."""

from datetime import timedelta

import pytest

from tests.functional.samples import recipe
from tests.functional.world import Call, World
from tunedrop.errors import DeploymentDeclinedError, ModelRejectedError
from tunedrop.run import timestamp

ASKING = recipe(deployment={"approval": "required"})


def test_people_are_told_how_to_answer(world: World, call: Call) -> None:
    run = world.trained_run(ASKING)
    assert call("approve_deployment", run_id=run.run_id, task_token="token") is None
    [told] = world.notifications()
    assert told["Subject"] == "support: may this model be deployed?"
    assert f"tunedrop approve {run.run_id}" in told["Message"]
    assert f"tunedrop decline {run.run_id}" in told["Message"]


def test_a_later_look_renews_the_token_and_asks_nobody_again(world: World, call: Call) -> None:
    run = world.trained_run(ASKING)
    call("approve_deployment", run_id=run.run_id, task_token="first")
    asked_at = world.find(run).approval["asked_at"]
    call("approve_deployment", run_id=run.run_id, task_token="second")
    wait = world.find(run).wait
    assert wait is not None
    assert (wait.token, world.find(run).approval["asked_at"]) == ("second", asked_at)
    assert len(world.notifications()) == 1


def test_after_three_days_without_an_answer_the_deployment_is_declined(
    world: World, call: Call
) -> None:
    asked_at = timestamp(world.services.now() - timedelta(days=3, minutes=1))
    run = world.trained_run(ASKING, approval={"asked_at": asked_at})
    with pytest.raises(DeploymentDeclinedError, match=f"within 3 days of {asked_at}"):
        call("approve_deployment", run_id=run.run_id, task_token="token")


def test_nobody_is_asked_about_a_model_that_a_later_drops_keeps_from_service(
    world: World, call: Call
) -> None:
    run = world.trained_run(ASKING)
    later = timestamp(world.services.now() + timedelta(minutes=1))
    champion = world.promoted(world.deployed_run(dropped_at=later))
    with pytest.raises(ModelRejectedError, match=champion.run_id):
        call("approve_deployment", run_id=run.run_id, task_token="token")
    assert world.notifications() == []


def test_the_price_of_an_hour_is_told(world: World, call: Call) -> None:
    planned = recipe(base_model="amazon.nova-lite-v1:0:300k", deployment={"mode": "provisioned"})
    run = world.trained_run(planned)
    call("approve_deployment", run_id=run.run_id, task_token="token")
    [told] = world.notifications()
    assert "Deployment: provisioned; cost per hour: 108.15 US dollars." in told["Message"]
