"""Gateway to Bedrock's customization jobs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from tunedrop.errors import CustomizationJobFailedError, JobSlotsFullError
from tunedrop.gateway import aws, code_of, words_of

_NOT_STARTED = "NotStarted"
_REFUSALS = frozenset({"ValidationException", "ResourceNotFoundException", "TooManyTagsException"})


@dataclass(frozen=True, kw_only=True)
class JobView:
    """A customization job as Bedrock shows it, in Bedrock's own words."""

    name: str
    arn: str
    status: str
    failure: str
    custom_model_arn: str
    created_at: datetime
    ended_at: datetime | None
    training_started: bool


@dataclass(frozen=True, kw_only=True)
class JobOrder:
    """All that a customization job is created from."""

    name: str
    base_model_id: str
    customization_type: str
    hyperparameters: Mapping[str, str]
    training_uri: str
    validation_uri: str
    output_uri: str
    role_arn: str
    model_key_arn: str
    tags: Mapping[str, str]


class CustomizationJobs:
    """Creates, finds and stops customization jobs."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def find(self, name: str) -> JobView | None:
        """The job of this name, or None."""
        try:
            with aws(f"look up the customization job {name}"):
                found = self._client.get_model_customization_job(jobIdentifier=name)
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise
        return _view(found)

    def create(self, order: JobOrder) -> None:
        """Ask for a job; whether it is there is seen by `find` alone.

        Bedrock ignores a request token that it has seen before, and never frees a job's name. A
        full quota is a `JobSlotsFullError`, a refusal a `CustomizationJobFailedError`.
        """
        try:
            with aws(f"create the customization job {order.name}"):
                self._client.create_model_customization_job(**_request(order))
        except ClientError as error:
            if code_of(error) == "ServiceQuotaExceededException":
                raise JobSlotsFullError(
                    f"Bedrock takes no further customization job now: {words_of(error)}"
                ) from error
            if code_of(error) in _REFUSALS:
                raise CustomizationJobFailedError(
                    f"Bedrock refused the customization job {order.name}: {words_of(error)}"
                ) from error
            if code_of(error) != "ConflictException":
                raise

    def stop(self, arn: str) -> None:
        """Ask Bedrock to stop a job; one that has ended meanwhile stays as it is.

        By its ARN: whether IAM would know the tags of a job that is named is not documented.
        """
        try:
            with aws(f"stop the customization job {arn}"):
                self._client.stop_model_customization_job(jobIdentifier=arn)
        except ClientError as error:
            if code_of(error) not in ("ConflictException", "ValidationException"):
                raise


def _request(order: JobOrder) -> dict[str, Any]:
    tags = [{"key": key, "value": value} for key, value in order.tags.items()]
    request = {
        "jobName": order.name,
        "customModelName": order.name,
        "clientRequestToken": order.name,
        "roleArn": order.role_arn,
        "baseModelIdentifier": order.base_model_id,
        "customizationType": order.customization_type,
        "hyperParameters": dict(order.hyperparameters),
        "trainingDataConfig": {"s3Uri": order.training_uri},
        "outputDataConfig": {"s3Uri": order.output_uri},
        "customModelKmsKeyId": order.model_key_arn,
        "jobTags": tags,
        "customModelTags": tags,
    }
    if order.validation_uri:
        request["validationDataConfig"] = {"validators": [{"s3Uri": order.validation_uri}]}
    return request


def _view(found: Mapping[str, Any]) -> JobView:
    training = found.get("statusDetails", {}).get("trainingDetails", {})
    return JobView(
        name=found["jobName"],
        arn=found["jobArn"],
        status=found["status"],
        failure=found.get("failureMessage", ""),
        custom_model_arn=found.get("outputModelArn", ""),
        created_at=found["creationTime"],
        ended_at=found.get("endTime"),
        # Only Bedrock's own word makes a job stuck: one that trains may show no details.
        training_started=training.get("status") != _NOT_STARTED,
    )
