"""WaitForCustomizationJob: the token is stored first, then the job is looked at once."""

import json

import msgspec
import pytest

from tests.functional.ground import wait_until
from tests.functional.world import Call, World
from tunedrop.errors import RunCancelledError


def test_a_job_that_has_ended_resumes_the_workflow_at_once(world: World, call: Call) -> None:
    run = world.run_with_model()
    execution, token = world.waiting_execution()
    assert call("wait_for_customization_job", run_id=run.run_id, task_token=token) is None
    assert run.job is not None
    assert json.loads(world.ended(execution)["output"]) == {
        "completed": True,
        "status": "Completed",
        "custom_model_arn": run.job.custom_model_arn,
    }


def test_while_the_job_runs_the_token_is_kept(world: World, call: Call) -> None:
    world.faults.order("job_stuck")
    run = world.run_with_job()
    call("wait_for_customization_job", run_id=run.run_id, task_token="first")
    wait = world.find(run).wait
    assert wait is not None
    assert wait.token == "first"


def test_a_second_call_replaces_the_token(world: World, call: Call) -> None:
    world.faults.order("job_stuck")
    run = world.run_with_job()
    for token in ("first", "second"):
        call("wait_for_customization_job", run_id=run.run_id, task_token=token)
    wait = world.find(run).wait
    assert wait is not None
    assert wait.token == "second"


def test_a_failed_job_fails_the_state_in_bedrocks_own_words(world: World, call: Call) -> None:
    world.faults.order("job_fails", message="The learning rate is too high.")
    run = world.run_with_job()
    assert run.job is not None
    name = run.job.name
    wait_until(lambda: world.job_status(name) == "Failed")
    execution, token = world.waiting_execution()
    call("wait_for_customization_job", run_id=run.run_id, task_token=token)
    ended = world.ended(execution)
    assert ended["error"] == "CustomizationJobFailedError"
    words = json.loads(ended["cause"])["errorMessage"]
    assert words == f"Bedrock failed the customization job {name}: The learning rate is too high."


def test_a_spent_token_is_left_alone(world: World, call: Call) -> None:
    run = world.run_with_model()
    execution, token = world.waiting_execution()
    world.ground.client("stepfunctions").send_task_success(taskToken=token, output="{}")
    world.ended(execution)
    assert call("wait_for_customization_job", run_id=run.run_id, task_token=token) is None


def test_a_cancelled_run_waits_for_nothing(world: World, call: Call) -> None:
    run = world.run()
    world.services.records.cancel(run.run_id, "somebody")
    with pytest.raises(RunCancelledError):
        call("wait_for_customization_job", run_id=run.run_id, task_token="token")


def test_an_input_without_its_token_is_refused(call: Call) -> None:
    with pytest.raises(msgspec.ValidationError, match="task_token"):
        call("wait_for_customization_job", run_id="x")
