"""Datasets dropped into the deployed service, driven by the AWS CLI and boto3."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from localcloud.bedrock.faults import Faults
from localcloud.scenarios.datasets import ROUTING, SUMMARIES, drawn
from tests.localcloud.cloud_process import RunningCloud, eventually
from tests.localcloud.runs import Service, service_in

Answer = dict[str, Any]
COPIED = drawn(SUMMARIES, records=120, seed=1)
AWS = str(Path(sys.executable).with_name("aws"))


@pytest.fixture
def service(deployed_cloud: RunningCloud) -> Service:
    return service_in(deployed_cloud)


def aws(service: Service, *arguments: str) -> str:
    """Run the AWS CLI, unmodified, against the embedded cloud."""
    ran = subprocess.run(
        [AWS, *arguments, "--output", "json"],
        env=service.cloud.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def copied(deployed_cloud: RunningCloud, tmp_path_factory: pytest.TempPathFactory) -> Answer:
    """The answer at the end of a run over a dataset that the AWS CLI copied."""
    service = service_in(deployed_cloud)
    file = tmp_path_factory.mktemp("october") / "october tickets+.jsonl"
    file.write_bytes(COPIED)
    bucket, key = service.outputs["DatasetsBucketName"], f"datasets/{SUMMARIES}/{file.name}"
    aws(service, "s3", "cp", str(file), f"s3://{bucket}/{key}")
    version = service.cloud.client("s3").head_object(Bucket=bucket, Key=key)["VersionId"]
    answer = service.answer(key, version, final=True)
    assert answer["outcome"] == "RunSucceeded", answer["reason"]
    return answer


def test_dataset_copied_with_the_aws_cli_becomes_a_model_in_service(
    service: Service, copied: Answer
) -> None:
    run_id = copied["run_id"]
    described = json.loads(
        aws(service, "stepfunctions", "describe-execution",
            "--execution-arn", service.execution_arn(run_id))
    )  # fmt: skip
    assert described["status"] == "SUCCEEDED"
    parameter = json.loads(
        aws(service, "ssm", "get-parameter", "--name", f"/tunedrop/dev/{SUMMARIES}/model")
    )
    model = parameter["Parameter"]["Value"]
    said = json.loads(
        aws(service, "bedrock-runtime", "converse", "--model-id", model, "--messages",
            json.dumps([{"role": "user", "content": [{"text": "The invoice is wrong."}]}]))
    )  # fmt: skip
    assert said["output"]["message"]["content"][0]["text"]
    listed = json.loads(aws(service, "bedrock", "list-custom-models"))["modelSummaries"]
    assert f"{run_id}-1" in [each["modelName"] for each in listed]
    by_name = json.loads(
        aws(service, "bedrock", "get-model-customization-job", "--job-identifier", f"{run_id}-1")
    )
    by_arn = json.loads(
        aws(service, "bedrock", "get-model-customization-job",
            "--job-identifier", by_name["jobArn"])
    )  # fmt: skip
    assert by_name == by_arn
    assert by_name["status"] == "Completed"


def test_run_leaves_a_record_a_report_and_its_dataset(service: Service, copied: Answer) -> None:
    record = service.record(copied["run_id"])
    root = f"runs/{SUMMARIES}/{copied['run_id']}/"
    assert record["outcome"] == copied["outcome"]
    assert record["dataset"]["records"]["train"] > 0
    train = service.artifact(f"{root}dataset/train.jsonl") or b""
    assert json.loads(train.splitlines()[0])["schemaVersion"] == "bedrock-conversation-2024"
    assert b"<html" in (service.artifact(f"{root}report.html") or b"")


def test_same_bytes_dropped_again_end_green_as_unchanged(service: Service, copied: Answer) -> None:
    again = service.run(SUMMARIES, "same-again", COPIED)
    assert again["outcome"] == "RunUnchanged"
    assert copied["run_id"] in again["reason"]
    assert service.ended(again["run_id"])["status"] == "SUCCEEDED"


def test_broken_dataset_ends_red_with_line_field_and_rule_and_creates_nothing(
    service: Service,
) -> None:
    broken = b'{"prompt": "a"}\n{"prompt": "b", "completion": "c"}\n'
    answer = service.run(SUMMARIES, "broken", broken)
    execution = service.ended(answer["run_id"])
    assert (execution["status"], execution["error"]) == ("FAILED", "DatasetRejected")
    for part in ("line 1", "completion", "missing-field", "Still billing: nothing", "tunedrop"):
        assert part in execution["cause"]
    assert answer["reason"] == execution["cause"]
    assert not service.resources(answer["run_id"])
    assert "CreateCustomizationJob" not in service.states(answer["run_id"])


def test_same_object_version_delivered_twice_is_one_run(service: Service) -> None:
    key = f"datasets/{SUMMARIES}/delivered-twice.jsonl"
    version = service.put(key, b"not json\n")
    answer = service.answer(key, version, final=True)
    _deliver_again(service, key, version)
    later = service.run(SUMMARIES, "after-delivered-twice", b"not json\n")
    assert later["run_id"] != answer["run_id"]
    executions = service.cloud.client("stepfunctions").list_executions(
        stateMachineArn=service.outputs["StateMachineArn"]
    )["executions"]
    assert [each["name"] for each in executions].count(answer["run_id"]) == 1
    assert service.answer(key, version) == answer


def test_twenty_datasets_dropped_at_once_end_with_the_last_one_as_champion(
    service: Service,
) -> None:
    # Old champions hold their units for the grace of an hour, which is not paced.
    Faults(service.cloud.endpoint_url).order("quota", quota="no_commitment_model_units", value=40)
    drops = {}
    for number in range(20):
        key = f"datasets/{ROUTING}/burst-{number:02}.jsonl"
        drops[key] = service.put(key, drawn(ROUTING, records=100, seed=100 + number))
    most_jobs = 0
    pending = dict(drops)
    answers = {}
    while pending:
        most_jobs = max(most_jobs, _running_jobs(service))
        assert len(_candidates(service)) <= 1
        for key, version in list(pending.items()):
            answer = service.answer(key, version)
            if answer["outcome"] != "RunStarted":
                answers[key] = answer
                del pending[key]
    assert most_jobs <= 10
    assert {each["outcome"] for each in answers.values()} <= {"RunSucceeded", "ModelRejected"}
    last = answers[f"datasets/{ROUTING}/burst-19.jsonl"]
    assert last["outcome"] == "RunSucceeded", last["reason"]
    assert service.record(last["run_id"])["deployment"]["arn"] == service.model(ROUTING)


def _deliver_again(service: Service, key: str, version: str) -> None:
    detail = {
        "bucket": {"name": service.outputs["DatasetsBucketName"]},
        "object": {"key": key, "version-id": version, "sequencer": "00"},
    }
    queues = service.cloud.client("sqs")
    urls = queues.list_queues()["QueueUrls"]
    body = {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "time": "2026-01-01T00:00:00Z",
        "detail": detail,
    }
    for url in urls:
        if "DeadLetter" not in url and "dlq" not in url.lower():
            queues.send_message(QueueUrl=url, MessageBody=json.dumps(body))
    eventually(lambda: False, within=1)


def _running_jobs(service: Service) -> int:
    listed = service.bedrock.list_model_customization_jobs(statusEquals="InProgress")
    return len(listed["modelCustomizationJobSummaries"])


def _candidates(service: Service) -> list[str]:
    """Throughput of the burst that is paid for by runs that have not ended."""
    listed = service.bedrock.list_provisioned_model_throughputs()["provisionedModelSummaries"]
    names = [each["provisionedModelName"].rpartition("-")[0] for each in listed]
    states = service.cloud.client("stepfunctions")
    return [
        name
        for name in names
        if states.describe_execution(executionArn=service.execution_arn(name))["status"]
        == "RUNNING"
    ]
