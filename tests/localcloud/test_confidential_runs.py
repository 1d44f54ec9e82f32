"""Planted personal data and secrets train redacted, and stand in nothing but what was dropped."""

import json
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from localcloud.scenarios.datasets import SUMMARIES, drawn
from tests.localcloud.cloud_process import RunningCloud
from tests.localcloud.runs import Service, service_in

RECIPE = f"/tunedrop/dev/{SUMMARIES}/recipe"
DATA = {"personal_data": "redact", "secrets": "redact", "duplicates": "drop", "rejected_share": 0.5}
PLANTED = {
    "email": "ingrid.holm@fastmail.com",
    "phone": "+49 30 901820 447",
    "payment-card": "4012 8888 8888 1881",
    "iban": "GB82 WEST 1234 5698 7654 32",
    "ip-address": "81.62.69.142",
    "postal-address": "Prinsengracht 263, 1016 GV Amsterdam",
    "us-ssn": "536-22-8145",
    "aws-access-key": "AKIAQWERTYUIOPASDFGH",
    "github-token": "ghp_x7Kd92mQpL4vRt8WzB3nYc6HsJ5fGa1EuTiO",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
    "private-key": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----",
    "nl-bsn": "111222333",
    "assigned-secret": "Tr0ub4dor77x",
}
# What nothing but a word before it tells, in one record and in the turn before.
TELLING = (
    ("I need my file.", "What is your BSN?", "111222333", "Thank you, 111222333 it is."),
    ("Keep this to yourself. The password: Tr0ub4dor77x", "I will not tell anybody."),
)
_SPACES = re.compile(r"\s|\\+[nrt]")
Found = tuple[str, str]


def planted() -> bytes:
    """A sample in which every datum stands in three records, a repeated one, and a broken line."""
    lines = [json.loads(line) for line in drawn(SUMMARIES, records=120, seed=40).splitlines()]
    for number, datum in enumerate(list(PLANTED.values()) * 3):
        lines[number]["prompt"] += f"\nMy own is {datum} as before."
        lines[number]["completion"] += f" Wrote from {datum} today."
    broken = [(f"What became of {datum} is not said.",) for datum in PLANTED.values()]
    said = [(each["prompt"], each["completion"]) for each in (*lines, *lines[: len(PLANTED)])]
    whole = map(dialogue, (*said, *TELLING, *broken))
    return "".join(f"{json.dumps(each)}\n" for each in whole).encode()


def dialogue(said: Sequence[str]) -> dict[str, Any]:
    turns = zip(("user", "assistant") * len(said), said, strict=False)
    return {"messages": [{"role": role, "content": text} for role, text in turns]}


@pytest.fixture
def service(deployed_cloud: RunningCloud) -> Iterator[Service]:
    """The service, whose recipe has everything redacted and asks nothing of the model."""
    parameters = deployed_cloud.client("ssm")
    deployed = parameters.get_parameter(Name=RECIPE)["Parameter"]["Value"]
    recipe = {**json.loads(deployed), "data": DATA, "evaluation": {}}
    parameters.put_parameter(Name=RECIPE, Value=json.dumps(recipe), Overwrite=True)
    yield service_in(deployed_cloud)
    parameters.put_parameter(Name=RECIPE, Value=deployed, Overwrite=True)


@contextmanager
def overheard(cloud: RunningCloud) -> Iterator[list[str]]:
    """All messages of topics and events of the bus, which are in the list once this is left."""
    queues, events, topics = (cloud.client(each) for each in ("sqs", "events", "sns"))
    queue = queues.create_queue(QueueName="overheard")["QueueUrl"]
    attributes = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    arn = attributes["Attributes"]["QueueArn"]
    for topic in topics.list_topics()["Topics"]:
        topics.subscribe(TopicArn=topic["TopicArn"], Protocol="sqs", Endpoint=arn)
    pattern = {"source": [{"prefix": "aws."}]}
    events.put_rule(Name="overheard", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="overheard", Targets=[{"Id": "queue", "Arn": arn}])
    heard: list[str] = []
    yield heard
    while received := queues.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get(
        "Messages"
    ):
        for each in received:
            heard.append(each["Body"])
            queues.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])


