"""A fresh stage for each test, and builders of runs at any point of their life."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import structs

from localcloud.bedrock.faults import Faults
from tests.functional.ground import (
    WAITING,
    WAITING_FOR_TOKEN,
    Ground,
    model_of,
    wait_until,
)
from tests.functional.samples import NOW, RECIPE, Json, lines, nova_lines, recipe, records, unique
from tunedrop import recipe as recipes
from tunedrop.answers import Answer
from tunedrop.recipe import Recipe
from tunedrop.run import RUNNING, Deployment, Job, Run, Source, timestamp
from tunedrop.services import Services
from tunedrop.settings import Settings, recipe_parameter, run_tags

Call = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class World:
    """One stage: its own buckets, table, topic and parameters, and the service over them."""

    ground: Ground
    services: Services
    queue_url: str

    @property
    def settings(self) -> Settings:
        """The functions' environment."""
        return self.services.settings

    @property
    def faults(self) -> Faults:
        """Orders faults at Bedrock."""
        return self.ground.faults

    @property
    def bedrock(self) -> Any:
        """Bedrock, as a bystander calls it."""
        return self.ground.client("bedrock")

    # Datasets and recipes

    def deploy(self, deployed: Recipe | None = None) -> Recipe:
        """Put a recipe where the stacks put it."""
        deployed = deployed or recipe()
        self.ground.client("ssm").put_parameter(
            Name=recipe_parameter(self.settings.tunedrop_stage, deployed.name),
            Value=recipes.to_json(deployed),
            Type="String",
            Overwrite=True,
        )
        return deployed

    def drop(self, name: str = "tickets.jsonl", content: bytes | None = None) -> Source:
        """Drop a dataset (or anything else) at the recipe's place."""
        return self.put(f"datasets/{RECIPE}/{name}", content)

    def put(self, key: str, content: bytes | None = None) -> Source:
        """Put an object into the datasets bucket."""
        body = lines(records()) if content is None else content
        bucket = self.settings.datasets_bucket
        made = self.ground.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
        return Source(bucket=bucket, key=key, version_id=made["VersionId"])

    # Runs

    def run(self, planned: Recipe | None = None, **sections: Any) -> Run:
        """A run that has passed PrepareRun."""
        source = sections.pop("source", None) or Source(
            bucket=self.settings.datasets_bucket,
            key=f"datasets/{RECIPE}/tickets.jsonl",
            version_id=unique("version"),
        )
        given = {
            "run_id": unique(f"{RECIPE}-20261122"),
            "recipe": RECIPE,
            "stage": self.settings.tunedrop_stage,
            "status": RUNNING,
            "started_at": timestamp(NOW),
            "dropped_at": timestamp(NOW),
            "execution_arn": "arn:aws:states:us-east-1:123456789012:execution:FineTuning:gone",
            "snapshot": msgspec.to_builtins(planned or recipe()),
        }
        return self.services.records.create(Run(source=source, **{**given, **sections}))

    def run_over(self, source: Source, planned: Recipe | None = None, **sections: Any) -> Run:
        """A run whose training file is this object version."""
        files = {"train": [{"key": source.key, "version_id": source.version_id, "size": 1}]}
        return self.run(planned, source=source, files=files, **sections)

    def uploaded_run(self, planned: Recipe | None = None, **sections: Any) -> Run:
        """A run that has passed UploadDataset: its training file is in place."""
        counts = {"train": 40, "validation": 0, "test": 0, "rejected": 0}
        run = self.run(planned, **{"dataset": {"records": counts}, **sections})
        self.write(run.layout.dataset("train.jsonl"), nova_lines(records()))
        return run

    def trained_run(self, planned: Recipe | None = None, **sections: Any) -> Run:
        """A run whose job has completed; other stages share its model, other runs do not."""
        before = sum(1 for _ in self.services.records.of_recipe(RECIPE))
        run = self.run(planned, **sections)
        job = Job(
            attempt=1,
            name=f"{run.run_id}-1",
            intended_at=timestamp(NOW),
            arn="arn:aws:bedrock:us-east-1:123456789012:model-customization-job/x/abcdefghijkl",
            status="Completed",
            custom_model_arn=self.ground.custom_model(f"model-{before}"),
        )
        return self.services.records.update(run, job=job)

    def run_with_job(self, planned: Recipe | None = None, **sections: Any) -> Run:
        """A run with a customization job in Bedrock, which runs."""
        run = self.uploaded_run(planned, **sections)
        self.services.job_creation.create(run, datetime.now(UTC))
        return self.find(run)

    def run_with_model(self, planned: Recipe | None = None, **sections: Any) -> Run:
        """A run with a custom model of its own in Bedrock."""
        return self.train(self.uploaded_run(planned, **sections))

    def train(self, run: Run) -> Run:
        """The run, once Bedrock has trained its model."""
        self.services.job_creation.create(run, datetime.now(UTC))
        run = self.find(run)
        assert run.job is not None
        name = run.job.name
        arn = wait_until(lambda: model_of(self.bedrock, name))
        job = structs.replace(run.job, custom_model_arn=arn, status="Completed")
        return self.services.records.update(run, job=job)

    def deployed_run(self, planned: Recipe | None = None, **sections: Any) -> Run:
        """A run whose model is deployed on demand and serves."""
        run = self.trained_run(planned, **sections)
        assert run.job is not None
        name, arn = run.job.name, self.deployment(run.job.name, run)
        deployed = Deployment(
            mode="on_demand", name=name, intended_at=timestamp(NOW), arn=arn, status="Active",
            ready_at=timestamp(NOW), hourly_usd=0.0,
        )  # fmt: skip
        return self.services.records.update(run, deployment=deployed)

    def deployment(self, name: str, run: Run, *, stage: str = "") -> str:
        """A custom model deployment in Bedrock that serves; returns its ARN."""
        tags = run_tags(stage or run.stage, run.recipe, run.run_id)
        arn: str = self.bedrock.create_custom_model_deployment(
            modelDeploymentName=name,
            modelArn=self.ground.custom_model(),
            tags=[{"key": key, "value": value} for key, value in tags.items()],
        )["customModelDeploymentArn"]
        wait_until(lambda: self.deployment_status(arn) == "Active")
        return arn

    def deployment_status(self, name: str) -> str:
        """Bedrock's word for a deployment, or "" when there is none."""
        try:
            found = self.bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=name)
        except self.bedrock.exceptions.ResourceNotFoundException:
            return ""
        return str(found["status"])

    def job_status(self, name: str) -> str:
        """Bedrock's word for a job, or "" when there is none."""
        try:
            return str(self.bedrock.get_model_customization_job(jobIdentifier=name)["status"])
        except self.bedrock.exceptions.ResourceNotFoundException:
            return ""

    def model_exists(self, name: str) -> bool:
        """Whether Bedrock holds a custom model of this name."""
        try:
            self.bedrock.get_custom_model(modelIdentifier=name)
        except self.bedrock.exceptions.ResourceNotFoundException:
            return False
        return True

    def promoted(self, run: Run, after: timedelta = timedelta(0)) -> Run:
        """The run, once its model has become the champion."""
        self.services.promotions.promote(run, NOW + after)
        return self.find(run)

    def find(self, run: Run) -> Run:
        """The run as its record says now."""
        return self.services.records.get(run.run_id)

    # What people see

    def write(self, key: str, content: bytes) -> None:
        """Put an object into the artifacts bucket."""
        self.services.artifacts.write(key, content, "application/json")

    def read(self, key: str) -> bytes:
        """An object of the artifacts bucket."""
        return self.services.artifacts.read(key)

    def answer(self, source: Source) -> Answer:
        """The answer to a drop."""
        answer = self.services.answers.find(source.key)
        assert answer is not None, f"no answer to {source.key}"
        return answer

    def model_parameter(self) -> str | None:
        """What applications of the recipe invoke."""
        return self.services.parameters.model(RECIPE)

    def notifications(self) -> list[Json]:
        """What people were told since the last look."""
        sqs = self.ground.client("sqs")
        found = []
        while messages := sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in messages:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return found

    # Executions

    def execution(self, definition: Json = WAITING, **given: Any) -> str:
        """The ARN of a new execution."""
        found = self.ground.client("stepfunctions").start_execution(
            stateMachineArn=self.ground.machine(definition), input=json.dumps(given)
        )
        return str(found["executionArn"])

    def waiting_execution(self) -> tuple[str, str]:
        """An execution that waits for a task token: its ARN and the token."""
        sqs = self.ground.client("sqs")
        queue = sqs.create_queue(QueueName=unique("tokens"))["QueueUrl"]
        arn = self.execution(WAITING_FOR_TOKEN, queue=queue)
        [message] = wait_until(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"))
        return arn, str(message["Body"])

    def ended(self, execution_arn: str) -> Mapping[str, Any]:
        """The execution, once it has ended."""

        def look() -> Mapping[str, Any] | None:
            found: Mapping[str, Any] = self.ground.client("stepfunctions").describe_execution(
                executionArn=execution_arn
            )
            return found if found["status"] != "RUNNING" else None

        return wait_until(look)

    def inputs_of(self, machine: str) -> list[Json]:
        """The inputs of a state machine's executions, the newest first."""
        steps = self.ground.client("stepfunctions")
        found = steps.list_executions(stateMachineArn=machine)["executions"]
        arns = [each["executionArn"] for each in found]
        return [json.loads(steps.describe_execution(executionArn=arn)["input"]) for arn in arns]


class Context:
    """What Lambda hands to a handler beside the event."""

    function_name = "function"
    function_version = "1"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:function:1"
    aws_request_id = "request"

    def get_remaining_time_in_millis(self) -> int:
        """Ten minutes, always."""
        return 600_000
