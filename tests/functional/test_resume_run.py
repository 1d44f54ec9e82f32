"""ResumeRun: Bedrock's event about a job resumes the run that waits for it, and no other."""

import json

from tests.functional.ground import model_of, wait_until
from tests.functional.samples import Json
from tests.functional.world import Call, World


def job_event(name: str) -> Json:
    return {
        "source": "aws.bedrock",
        "detail-type": "Model Customization Job State Change",
        "detail": {"jobName": name, "jobStatus": "Completed"},
    }


def test_the_event_of_a_completed_job_resumes_its_run(world: World, call: Call) -> None:
    run = world.run_with_job()
    execution, token = world.waiting_execution()
    call("wait_for_customization_job", run_id=run.run_id, task_token=token)
    assert run.job is not None
    name = run.job.name
    arn = wait_until(lambda: model_of(world.bedrock, name))
    call("resume_run", **job_event(name))
    assert json.loads(world.ended(execution)["output"])["custom_model_arn"] == arn
    job = world.find(run).job
    assert job is not None
    assert (job.status, job.custom_model_arn) == ("Completed", arn)


def test_a_second_delivery_finds_the_token_spent(world: World, call: Call) -> None:
    run = world.run_with_model()
    execution, token = world.waiting_execution()
    call("wait_for_customization_job", run_id=run.run_id, task_token=token)
    world.ended(execution)
    assert run.job is not None
    assert call("resume_run", **job_event(run.job.name)) is None


def test_an_event_while_the_job_runs_resumes_nothing(world: World, call: Call) -> None:
    world.faults.order("job_stuck")
    run = world.run_with_job()
    call("wait_for_customization_job", run_id=run.run_id, task_token="not a token of anybody")
    assert run.job is not None
    assert call("resume_run", **job_event(run.job.name)) is None
    assert world.find(run).wait is not None


def test_the_event_of_a_strangers_job_passes_by(call: Call) -> None:
    assert call("resume_run", **job_event("somebody-elses-job")) is None
    assert call("resume_run", **job_event("job")) is None


def test_the_event_of_a_run_that_has_ended_passes_by(world: World, call: Call) -> None:
    run = world.run_with_model()
    assert run.job is not None
    world.services.records.end(run, outcome="RunCancelled", cause="", now=world.services.now())
    assert call("resume_run", **job_event(run.job.name)) is None


def test_the_event_of_an_earlier_attempt_passes_by(world: World, call: Call) -> None:
    run = world.run_with_model()
    call("wait_for_customization_job", run_id=run.run_id, task_token="no token")
    assert call("resume_run", **job_event(f"{run.run_id}-9")) is None
