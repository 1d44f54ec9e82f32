"""What all tests of a worker share: the quick cloud and what is made in it once."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import boto3
from botocore.config import Config

from localcloud.bedrock.faults import Faults
from tests.functional.samples import NOVA, Json, nova_lines, records, unique

REGION = "us-east-1"

_session = cache(boto3.Session)
# Every answer of AWS is seen at once: what botocore would hide by trying again is the point here.
_ONE_TRY = Config(retries={"total_max_attempts": 1}, read_timeout=60)

WAITING = {
    "StartAt": "Wait",
    "States": {"Wait": {"Type": "Wait", "Seconds": 86_400, "End": True}},
}
ENDING_AT_ONCE = {"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}}
WAITING_FOR_TOKEN = {
    "StartAt": "Wait",
    "States": {
        "Wait": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {"QueueUrl.$": "$.queue", "MessageBody.$": "$$.Task.Token"},
            "End": True,
        }
    },
}


@cache
def client(endpoint_url: str, service: str) -> Any:
    """A client of the quick cloud; making one costs more than most tests."""
    return _session().client(
        service,
        region_name=REGION,
        endpoint_url=endpoint_url,
        aws_access_key_id="dev",
        aws_secret_access_key="dev",
        config=_ONE_TRY,
    )


def wait_until(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    """The first true value of the condition."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if value := condition():
            return value
        time.sleep(0.03)
    raise AssertionError("the condition never held")


@dataclass(frozen=True)
class Ground:
    """What all tests of a worker share: the cloud, a role that Bedrock assumes, a key."""

    endpoint_url: str

    def client(self, service: str) -> Any:
        """A client of the quick cloud."""
        return client(self.endpoint_url, service)

    @cached_property
    def faults(self) -> Faults:
        """Orders faults at Bedrock."""
        return Faults(self.endpoint_url)

    @cached_property
    def customization_role_arn(self) -> str:
        """A role that Bedrock assumes, and that may read and write every bucket."""
        return _role(self, service="bedrock.amazonaws.com", actions=["s3:*", "kms:*"])

    @cached_property
    def key_arn(self) -> str:
        """A KMS key."""
        return str(self.client("kms").create_key()["KeyMetadata"]["Arn"])

    def machine(self, definition: Json) -> str:
        """The ARN of a state machine of this definition."""
        return _machine(self, json.dumps(definition))

    def custom_model(self, which: str = "shared") -> str:
        """The ARN of a custom model that nobody deletes; another one for another name."""
        return _shared_model(self, which)


@cache
def _machine(ground: Ground, definition: str) -> str:
    role = _role(ground, service="states.amazonaws.com", actions=["sqs:SendMessage"])
    made = ground.client("stepfunctions").create_state_machine(
        name=unique("machine"), definition=definition, roleArn=role
    )
    return str(made["stateMachineArn"])


def _role(ground: Ground, *, service: str, actions: list[str]) -> str:
    iam, name = ground.client("iam"), unique("role")
    trust = _policy(Action="sts:AssumeRole", Principal={"Service": service})
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    allowed = _policy(Action=actions, Resource="*")
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=allowed)
    return arn


@cache
def _shared_model(ground: Ground, which: str) -> str:
    bucket, name = unique(which), unique(which)
    s3, bedrock = ground.client("s3"), ground.client("bedrock")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="train.jsonl", Body=nova_lines(records()))
    bedrock.create_model_customization_job(
        jobName=name,
        customModelName=name,
        roleArn=ground.customization_role_arn,
        baseModelIdentifier=NOVA,
        trainingDataConfig={"s3Uri": f"s3://{bucket}/train.jsonl"},
        outputDataConfig={"s3Uri": f"s3://{bucket}/out/"},
    )
    return str(wait_until(lambda: model_of(bedrock, name)))


def model_of(bedrock: Any, name: str) -> str | None:
    job = bedrock.get_model_customization_job(jobIdentifier=name)
    assert job["status"] in ("InProgress", "Completed"), job
    found: str | None = job.get("outputModelArn")
    return found


def _policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})
