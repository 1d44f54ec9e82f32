"""The ways of events: S3 to rules, rules to targets, queues to functions."""

import json
from typing import Any

import pytest

from localcloud.moto_seams.target_input import target_input
from tests.localcloud.cloud_process import RunningCloud, eventually
from tests.localcloud.small_stacks import Template, arn_of, deploy_stack, function, ref, role

EVENT = {"detail": {"name": "n", "input": '{"a": "b"}', "list": [1]}, "detail-type": "T"}

# Writes what it receives under the names of the records, and fails those that say so.
RECEIVER = """
import boto3, json, os

def handler(event, context):
    failed, batch = [], len(event["Records"])
    for record in event["Records"]:
        key = f"{record['messageId']}/{record['attributes']['ApproximateReceiveCount']}"
        body = json.dumps({"body": record["body"], "batch": batch})
        boto3.client("s3").put_object(Bucket=os.environ["BUCKET"], Key=key, Body=body)
        if record["body"] == "poison":
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
"""


def _intake(max_receives: int = 2) -> Template:
    redrive = {"deadLetterTargetArn": arn_of("Dead"), "maxReceiveCount": max_receives}
    notifications = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [ref("Drops")]}}}
    mapping = {
        "EventSourceArn": arn_of("Queue"),
        "FunctionName": ref("Function"),
        "BatchSize": 10,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    return {
        "Role": role(),
        "Received": {"Type": "AWS::S3::Bucket"},
        "Drops": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "VersioningConfiguration": {"Status": "Enabled"},
                "NotificationConfiguration": notifications,
            },
        },
        "Dead": {"Type": "AWS::SQS::Queue"},
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {"VisibilityTimeout": 60, "RedrivePolicy": redrive},
        },
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": pattern,
                "State": "ENABLED",
                "Targets": [{"Id": "queue", "Arn": arn_of("Queue")}],
            },
        },
        "Function": function(RECEIVER, Environment={"Variables": {"BUCKET": ref("Received")}}),
        "Mapping": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping},
    }


class Intake:
    """A bucket, a rule, a queue and a function that keeps what it receives."""

    def __init__(self, cloud: RunningCloud) -> None:
        names = {name: ref(name) for name in ("Drops", "Received", "Queue", "Dead")}
        self.outputs = deploy_stack(cloud, _intake(), **names)
        self.s3, self.sqs = cloud.client("s3"), cloud.client("sqs")

    def drop(self, key: str) -> None:
        """Put an object."""
        self.s3.put_object(Bucket=self.outputs["Drops"], Key=key, Body=b"x")

    def received(self, count: int = 1) -> list[Any]:
        """What the function was given, once that is so many records."""

        def look() -> list[Any]:
            listed = self.s3.list_objects_v2(Bucket=self.outputs["Received"])
            keys = [each["Key"] for each in listed.get("Contents", [])]
            return keys if len(keys) >= count else []

        return [self._record(key) for key in eventually(look)]

    def _record(self, key: str) -> Any:
        read = self.s3.get_object(Bucket=self.outputs["Received"], Key=key)["Body"].read()
        return {"receives": int(key.partition("/")[2]), **json.loads(read)}


@pytest.fixture
def intake(bare_cloud: RunningCloud) -> Intake:
    return Intake(bare_cloud)


def test_drop_reaches_the_function_with_key_and_version_as_they_are(intake: Intake) -> None:
    intake.drop("datasets/a recipe/b+c d.jsonl")
    event = json.loads(intake.received()[0]["body"])
    assert event["detail"]["object"]["key"] == "datasets/a recipe/b+c d.jsonl"
    assert event["detail"]["object"]["version-id"]
    assert event["detail"]["reason"] == "PutObject"


def test_every_event_of_s3_has_an_id_and_a_place_in_the_sequence(intake: Intake) -> None:
    for number in range(3):
        intake.drop(f"k{number}")
    events = [json.loads(record["body"]) for record in intake.received(3)]
    assert len({event["id"] for event in events}) == 3
    assert len({event["detail"]["object"]["sequencer"] for event in events}) == 3


def test_copy_and_multipart_upload_say_so(intake: Intake) -> None:
    bucket = intake.outputs["Drops"]
    upload = intake.s3.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    part = intake.s3.upload_part(
        Bucket=bucket, Key="parts", UploadId=upload, PartNumber=1, Body=b"x"
    )
    intake.s3.complete_multipart_upload(
        Bucket=bucket,
        Key="parts",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    intake.s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/parts")
    reasons = {json.loads(record["body"])["detail"]["reason"] for record in intake.received(2)}
    assert reasons == {"CompleteMultipartUpload", "CopyObject"}


def test_only_the_failed_records_of_a_batch_come_again_and_then_die(intake: Intake) -> None:
    entries = [{"Id": body, "MessageBody": body} for body in ("good", "poison")]
    intake.sqs.send_message_batch(QueueUrl=intake.outputs["Queue"], Entries=entries)
    records = intake.received(3)
    assert sorted((record["body"], record["receives"]) for record in records) == [
        ("good", 1),
        ("poison", 1),
        ("poison", 2),
    ]
    dead = eventually(
        lambda: intake.sqs.receive_message(QueueUrl=intake.outputs["Dead"]).get("Messages")
    )
    assert [message["Body"] for message in dead] == ["poison"]


def test_disabled_rule_hears_nothing(bare_cloud: RunningCloud, intake: Intake) -> None:
    events = bare_cloud.client("events")
    rule = next(
        each["Name"]
        for each in events.list_rules()["Rules"]
        if intake.outputs["Drops"] in each.get("EventPattern", "")
    )
    events.disable_rule(Name=rule)
    intake.drop("unheard")
    events.enable_rule(Name=rule)
    intake.drop("heard")
    keys = [json.loads(r["body"])["detail"]["object"]["key"] for r in intake.received()]
    assert keys == ["heard"]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({}, EVENT),
        ({"Input": '{"constant": 1}'}, {"constant": 1}),
        ({"InputPath": "$.detail"}, EVENT["detail"]),
        ({"InputPath": "$.detail.list[0]"}, 1),
    ],
)
def test_target_receives_what_it_asks_for(target: Any, expected: Any) -> None:
    assert json.loads(target_input(target, EVENT)) == expected


def test_template_is_filled_in_with_json_and_within_strings_with_text() -> None:
    paths = {"name": "$.detail.name", "input": "$.detail.input", "detail-list": "$.detail.list"}
    written = '{"bare": <input>, "within": "run <name>", "list": <detail-list>}'
    transformer = {"InputPathsMap": paths, "InputTemplate": written}
    filled = json.loads(target_input({"InputTransformer": transformer}, EVENT))
    assert filled == {"bare": '{"a": "b"}', "within": "run n", "list": [1]}
