"""CreateCustomizationJob: one job per attempt, whatever becomes of the calls."""

from datetime import timedelta

import pytest
from msgspec import structs

from tests.functional.samples import NOW, nova_lines, recipe, records
from tests.functional.world import Call, World
from tunedrop.errors import (
    CustomizationJobFailedError,
    JobSlotsFullError,
    ModelRejectedError,
    RunEndingError,
    ServiceBusyError,
)
from tunedrop.run import Failure, Job, moment, timestamp

CREATE = "CreateModelCustomizationJob"


def test_the_job_is_named_after_the_run_and_the_attempt(world: World, call: Call) -> None:
    run = world.uploaded_run()
    found = call("create_customization_job", run_id=run.run_id)
    assert found["job_name"] == f"{run.run_id}-1"
    assert found["job_arn"].startswith("arn:aws:bedrock:us-east-1:")
    assert list(found) == ["job_name", "job_arn"]


def test_the_job_is_created_as_the_recipe_asks(world: World, call: Call) -> None:
    run = world.uploaded_run(recipe(hyperparameters={"epochs": 3}))
    found = call("create_customization_job", run_id=run.run_id)
    job = world.bedrock.get_model_customization_job(jobIdentifier=found["job_arn"])
    assert job["hyperParameters"]["epochCount"] == "3"
    assert job["roleArn"] == world.settings.customization_role_arn
    assert job["outputModelKmsKeyArn"] == world.settings.model_key_arn
    bucket = world.settings.artifacts_bucket
    assert job["outputDataConfig"]["s3Uri"] == f"s3://{bucket}/training/support/{run.run_id}/"
    assert job["validationDataConfig"] == {"validators": []}


def test_a_validation_file_goes_with_the_job(world: World, call: Call) -> None:
    counts = {"train": 40, "validation": 8}
    run = world.uploaded_run(dataset={"records": counts})
    world.write(run.layout.dataset("validation.jsonl"), nova_lines(records(8)))
    found = call("create_customization_job", run_id=run.run_id)
    job = world.bedrock.get_model_customization_job(jobIdentifier=found["job_name"])
    [validator] = job["validationDataConfig"]["validators"]
    assert validator["s3Uri"].endswith(run.layout.dataset("validation.jsonl"))


def test_job_and_model_carry_the_tags_of_stage_recipe_and_run(world: World, call: Call) -> None:
    run = world.run_with_model()
    assert run.job is not None
    for arn in (run.job.arn, run.job.custom_model_arn):
        tags = world.bedrock.list_tags_for_resource(resourceARN=arn)["tags"]
        assert {tag["key"]: tag["value"] for tag in tags} == {
            "tunedrop:stage": run.stage,
            "tunedrop:recipe": run.recipe,
            "tunedrop:run_id": run.run_id,
        }


def test_a_second_call_finds_the_first_calls_job(world: World, call: Call) -> None:
    run = world.uploaded_run()
    first = call("create_customization_job", run_id=run.run_id)
    assert call("create_customization_job", run_id=run.run_id) == first


def test_a_job_whose_creation_was_never_answered_is_found_again(world: World, call: Call) -> None:
    run = world.uploaded_run()
    world.faults.order("lost_answer", operation=CREATE)
    with pytest.raises(ServiceBusyError, match="create the customization job"):
        call("create_customization_job", run_id=run.run_id)
    arn = world.bedrock.get_model_customization_job(jobIdentifier=f"{run.run_id}-1")["jobArn"]
    assert call("create_customization_job", run_id=run.run_id)["job_arn"] == arn


def test_the_intent_is_recorded_before_bedrock_is_asked(world: World, call: Call) -> None:
    run = world.uploaded_run()
    world.faults.order("error", operation=CREATE)
    with pytest.raises(ServiceBusyError, match="ThrottlingException"):
        call("create_customization_job", run_id=run.run_id)
    job = world.find(run).job
    assert job is not None
    assert (job.name, job.arn) == (f"{run.run_id}-1", "")


