"""CleanUp: one idempotent pass over what a run leaves behind, until nothing bills."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.ground import wait_until
from tests.functional.samples import NOW, Json, unique
from tests.functional.world import Call, World
from tunedrop.errors import CleanUpFailedError, RunEndingError, ServiceBusyError
from tunedrop.run import CleanUp, Deployment, Failure, Job, Run, Source, plain, timestamp

CLEAN = {"done": True, "still_billing": []}
CAUGHT = {"Error": "ModelRejectedError", "Cause": json.dumps({"errorMessage": "Not good enough."})}


def given(run: Run, **changes: Any) -> Json:
    event = {
        "run_id": run.run_id,
        "execution_arn": run.execution_arn,
        "status": "FAILED",
        "input": json.dumps(plain(run.source)),
        "failure": CAUGHT,
    }
    return {key: value for key, value in {**event, **changes}.items() if value is not None}


def passes_until_clean(call: Call, run: Run) -> Json:
    """What the last pass answers."""

    def passed() -> Json | None:
        found: Json = call("clean_up", **given(run))
        return found if found["done"] else None

    return wait_until(passed)


def intent(world: World, seconds_ago: int) -> Job:
    moment = world.services.now() - timedelta(seconds=seconds_ago)
    return Job(attempt=1, name=unique("intended"), intended_at=timestamp(moment))


def test_a_run_that_made_nothing_is_clean(world: World, call: Call) -> None:
    run = world.run()
    assert call("clean_up", **given(run)) == CLEAN


def test_the_record_is_closed_with_the_failure_that_was_caught(world: World, call: Call) -> None:
    run = world.run()
    call("clean_up", **given(run))
    after = world.find(run)
    assert after.status == "ending"
    assert after.failure == Failure(error="ModelRejectedError", cause="Not good enough.")


def test_the_first_failure_is_kept(world: World, call: Call) -> None:
    run = world.run()
    call("clean_up", **given(run))
    call("clean_up", **given(run, failure=None, status="ABORTED"))
    failure = world.find(run).failure
    assert failure is not None
    assert failure.error == "ModelRejectedError"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("ABORTED", "RunCancelledError"),
        ("TIMED_OUT", "ExecutionTimedOut"),
        ("FAILED", "ExecutionFailed"),
    ],
)
def test_an_execution_that_ended_without_clean_up_is_told_by_its_status(
    world: World, call: Call, status: str, error: str
) -> None:
    run = world.run()
    assert call("clean_up", **given(run, status=status, failure=None)) == CLEAN
    failure = world.find(run).failure
    assert failure is not None
    assert failure.error == error


def test_a_run_whose_record_was_never_opened_gets_one(world: World, call: Call) -> None:
    source = Source(bucket="b", key="datasets/support/t.jsonl", version_id="v")
    run_id = unique("support-20261122")
    event = {"run_id": run_id, "execution_arn": "arn", "status": "ABORTED"}
    assert call("clean_up", **event, input=json.dumps(plain(source))) == CLEAN
    run = world.services.records.get(run_id)
    assert (run.recipe, run.status, run.source) == ("support", "ending", source)


def test_an_input_that_names_no_object_is_cleaned_up_as_well(world: World, call: Call) -> None:
    run_id = unique("by-hand")
    event = {"run_id": run_id, "execution_arn": "arn", "status": "FAILED", "input": "{}"}
    assert call("clean_up", **event) == CLEAN
    assert world.services.records.get(run_id).recipe == "unknown"


def test_the_record_of_another_object_under_the_same_name_is_left_alone(
    world: World, call: Call
) -> None:
    run = world.run()
    other = {"bucket": "b", "key": "datasets/support/other.jsonl", "version_id": "v"}
    assert call("clean_up", **given(run, input=json.dumps(other))) == CLEAN
    assert world.find(run).status == "running"


def test_an_intent_may_still_become_a_job_within_the_creators_timeout(
    world: World, call: Call
) -> None:
    job = intent(world, seconds_ago=60)
    found = call("clean_up", **given(world.run(job=job)))
    words = f"customization job {job.name} (it may still be being created)"
    assert found == {"done": False, "still_billing": [words]}


def test_an_intent_that_became_nothing_is_forgotten_after_the_timeout(
    world: World, call: Call
) -> None:
    assert call("clean_up", **given(world.run(job=intent(world, seconds_ago=120)))) == CLEAN


@pytest.mark.parametrize(("seconds_ago", "done"), [(60, False), (120, True)])
def test_an_intended_deployment_is_waited_for_likewise(
    world: World, call: Call, seconds_ago: int, done: bool
) -> None:
    moment = timestamp(world.services.now() - timedelta(seconds=seconds_ago))
    deployment = Deployment(mode="provisioned", name=unique("intended"), intended_at=moment)
    found = call("clean_up", **given(world.run(deployment=deployment)))
    assert found["done"] is done
    left = [] if done else [f"provisioned deployment {deployment.name}"]
    assert found["still_billing"] == left


def test_a_running_job_is_stopped_and_waited_for(world: World, call: Call) -> None:
    world.faults.order("job_stuck")
    run = world.run_with_job()
    assert run.job is not None
    first = call("clean_up", **given(run))
    assert first == {"done": False, "still_billing": [f"customization job {run.job.name}"]}
    assert passes_until_clean(call, run) == CLEAN
    assert world.job_status(run.job.name) == "Stopped"


def test_a_job_that_was_created_after_its_function_was_stopped_is_found(
    world: World, call: Call
) -> None:
    world.faults.order("job_stuck")
    run = world.uploaded_run()
    world.faults.order("lost_answer", operation="CreateModelCustomizationJob")
    with pytest.raises(ServiceBusyError):
        call("create_customization_job", run_id=run.run_id)
    assert passes_until_clean(call, run) == CLEAN
    assert world.job_status(f"{run.run_id}-1") == "Stopped"


def test_the_model_of_a_completed_job_is_deleted(world: World, call: Call) -> None:
    run = world.run_with_model()
    assert run.job is not None
    assert world.model_exists(run.job.name)
    assert call("clean_up", **given(run)) == CLEAN
    assert not world.model_exists(run.job.name)
    clean_up = world.find(run).clean_up
    assert clean_up is not None
    assert clean_up.taken_down == (f"customization job and model {run.job.name}",)


def test_a_model_that_passed_its_test_is_kept_where_its_price_was_declined(
    world: World, call: Call
) -> None:
    run = world.run_with_model(capacity={"served_by": "created"})
    call("clean_up", **given(run, failure={"Error": "DeploymentDeclinedError", "Cause": "so"}))
    assert world.model_exists(f"{run.run_id}-1")


@pytest.mark.parametrize(
    ("error", "stays"),
    [
        ("ServiceBusyError", True),
        ("Lambda.Unknown", True),
        ("DeploymentFailedError", True),
        ("RunCancelledError", False),
    ],
)
def test_a_paid_training_is_kept_where_the_model_is_not_to_blame(
    world: World, call: Call, error: str, stays: bool
) -> None:
    run = world.run_with_model()
    caught = {"Error": error, "Cause": "so"}
    assert call("clean_up", **given(run, failure=caught)) == CLEAN
    assert world.model_exists(f"{run.run_id}-1") is stays
    assert bool(world.find(run).model_kept_until) is stays


@pytest.mark.parametrize(("outcome", "stays"), [("CleanUpFailed", False), ("RunSucceeded", True)])
def test_a_run_that_ended_because_its_clean_up_failed_is_passed_over_again(
    world: World, call: Call, outcome: str, stays: bool
) -> None:
    run = world.run_with_model()
    world.services.records.end(run, outcome=outcome, cause="", now=NOW)
    assert call("clean_up", **given(run, failure=None)) == CLEAN
    assert world.model_exists(f"{run.run_id}-1") is stays


def test_former_attempts_are_taken_down_as_well(world: World, call: Call) -> None:
    run = world.run_with_model()
    assert run.job is not None
    run = world.services.records.update(run, former_jobs=(run.job,), job=None)
    assert call("clean_up", **given(run)) == CLEAN
    assert not world.model_exists(run.former_jobs[0].name)


def test_a_deployment_that_cannot_be_deleted_yet_is_deleted_once_it_can_be(
    world: World, call: Call
) -> None:
    run = world.deployed_run()
    assert run.deployment is not None
    being_created = {"code": "ValidationException", "message": "is in a mutating state"}
    world.faults.order("error", operation="DeleteCustomModelDeployment", **being_created)
    found = call("clean_up", **given(run))
    assert found == {"done": False, "still_billing": [f"on_demand deployment {run.run_id}-1"]}
    assert call("clean_up", **given(run)) == CLEAN
    assert world.deployment_status(run.deployment.arn) == ""


def test_a_model_in_service_is_taken_down_with_its_deployment(world: World, call: Call) -> None:
    run = world.run_with_model()
    arn = call("deploy_on_demand", run_id=run.run_id)["deployment_arn"]
    wait_until(lambda: world.deployment_status(arn) == "Active")
    assert passes_until_clean(call, run) == CLEAN
    assert world.deployment_status(arn) == ""
    assert not world.model_exists(f"{run.run_id}-1")


def test_a_second_clean_up_finds_nothing_left_to_do(world: World, call: Call) -> None:
    run = world.run_with_model()
    assert call("clean_up", **given(run)) == CLEAN
    assert call("clean_up", **given(run)) == CLEAN


def test_a_promoted_run_keeps_its_deployment(world: World, call: Call) -> None:
    run = world.promoted(world.deployed_run())
    assert call("clean_up", **given(run)) == CLEAN
    assert run.deployment is not None
    assert world.deployment_status(run.deployment.arn) == "Active"
    clean_up = world.find(run).clean_up
    assert clean_up is not None
    assert clean_up.taken_down == ()


def test_the_rollback_target_keeps_its_deployment(world: World, call: Call) -> None:
    run = world.promoted(world.deployed_run())
    world.promoted(world.deployed_run(dropped_at=timestamp(NOW + timedelta(minutes=1))))
    assert call("clean_up", **given(run)) == CLEAN
    assert run.deployment is not None
    assert world.deployment_status(run.deployment.arn) == "Active"


def test_a_champion_replaced_twice_serves_on_for_its_grace(world: World, call: Call) -> None:
    run = world.promoted(world.deployed_run())
    for minutes in (1, 2):
        world.promoted(world.deployed_run(dropped_at=timestamp(NOW + timedelta(minutes=minutes))))
    assert call("clean_up", **given(run)) == CLEAN
    assert world.deployment_status(f"{run.run_id}-1") == "Active"


def test_a_champion_keeps_its_deployment_whatever_its_record_says(world: World, call: Call) -> None:
    run = world.promoted(world.deployed_run())
    run = world.services.records.update(run, promotion=None)
    assert call("clean_up", **given(run)) == CLEAN
    assert world.deployment_status(f"{run.run_id}-1") == "Active"


def test_a_run_that_has_ended_is_clean_already(world: World, call: Call) -> None:
    run = world.deployed_run()
    ended = world.services.records.end(run, outcome="RunSucceeded", cause="", now=NOW)
    assert call("clean_up", **given(run)) == CLEAN
    assert world.find(run) == ended


def test_after_three_hours_what_is_left_is_named(world: World, call: Call) -> None:
    run = world.run(job=intent(world, seconds_ago=0))
    long_ago = world.services.now() - timedelta(hours=3, minutes=1)
    world.services.records.begin_ending(run, Failure(error="X", cause="x"), long_ago)
    assert run.job is not None
    with pytest.raises(
        CleanUpFailedError, match=f"perhaps billing: customization job {run.job.name}"
    ):
        call("clean_up", **given(run))
    clean_up = world.find(run).clean_up
    assert clean_up is not None
    assert clean_up.done is False


def test_a_throttled_pass_is_for_the_workflow_to_retry(world: World, call: Call) -> None:
    run = world.run_with_model()
    world.faults.order("error", operation="GetModelCustomizationJob")
    with pytest.raises(ServiceBusyError, match="look up the customization job"):
        call("clean_up", **given(run))
    assert call("clean_up", **given(run)) == CLEAN


def test_a_slower_clean_up_does_not_undo_what_the_finished_one_told(
    world: World, call: Call
) -> None:
    run = world.run()
    call("clean_up", **given(run))
    slower = CleanUp(still_billing=("provisioned deployment late",))
    with pytest.raises(RunEndingError):
        world.services.records.update_ending(run, clean_up=slower)
    assert world.find(run).clean_up == CleanUp(done=True)
