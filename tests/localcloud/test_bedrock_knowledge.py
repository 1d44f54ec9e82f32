"""Foundation models, quotas, tags, faults, events and the AWS CLI."""

import json
import os
import subprocess
import sys
import time
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.bedrock.faults import FaultRefusedError, main
from localcloud.shell import client_settings
from tests.localcloud.bedrock_world import HAIKU, LLAMA, NOVA, World, wait_until


def offered(world: World) -> dict[str, str]:
    """Models that take fine-tuning jobs, by lifecycle status."""
    found = world.bedrock.list_foundation_models(byCustomizationType="FINE_TUNING")
    return {each["modelId"]: each["modelLifecycle"]["status"] for each in found["modelSummaries"]}


def test_models_that_take_jobs_are_listed_with_their_context(bedrock_world: World) -> None:
    found = offered(bedrock_world)
    assert found[NOVA] == "ACTIVE"
    assert HAIKU not in found
    assert "amazon.nova-micro-v1:0" not in found


def test_retired_models_are_active_where_they_are_kept_open(bedrock_retired_world: World) -> None:
    assert offered(bedrock_retired_world)[HAIKU] == "ACTIVE"


def test_legacy_model_says_when_it_ends(bedrock_world: World) -> None:
    west = World(endpoint_url=bedrock_world.endpoint_url, region="us-west-2")
    details = west.bedrock.get_foundation_model(modelIdentifier=LLAMA)["modelDetails"]
    assert details["modelLifecycle"]["status"] == "LEGACY"
    assert details["modelLifecycle"]["endOfLifeTime"].isoformat().startswith("2027-03-30")


def test_model_past_its_end_is_unknown(bedrock_world: World) -> None:
    with pytest.raises(ClientError, match="The provided model identifier is invalid"):
        bedrock_world.bedrock.get_foundation_model(modelIdentifier=HAIKU)


def test_quotas_have_the_codes_of_aws(bedrock_world: World) -> None:
    quotas = bedrock_world.client("service-quotas")
    jobs = quotas.get_service_quota(ServiceCode="bedrock", QuotaCode="L-0406044C")["Quota"]
    assert (jobs["Value"], jobs["Adjustable"]) == (10.0, False)
    pages = quotas.get_paginator("list_service_quotas").paginate(
        ServiceCode="bedrock", PaginationConfig={"PageSize": 3}
    )
    codes = [each["QuotaCode"] for page in pages for each in page["Quotas"]]
    assert len(codes) == len(set(codes)) > 3
    with pytest.raises(ClientError, match="NoSuchResourceException"):
        quotas.get_service_quota(ServiceCode="bedrock", QuotaCode="L-00000000")


def test_changed_quota_is_what_service_quotas_says(bedrock_world: World) -> None:
    bedrock_world.faults.order("quota", quota="L-BE77399C", value=0)
    quotas = bedrock_world.client("service-quotas")
    found = quotas.get_service_quota(ServiceCode="bedrock", QuotaCode="L-BE77399C")["Quota"]
    assert found["Value"] == 0.0


def test_tags_are_added_and_removed(bedrock_world: World) -> None:
    arn = bedrock_world.create_job(jobTags=[{"key": "a", "value": "1"}])
    bedrock = bedrock_world.bedrock
    bedrock.tag_resource(resourceARN=arn, tags=[{"key": "b", "value": "2"}])
    bedrock.untag_resource(resourceARN=arn, tagKeys=["a"])
    assert bedrock.list_tags_for_resource(resourceARN=arn)["tags"] == [{"key": "b", "value": "2"}]


def test_tags_of_nothing_are_not_found(bedrock_world: World) -> None:
    arn = "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefghijkl"
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        bedrock_world.bedrock.list_tags_for_resource(resourceARN=arn)


def test_operation_that_is_not_there_says_so(bedrock_world: World) -> None:
    with pytest.raises(ClientError, match="does not implement ListGuardrails"):
        bedrock_world.bedrock.list_guardrails()


def test_ordered_error_strikes_as_often_as_ordered(bedrock_world: World) -> None:
    bedrock_world.faults.order("error", operation="ListCustomModels", count=2)
    for _ in range(2):
        with pytest.raises(ClientError, match="ThrottlingException") as struck:
            bedrock_world.bedrock.list_custom_models()
        assert struck.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert "modelSummaries" in bedrock_world.bedrock.list_custom_models()


def test_lost_answer_leaves_the_job_behind(bedrock_world: World) -> None:
    bedrock_world.faults.order("lost_answer", operation="CreateModelCustomizationJob")
    request = bedrock_world.job_request(clientRequestToken=uuid.uuid4().hex)
    with pytest.raises(ClientError, match="InternalServerException"):
        bedrock_world.bedrock.create_model_customization_job(**request)
    again = bedrock_world.bedrock.create_model_customization_job(**request)
    found = bedrock_world.bedrock.get_model_customization_job(jobIdentifier=request["jobName"])
    assert found["jobArn"] == again["jobArn"]


