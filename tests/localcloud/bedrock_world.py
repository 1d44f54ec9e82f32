"""Builders for tests of the Bedrock stand-in: a served world, datasets, roles and jobs."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from localcloud.bedrock.api import BedrockApp
from localcloud.bedrock.faults import Faults
from localcloud.dispatcher import Dispatcher
from localcloud.moto_seams import event_bus

REGION = "us-east-1"
ACCOUNT = "123456789012"
NOVA = "amazon.nova-micro-v1:0:128k"
HAIKU = "anthropic.claude-3-haiku-20240307-v1:0:200k"
TITAN = "amazon.titan-text-express-v1:0:8k"
LLAMA = "meta.llama3-1-8b-instruct-v1:0:128k"
PACE = 1200.0

Json = dict[str, Any]


def conversation(question: str, answer: str) -> Json:
    """A record for Nova."""
    return {
        "schemaVersion": "bedrock-conversation-2024",
        "messages": [
            {"role": "user", "content": [{"text": question}]},
            {"role": "assistant", "content": [{"text": answer}]},
        ],
    }


def claude_messages(question: str, answer: str) -> Json:
    """A record for Claude 3."""
    return {
        "messages": [
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer},
        ]
    }


def prompt_completion(question: str, answer: str) -> Json:
    """A record for Titan and Llama."""
    return {"prompt": question, "completion": answer}


def records(count: int, of: Callable[[str, str], Json] = conversation) -> list[Json]:
    """Records that differ."""
    places = ("harbour", "library", "station", "museum", "market")
    return [
        of(
            f"When does the {places[index % 5]} number {index} open?",
            f"The {places[index % 5]} opens at {index % 5 + 7} o'clock.",
        )
        for index in range(count)
    ]


def lines(items: list[Json]) -> bytes:
    """JSON Lines."""
    return "".join(json.dumps(item) + "\n" for item in items).encode()


def wait_until(condition: Callable[[], Any], seconds: float = 20.0) -> Any:
    """The first true value of the condition."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("the condition never held")


@cache
def _client(
    service: str, endpoint_url: str, region: str, credentials: tuple[tuple[str, str], ...]
) -> Any:
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        config=Config(retries={"max_attempts": 0}),
        **dict(credentials),
    )


@dataclass(frozen=True, kw_only=True)
class World:
    """A served stand-in beside moto, and the clients to drive it."""

    endpoint_url: str
    region: str = REGION

    def client(self, service: str, **credentials: str) -> Any:
        """An unmodified boto3 client."""
        given = credentials or {"aws_access_key_id": "dev", "aws_secret_access_key": "dev"}
        return _client(service, self.endpoint_url, self.region, tuple(given.items()))

    @property
    def bedrock(self) -> Any:
        """The control plane, as the developer calls it."""
        return self.client("bedrock")

    @property
    def runtime(self) -> Any:
        """Inference, as the developer calls it."""
        return self.client("bedrock-runtime")

    @property
    def faults(self) -> Faults:
        """Orders faults."""
        return Faults(self.endpoint_url)

    def bucket(self) -> str:
        """A fresh bucket."""
        name = f"data-{uuid.uuid4().hex[:8]}"
        self.client("s3").create_bucket(Bucket=name)
        return name

    def put(self, bucket: str, key: str, body: bytes) -> str:
        """An object's URI."""
        self.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
        return f"s3://{bucket}/{key}"

    def role(self, *statements: Json, trust: Json | None = None) -> str:
        """The ARN of a role that trusts Bedrock and may do what the statements say."""
        iam, name = self.client("iam"), f"role-{uuid.uuid4().hex[:8]}"
        trusted = trust or {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "bedrock.amazonaws.com"},
        }
        arn: str = iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps(document(trusted))
        )["Role"]["Arn"]
        if statements:
            iam.put_role_policy(
                RoleName=name, PolicyName="inline", PolicyDocument=json.dumps(document(*statements))
            )
        return arn

    def data_role(self, bucket: str) -> str:
        """The ARN of a role that may read and write a bucket."""
        return self.role(
            allow(
                ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
                [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
            )
        )

    def session(self, role_arn: str) -> Mapping[str, str]:
        """Credentials of a session of the role, as keyword arguments of a client."""
        found = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="session")
        return {
            "aws_access_key_id": found["Credentials"]["AccessKeyId"],
            "aws_secret_access_key": found["Credentials"]["SecretAccessKey"],
            "aws_session_token": found["Credentials"]["SessionToken"],
        }

    def job_request(self, training: bytes | None = None, **changes: Any) -> Json:
        """The parameters of a job over a fresh bucket with this training data."""
        bucket = self.bucket()
        body = lines(records(16)) if training is None else training
        name = f"job-{uuid.uuid4().hex[:8]}"
        return {
            "jobName": name,
            "customModelName": f"{name}-model",
            "roleArn": self.data_role(bucket),
            "baseModelIdentifier": NOVA,
            "trainingDataConfig": {"s3Uri": self.put(bucket, "in/train.jsonl", body)},
            "outputDataConfig": {"s3Uri": f"s3://{bucket}/out/"},
            **changes,
        }

    def create_job(self, training: bytes | None = None, **changes: Any) -> str:
        """The ARN of a new job."""
        arn: str = self.bedrock.create_model_customization_job(
            **self.job_request(training, **changes)
        )["jobArn"]
        return arn

    def ended_job(self, arn: str) -> Json:
        """The job, once it has ended."""

        def ended() -> Json | None:
            job: Json = self.bedrock.get_model_customization_job(jobIdentifier=arn)
            return job if "endTime" in job else None

        return wait_until(ended)

    def run_job(self, training: bytes | None = None, **changes: Any) -> Json:
        """A new job, once it has ended."""
        return self.ended_job(self.create_job(training, **changes))

    def custom_model(self, **changes: Any) -> str:
        """The ARN of a new custom model."""
        job = self.run_job(**changes)
        assert job["status"] == "Completed", job.get("failureMessage")
        return job["outputModelArn"]

    def objects(self, uri: str) -> Mapping[str, bytes]:
        """Every object below a URI: name and content."""
        s3 = self.client("s3")
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        found = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        return {
            each["Key"].removeprefix(prefix): s3.get_object(Bucket=bucket, Key=each["Key"])[
                "Body"
            ].read()
            for each in found
        }


def document(*statements: Json) -> Json:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions: list[str], resources: list[str], condition: Json | None = None) -> Json:
    """An Allow statement."""
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return statement | ({"Condition": condition} if condition else {})


@contextmanager
def served_world(*, keep_retired: bool = False, region: str = REGION) -> Iterator[World]:
    """Serve moto and the stand-in on a free port while the context lasts."""
    event_bus.apply()
    bedrock: BedrockApp | None = None

    def answer(environ: Any, start_response: Any) -> Any:
        assert bedrock is not None
        return Dispatcher(moto=moto, bedrock=bedrock)(environ, start_response)

    moto = DomainDispatcherApplication(create_backend_app)
    server = make_server("localhost", 0, answer, threaded=True)
    server.daemon_threads = True
    world = World(endpoint_url=f"http://localhost:{server.server_port}", region=region)
    bedrock = BedrockApp(world.endpoint_url, keep_retired=keep_retired, pace=PACE)
    with background(server.serve_forever):
        yield world
        bedrock.close()
        server.shutdown()
    server.server_close()


@contextmanager
def background(work: Callable[[], None]) -> Iterator[None]:
    """Work in a thread that is waited for."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    thread.join(timeout=5)