def everything(service: Service, run_id: str) -> Iterator[Found]:
    """All that can be read in the cloud as text, each with its place."""
    cloud = service.cloud
    yield from objects(cloud)
    yield from log_lines(cloud)
    yield from executions(cloud)
    dynamodb = cloud.client("dynamodb")
    for table in dynamodb.list_tables()["TableNames"]:
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            yield from ((f"table {table}", json.dumps(item, default=str)) for item in page["Items"])
    parameters = cloud.client("ssm").get_paginator("describe_parameters").paginate()
    for name in (each["Name"] for page in parameters for each in page["Parameters"]):
        found = cloud.client("ssm").get_parameter_history(Name=name)["Parameters"]
        yield f"parameter {name}", json.dumps(found, default=str)
    for file in (each for each in cloud.state.rglob("*.log") if each.is_file()):
        yield f"file {file.name}", file.read_text()
    yield from bedrock(service, run_id)


def objects(cloud: RunningCloud) -> Iterator[Found]:
    s3 = cloud.client("s3")
    for bucket in (each["Name"] for each in s3.list_buckets()["Buckets"]):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for each in page.get("Versions", ()):
                at = {"Bucket": bucket, "Key": each["Key"], "VersionId": each["VersionId"]}
                got = s3.get_object(**at)
                tags = s3.get_object_tagging(**at)["TagSet"]
                facts = json.dumps([each["Key"], got["Metadata"], tags])
                yield f"object {each['Key']} {each['VersionId']}", facts + text_of(got["Body"])


def text_of(body: Any) -> str:
    content = body.read()
    with suppress(zlib.error):
        content = zlib.decompress(content)
    return str(content.decode("utf-8", errors="replace"))


def log_lines(cloud: RunningCloud) -> Iterator[Found]:
    logs = cloud.client("logs")
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in (each["logGroupName"] for each in page["logGroups"]):
            for found in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
                yield from ((f"log {group}", each["message"]) for each in found["events"])


def executions(cloud: RunningCloud) -> Iterator[Found]:
    states = cloud.client("stepfunctions")
    for machine in states.list_state_machines()["stateMachines"]:
        arn = machine["stateMachineArn"]
        for each in states.list_executions(stateMachineArn=arn)["executions"]:
            name, at = f"execution {each['name']}", {"executionArn": each["executionArn"]}
            yield name, json.dumps(states.describe_execution(**at), default=str)
            for page in states.get_paginator("get_execution_history").paginate(**at):
                yield name, json.dumps(page["events"], default=str)


def bedrock(service: Service, run_id: str) -> Iterator[Found]:
    """What Bedrock tells of the job and the model, and what the model learned to say."""
    job = service.bedrock.get_model_customization_job(jobIdentifier=f"{run_id}-1")
    yield "the job", json.dumps(job, default=str)
    model = service.bedrock.get_custom_model(modelIdentifier=job["outputModelArn"])
    yield "the model", json.dumps(model, default=str)
    train = service.artifact(f"runs/{SUMMARIES}/{run_id}/dataset/train.jsonl") or b""
    for record in (json.loads(line) for line in train.splitlines() if b"My own is [" in line):
        said = service.cloud.client("bedrock-runtime").converse(
            modelId=service.model(SUMMARIES), messages=record["messages"][:1]
        )
        yield "an answer", said["output"]["message"]["content"][0]["text"]


def test_planted_data_are_in_nothing_but_the_dropped_version(service: Service) -> None:
    key = f"datasets/{SUMMARIES}/planted.jsonl"
    with overheard(service.cloud) as heard:
        version = service.put(key, planted())
        answer = service.answer(key, version, final=True)
        service.ended(answer["run_id"])
    assert answer["outcome"] == "RunSucceeded", answer["reason"]

    messages = [(f"message {number}", text) for number, text in enumerate(heard)]
    found = [*everything(service, answer["run_id"]), *messages]
    data = {kind: _SPACES.sub("", datum) for kind, datum in PLANTED.items()}
    bare = [(place, _SPACES.sub("", text)) for place, text in found]
    holding = {(place, kind) for place, text in bare for kind in data if data[kind] in text}
    assert holding == {(f"object {key} {version}", kind) for kind in PLANTED}

    kinds = {place.partition(" ")[0] for place, _ in found}
    assert kinds >= {"object", "log", "execution", "table", "parameter", "file", "message"}
    assert [place for place, _ in found].count("an answer") > len(PLANTED)
    assert any('"Message"' in text for text in heard) and any("aws.bedrock" in t for t in heard)
    assert service.record(answer["run_id"])["dataset"]["redacted"].keys() == PLANTED.keys()