def test_slow_call_takes_its_time(bedrock_world: World) -> None:
    bedrock_world.faults.order("slow", operation="ListCustomModels", delay=0.3)
    started = time.monotonic()
    bedrock_world.bedrock.list_custom_models()
    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize(
    ("kind", "details", "message"),
    [
        ("job_fails", {"message": "Out of luck."}, "Out of luck."),
        ("job_internal_error", {}, "Encountered an internal error when processing the request."),
    ],
)
def test_job_fails_as_ordered(
    bedrock_world: World, kind: Any, details: dict[str, str], message: str
) -> None:
    bedrock_world.faults.order(kind, match="unlucky", **details)
    other = bedrock_world.run_job()
    name = f"unlucky-{uuid.uuid4().hex[:6]}"
    job = bedrock_world.run_job(jobName=name)
    assert (job["status"], job["failureMessage"]) == ("Failed", message)
    assert other["status"] == "Completed"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "earthquake"},
        {"kind": "error", "count": 0},
        {"kind": "quota", "quota": "L-1"},
        {"kind": "error", "operaton": "x"},
        {"kind": "quota", "quota": "L-1", "value": 1},
    ],
)
def test_faults_that_make_no_sense_are_refused(bedrock_world: World, fault: dict[str, Any]) -> None:
    with pytest.raises(FaultRefusedError):
        bedrock_world.faults.order(**fault)


def test_faults_are_ordered_from_the_command_line(
    bedrock_world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    there = ["--endpoint", bedrock_world.endpoint_url]
    assert main(["job_fails", "--count", "3", "--match", "nobody", *there]) == 0
    listed = json.loads(capsys.readouterr().out)["faults"]
    assert [(each["kind"], each["count"]) for each in listed] == [("job_fails", 3)]
    assert main(["clear", *there]) == 0
    assert json.loads(capsys.readouterr().out) == {"faults": [], "quotas": {}}
    assert main(["quota", "--quota", "none", "--value", "1", *there]) == 1


def received(world: World, queue: str) -> list[dict[str, Any]]:
    """The events in a queue, which are then gone."""
    found = world.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [json.loads(each["Body"]) for each in found.get("Messages", [])]


@pytest.fixture
def event_queue(bedrock_world: World) -> Any:
    """A queue behind a rule for the events of customization jobs."""
    name = f"events-{uuid.uuid4().hex[:8]}"
    sqs, events = bedrock_world.client("sqs"), bedrock_world.client("events")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:123456789012:{name}"
    pattern = {"source": ["aws.bedrock"], "detail-type": ["Model Customization Job State Change"]}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
    yield url
    events.remove_targets(Rule=name, Ids=["queue"])
    events.delete_rule(Name=name)


def events_of(world: World, queue: str, job: str, count: int) -> list[dict[str, Any]]:
    """The events of a job, once there are as many."""
    found: list[dict[str, Any]] = []

    def enough() -> bool:
        found.extend(each for each in received(world, queue) if each["detail"]["jobArn"] == job)
        return len(found) >= count

    wait_until(enough)
    return found


def test_each_change_of_status_is_an_event(bedrock_world: World, event_queue: str) -> None:
    job = bedrock_world.run_job()
    found = events_of(bedrock_world, event_queue, job["jobArn"], 2)
    by_status = {each["detail"]["jobStatus"]: each for each in found}
    assert set(by_status) == {"InProgress", "Completed"}
    ended = by_status["Completed"]
    assert ended["resources"] == [job["jobArn"]]
    assert ended["region"] == "us-east-1"
    assert ended["detail"]["outputModelArn"] == job["outputModelArn"]
    assert ended["detail"]["trainingDataConfig"] == job["trainingDataConfig"]


def test_job_that_is_stopped_is_stopping_first(bedrock_world: World, event_queue: str) -> None:
    bedrock_world.faults.order("job_stuck")
    arn = bedrock_world.create_job()
    bedrock_world.bedrock.stop_model_customization_job(jobIdentifier=arn)
    found = events_of(bedrock_world, event_queue, arn, 3)
    assert {each["detail"]["jobStatus"] for each in found} == {"InProgress", "Stopping", "Stopped"}


def test_events_are_lost_and_doubled_as_ordered(bedrock_world: World, event_queue: str) -> None:
    name = f"event-{uuid.uuid4().hex[:6]}"
    bedrock_world.faults.order("lost_event", match=name)
    bedrock_world.faults.order("doubled_event", match=name)
    job = bedrock_world.run_job(jobName=name)
    found = events_of(bedrock_world, event_queue, job["jobArn"], 2)
    assert [each["detail"]["jobStatus"] for each in found] == ["Completed", "Completed"]


def test_aws_cli_drives_the_stand_in(bedrock_world: World) -> None:
    job = bedrock_world.run_job()
    settings = client_settings(bedrock_world.endpoint_url, "us-east-1")
    environment = {**os.environ, **settings, "AWS_CONFIG_FILE": os.devnull}
    command = [
        sys.executable,
        "-m",
        "awscli",
        "bedrock",
        "get-model-customization-job",
        "--job-identifier",
        job["jobArn"],
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outputModelArn"] == job["outputModelArn"]
