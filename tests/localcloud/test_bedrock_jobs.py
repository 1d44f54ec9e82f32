"""Customization jobs over HTTP, driven by unmodified boto3."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from tests.localcloud.bedrock_world import (
    HAIKU,
    LLAMA,
    NOVA,
    TITAN,
    World,
    claude_messages,
    lines,
    prompt_completion,
    records,
    wait_until,
)


def test_job_completes_and_leaves_a_custom_model(bedrock_world: World) -> None:
    job = bedrock_world.run_job(customModelTags=[{"key": "team", "value": "a"}])
    model = bedrock_world.bedrock.get_custom_model(modelIdentifier=job["outputModelName"])
    assert job["status"] == "Completed"
    assert model["modelArn"] == job["outputModelArn"]
    assert model["trainingMetrics"]["trainingLoss"] == job["trainingMetrics"]["trainingLoss"]
    tags = bedrock_world.bedrock.list_tags_for_resource(resourceARN=model["modelArn"])["tags"]
    assert tags == [{"key": "team", "value": "a"}]


def test_job_is_found_by_name_and_by_arn(bedrock_world: World) -> None:
    arn = bedrock_world.create_job()
    by_arn = bedrock_world.bedrock.get_model_customization_job(jobIdentifier=arn)
    by_name = bedrock_world.bedrock.get_model_customization_job(jobIdentifier=by_arn["jobName"])
    assert by_name["jobArn"] == arn
    assert by_arn["hyperParameters"]["epochCount"] == "2"


PHASES = ("validationDetails", "dataProcessingDetails", "trainingDetails")


def test_status_details_move_from_validation_to_training(bedrock_world: World) -> None:
    details = bedrock_world.run_job()["statusDetails"]
    assert [details[phase]["status"] for phase in PHASES] == ["Completed"] * 3
    times = [
        details[phase][each] for phase in PHASES for each in ("creationTime", "lastModifiedTime")
    ]
    assert times == sorted(times)
    assert times[0] < times[-1]


def test_stuck_job_waits_in_progress_with_its_training_not_started(bedrock_world: World) -> None:
    bedrock_world.faults.order("job_stuck")
    arn = bedrock_world.create_job()

    def waiting() -> bool:
        job = bedrock_world.bedrock.get_model_customization_job(jobIdentifier=arn)
        details = [job["statusDetails"][phase]["status"] for phase in PHASES]
        return (job["status"], *details) == ("InProgress", "Completed", "Completed", "NotStarted")

    wait_until(waiting)
    bedrock_world.bedrock.stop_model_customization_job(jobIdentifier=arn)


def test_stopped_job_leaves_no_model(bedrock_world: World) -> None:
    bedrock_world.faults.order("job_stuck")
    arn = bedrock_world.create_job()
    bedrock_world.bedrock.stop_model_customization_job(jobIdentifier=arn)
    stopped = bedrock_world.ended_job(arn)
    assert stopped["status"] == "Stopped"
    assert "outputModelArn" not in stopped
    with pytest.raises(ClientError, match="ConflictException"):
        bedrock_world.bedrock.stop_model_customization_job(jobIdentifier=arn)


def test_request_token_seen_before_creates_nothing(bedrock_world: World) -> None:
    request = bedrock_world.job_request(clientRequestToken=f"t{uuid.uuid4().hex}")
    first = bedrock_world.bedrock.create_model_customization_job(**request)
    again = bedrock_world.bedrock.create_model_customization_job(**request)
    assert first["jobArn"] == again["jobArn"]
    found = bedrock_world.bedrock.list_model_customization_jobs(nameContains=request["jobName"])
    assert len(found["modelCustomizationJobSummaries"]) == 1


def test_job_name_stays_taken_for_ever(bedrock_world: World) -> None:
    job = bedrock_world.run_job()
    bedrock_world.bedrock.delete_custom_model(modelIdentifier=job["outputModelArn"])
    with pytest.raises(ClientError, match="ConflictException"):
        bedrock_world.create_job(jobName=job["jobName"])


def test_custom_model_name_of_a_running_job_is_taken(bedrock_world: World) -> None:
    bedrock_world.create_job(customModelName="taken-twice")
    with pytest.raises(ClientError, match="ConflictException"):
        bedrock_world.create_job(customModelName="taken-twice")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"jobName": "with_underscore"}, "Member must satisfy regular expression pattern"),
        ({"jobName": "a" + "-" * 60 + "_"}, "Member must satisfy regular expression pattern"),
        ({"customModelName": "m" * 64}, "Member must have length less than or equal to 63"),
        ({"customizationType": "PROMPTING"}, "Member must satisfy enum value set"),
        ({"trainingDataConfig": {"s3Uri": "s3://b-1/a b.jsonl"}}, "regular expression"),
        ({"hyperParameters": {"epochCount": "6"}}, "between 1 and 5"),
        ({"hyperParameters": {"epochs": "2"}}, "The hyperparameters of model"),
        ({"hyperParameters": {"epochCount": "two"}}, "must be of type integer"),
        ({"baseModelIdentifier": "amazon.nova-micro-v1:0"}, "model identifier is invalid"),
        ({"baseModelIdentifier": HAIKU}, "The provided model identifier is invalid"),
        ({"baseModelIdentifier": LLAMA}, "The provided model identifier is invalid"),
        ({"customizationType": "CONTINUED_PRE_TRAINING"}, "is not supported for model"),
    ],
)
def test_wrong_request_is_refused_at_once(
    bedrock_world: World, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(ClientError, match=words) as refused:
        bedrock_world.create_job(**changes)
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_unknown_job_is_not_found(bedrock_world: World) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException") as refused:
        bedrock_world.bedrock.get_model_customization_job(jobIdentifier="nobody")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_eleventh_scheduled_job_exceeds_the_quota(bedrock_world: World) -> None:
    bedrock_world.faults.order("quota", quota="scheduled_jobs", value=1)
    bedrock_world.faults.order("job_stuck")
    wait_until(lambda: not running(bedrock_world))
    arn = bedrock_world.create_job()
    with pytest.raises(ClientError, match="ServiceQuotaExceededException"):
        bedrock_world.create_job()
    bedrock_world.bedrock.stop_model_customization_job(jobIdentifier=arn)
    bedrock_world.ended_job(arn)
    assert bedrock_world.create_job()


def test_number_of_custom_models_is_a_quota(bedrock_world: World) -> None:
    bedrock_world.faults.order("quota", quota="L-CB5B847D", value=0)
    with pytest.raises(ClientError, match=r"ServiceQuotaExceededException.*custom models"):
        bedrock_world.create_job()


def test_request_token_is_known_per_operation_and_ignores_the_rest(bedrock_world: World) -> None:
    token = uuid.uuid4().hex
    first = bedrock_world.create_job(clientRequestToken=token)
    again = bedrock_world.create_job(clientRequestToken=token)
    assert first == again


def test_same_request_sent_at_once_is_one_job(bedrock_world: World) -> None:
    request = bedrock_world.job_request(clientRequestToken=uuid.uuid4().hex)
    create = bedrock_world.bedrock.create_model_customization_job
    with ThreadPoolExecutor(8) as pool:
        arns = {each["jobArn"] for each in pool.map(lambda _: create(**request), range(8))}
    assert len(arns) == 1


def running(world: World) -> list[object]:
    """Jobs that are in progress or stopping."""
    return [
        job
        for status in ("InProgress", "Stopping")
        for job in world.bedrock.list_model_customization_jobs(statusEquals=status)[
            "modelCustomizationJobSummaries"
        ]
    ]


def test_jobs_are_listed_by_page_newest_first(bedrock_world: World) -> None:
    mark = uuid.uuid4().hex[:6]
    names = [f"{mark}-{index}" for index in range(3)]
    for name in names:
        bedrock_world.run_job(jobName=name)
    pages = bedrock_world.bedrock.get_paginator("list_model_customization_jobs").paginate(
        nameContains=mark, PaginationConfig={"PageSize": 2}
    )
    found = [[job["jobName"] for job in page["modelCustomizationJobSummaries"]] for page in pages]
    assert found == [[names[2], names[1]], [names[0]]]


def test_list_filters_by_time_and_order(bedrock_world: World) -> None:
    first = bedrock_world.run_job()
    second = bedrock_world.run_job()
    found = bedrock_world.bedrock.list_model_customization_jobs(
        creationTimeAfter=first["creationTime"], sortOrder="Ascending", statusEquals="Completed"
    )["modelCustomizationJobSummaries"]
    assert second["jobArn"] in [job["jobArn"] for job in found]
    assert first["jobArn"] not in [job["jobArn"] for job in found]


@pytest.mark.parametrize(
    ("base", "of", "count"),
    [(HAIKU, claude_messages, 40), (TITAN, prompt_completion, 8), (LLAMA, prompt_completion, 120)],
)
def test_retired_models_take_jobs_where_they_are_kept_open(
    bedrock_retired_world: World, base: str, of: object, count: int
) -> None:
    job = bedrock_retired_world.run_job(lines(records(count, of)), baseModelIdentifier=base)
    assert job["status"] == "Completed", job.get("failureMessage")
    assert base in job["outputModelArn"]


def test_custom_model_can_be_tuned_further(bedrock_world: World) -> None:
    first = bedrock_world.custom_model()
    second = bedrock_world.custom_model(baseModelIdentifier=first)
    model = bedrock_world.bedrock.get_custom_model(modelIdentifier=second)
    assert model["baseModelArn"] == first
    assert NOVA in second


@pytest.mark.parametrize(
    ("base", "kind", "words"),
    [
        (NOVA, "REINFORCEMENT_FINE_TUNING", "is not supported for model"),
        ("amazon.nova-2-lite-v1:0:256k", "REINFORCEMENT_FINE_TUNING", "does not emulate"),
        (NOVA, "DISTILLATION", "does not emulate"),
        ("amazon.titan-embed-image-v1:0", "DISTILLATION", "is not supported for model"),
        (NOVA, "CONTINUED_PRE_TRAINING", "is not supported for model"),
    ],
)
def test_types_of_jobs_that_are_not_run_are_refused(
    bedrock_world: World, base: str, kind: str, words: str
) -> None:
    with pytest.raises(ClientError, match=f"ValidationException.*{words}"):
        bedrock_world.create_job(baseModelIdentifier=base, customizationType=kind)


def test_passages_are_what_pre_training_continues_on(bedrock_retired_world: World) -> None:
    def passage(question: str, answer: str) -> dict[str, str]:
        return {"input": f"{question} {answer} Please come in time."}

    kind = {"customizationType": "CONTINUED_PRE_TRAINING", "baseModelIdentifier": TITAN}
    job = bedrock_retired_world.run_job(lines(records(40, passage)), **kind)
    wrong = bedrock_retired_world.run_job(lines(records(40, prompt_completion)), **kind)
    assert job["status"] == "Completed", job.get("failureMessage")
    assert job["customizationType"] == "CONTINUED_PRE_TRAINING"
    assert 'must follow \'{"input": "<text>"}\'' in wrong["failureMessage"]


def test_cohere_sets_aside_what_it_validates_on(bedrock_retired_world: World) -> None:
    base = {"baseModelIdentifier": "cohere.command-text-v14:7:4k"}
    job = bedrock_retired_world.run_job(lines(records(60, prompt_completion)), **base)
    few = bedrock_retired_world.run_job(lines(records(31, prompt_completion)), **base)
    assert job["validationMetrics"][0]["validationLoss"] > 0
    assert "31 is less than the minimum of 32" in few["failureMessage"]