def test_a_later_call_renews_the_intent_for_which_clean_up_waits(world: World, call: Call) -> None:
    hours_ago = Job(attempt=1, name="x-1", intended_at=timestamp(NOW - timedelta(hours=3)))
    run = world.uploaded_run(job=hours_ago)
    world.faults.order("error", operation=CREATE)
    with pytest.raises(ServiceBusyError):
        call("create_customization_job", run_id=run.run_id)
    job = world.find(run).job
    assert job is not None
    assert world.services.now() - moment(job.intended_at) < timedelta(minutes=1)


def test_full_job_slots_are_waited_for(world: World, call: Call) -> None:
    run = world.uploaded_run()
    world.faults.order("quota", quota="scheduled_jobs", value=0)
    with pytest.raises(JobSlotsFullError, match="takes no further customization job now: You have"):
        call("create_customization_job", run_id=run.run_id)
    world.faults.order("quota", quota="scheduled_jobs", value=100)
    assert call("create_customization_job", run_id=run.run_id)["job_name"] == f"{run.run_id}-1"


def test_a_slot_is_waited_for_only_as_long_as_the_recipe_has_patience(
    world: World, call: Call
) -> None:
    seven_hours_ago = timestamp(world.services.now() - timedelta(hours=7))
    run = world.uploaded_run(slot_refused_at=seven_hours_ago)
    world.faults.order("quota", quota="scheduled_jobs", value=0)
    with pytest.raises(CustomizationJobFailedError, match="patience of 6h is over"):
        call("create_customization_job", run_id=run.run_id)
    world.faults.order("quota", quota="scheduled_jobs", value=100)
    assert world.find(run).job is None


def test_a_refusal_ends_the_run_in_bedrocks_own_words(world: World, call: Call) -> None:
    run = world.uploaded_run()
    world.faults.order(
        "error", operation=CREATE, code="ValidationException", message="This will not do"
    )
    with pytest.raises(CustomizationJobFailedError, match=f"{run.run_id}-1: This will not do"):
        call("create_customization_job", run_id=run.run_id)


@pytest.mark.parametrize("code", ["ValidationException", "ServiceQuotaExceededException"])
def test_what_bedrock_refused_is_nothing_that_clean_up_looks_for(
    world: World, call: Call, code: str
) -> None:
    run = world.uploaded_run()
    world.faults.order("error", operation=CREATE, code=code, message="No")
    with pytest.raises((CustomizationJobFailedError, JobSlotsFullError)):
        call("create_customization_job", run_id=run.run_id)
    assert world.find(run).job is None


def test_nothing_is_trained_that_a_later_drops_model_keeps_from_service(
    world: World, call: Call
) -> None:
    later = timestamp(NOW + timedelta(minutes=1))
    champion = world.promoted(world.deployed_run(dropped_at=later))
    run = world.uploaded_run()
    with pytest.raises(ModelRejectedError, match=champion.run_id):
        call("create_customization_job", run_id=run.run_id)
    assert world.job_status(f"{run.run_id}-1") == ""


def test_the_second_attempt_has_a_name_of_its_own(world: World, call: Call) -> None:
    first = Job(attempt=1, name="x-1", intended_at=timestamp(NOW))
    run = world.uploaded_run(former_jobs=(first,))
    assert call("create_customization_job", run_id=run.run_id)["job_name"] == f"{run.run_id}-2"


def test_a_run_that_is_ending_creates_nothing(world: World, call: Call) -> None:
    run = world.uploaded_run()
    world.services.records.begin_ending(run, Failure(error="X", cause="x"), NOW)
    with pytest.raises(RunEndingError):
        call("create_customization_job", run_id=run.run_id)
    assert world.job_status(f"{run.run_id}-1") == ""


def test_a_run_that_began_to_end_after_it_was_read_creates_nothing(world: World) -> None:
    run = world.uploaded_run()
    world.services.records.begin_ending(run, Failure(error="X", cause="x"), NOW)
    with pytest.raises(RunEndingError, match="not running any more"):
        world.services.job_creation.create(structs.replace(run, status="running"), NOW)
    assert world.job_status(f"{run.run_id}-1") == ""
