"""Gateway to what serves a custom model: provisioned throughput and on-demand deployments."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from tunedrop.errors import CapacityUnavailableError, DeploymentFailedError
from tunedrop.gateway import aws, code_of, words_of

PROVISIONED = "provisioned"
ON_DEMAND = "on_demand"
FAILED = "Failed"

_COMMITMENTS = {"1 month": "OneMonth", "6 months": "SixMonths"}
_TERMS = {"OneMonth": timedelta(days=30), "SixMonths": timedelta(days=180)}
_READY = frozenset({"InService", "Active"})
_NO_CAPACITY = frozenset({"ServiceQuotaExceededException", "ServiceUnavailableException"})
_REFUSALS = frozenset({"ValidationException", "ResourceNotFoundException", "TooManyTagsException"})
_NOT_NOW = frozenset({"ConflictException", "ValidationException"})


@dataclass(frozen=True, kw_only=True)
class DeploymentOrder:
    """All that a deployment is created from; `units` and `commitment` are provisioned only."""

    mode: str
    name: str
    custom_model_arn: str
    units: int
    commitment: str
    tags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class DeploymentView:
    """A deployment as Bedrock shows it, in Bedrock's own words.

    One that is `committed_until` then cannot be deleted before. While it moves to another model,
    `desired_model_arn` is that one, and `model_arn` may answer.
    """

    arn: str
    status: str
    failure: str
    created_at: datetime
    committed_until: datetime | None = None
    model_arn: str = ""
    desired_model_arn: str = ""
    model_units: int | None = None

    def serves(self, model_arn: str) -> bool:
        """Whether it answers prompts with this model, and with no other any more."""
        return self.is_ready and {self.model_arn, self.desired_model_arn} == {model_arn}

    def answers_as(self, model_arn: str) -> bool:
        """Whether none but this model can answer through it, as another may while it moves."""
        may_answer = {self.model_arn, self.desired_model_arn} if self.desired_model_arn else set()
        return self.status != FAILED and may_answer <= {model_arn}

    def is_lost_to(self, model_arn: str) -> bool:
        """Whether it neither serves this model nor is on its way to; throughput alone moves."""
        return self.status == FAILED or self.desired_model_arn not in ("", model_arn)

    @property
    def is_ready(self) -> bool:
        """Whether it answers prompts."""
        return self.status in _READY


class Deployments:
    """Creates, finds and deletes what serves custom models."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def find(self, mode: str, name: str) -> DeploymentView | None:
        """The deployment of this name, or None."""
        try:
            with aws(f"look up the deployment {name}"):
                return self._look_up(mode, name)
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise

    def create(self, order: DeploymentOrder) -> None:
        """Ask for a deployment; whether it is there is seen by `find` alone.

        No capacity or quota is a `CapacityUnavailableError`, a refusal a `DeploymentFailedError`.
        """
        try:
            with aws(f"create the deployment {order.name}", telling=_NO_CAPACITY):
                self._create(order)
        except ClientError as error:
            if code_of(error) in _NO_CAPACITY:
                raise CapacityUnavailableError(
                    f"Bedrock has no capacity for {order.name} now: {words_of(error)}"
                ) from error
            if code_of(error) in _REFUSALS:
                raise DeploymentFailedError(
                    f"Bedrock refused the deployment {order.name}: {words_of(error)}"
                ) from error
            if code_of(error) != "ConflictException":
                raise

    def swap(self, arn: str, custom_model_arn: str) -> None:
        """Ask for another model in provisioned throughput; whether it serves is seen by `find`.

        A refusal is a `DeploymentFailedError`.
        """
        try:
            with aws(f"swap the model of {arn}"):
                self._client.update_provisioned_model_throughput(
                    provisionedModelId=arn, desiredModelId=custom_model_arn
                )
        except ClientError as error:
            if code_of(error) in _REFUSALS:
                raise DeploymentFailedError(
                    f"Bedrock refused to swap {custom_model_arn} into {arn}: {words_of(error)}"
                ) from error
            raise

    def delete(self, mode: str, arn: str) -> bool:
        """Ask Bedrock to delete a deployment; False when it cannot be deleted yet.

        By its ARN: whether IAM would know the tags of one that is named is not documented. Nobody
        tries to delete what is gone: it has no tags, so that IAM would refuse.
        """
        if self.find(mode, arn) is None:
            return True
        with _deleting(f"the deployment {arn}") as deletion:
            if mode == PROVISIONED:
                self._client.delete_provisioned_model_throughput(provisionedModelId=arn)
            else:
                self._client.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
        return deletion.is_under_way

    def _look_up(self, mode: str, name: str) -> DeploymentView:
        if mode == PROVISIONED:
            found = self._client.get_provisioned_model_throughput(provisionedModelId=name)
            return _view(found, found["provisionedModelArn"], found["creationTime"])
        found = self._client.get_custom_model_deployment(customModelDeploymentIdentifier=name)
        return _view(found, found["customModelDeploymentArn"], found["createdAt"])

    def _create(self, order: DeploymentOrder) -> None:
        tags = [{"key": key, "value": value} for key, value in order.tags.items()]
        if order.mode == ON_DEMAND:
            self._client.create_custom_model_deployment(
                modelDeploymentName=order.name,
                modelArn=order.custom_model_arn,
                clientRequestToken=order.name,
                tags=tags,
            )
            return
        commitment = _COMMITMENTS.get(order.commitment)
        self._client.create_provisioned_model_throughput(
            provisionedModelName=order.name,
            modelId=order.custom_model_arn,
            modelUnits=order.units,
            clientRequestToken=order.name,
            tags=tags,
            **({"commitmentDuration": commitment} if commitment else {}),
        )


class CustomModels:
    """Finds and deletes custom models."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def find(self, name: str) -> str | None:
        """The ARN of the custom model of this name, or None."""
        try:
            with aws(f"look up the custom model {name}"):
                return str(self._client.get_custom_model(modelIdentifier=name)["modelArn"])
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise

    def delete(self, arn: str) -> bool:
        """Ask Bedrock to delete a custom model; False while something still uses it."""
        with _deleting(f"the custom model {arn}") as deletion:
            self._client.delete_custom_model(modelIdentifier=arn)
        return deletion.is_under_way


@dataclass
class _Deletion:
    is_under_way: bool = True


@contextmanager
def _deleting(what: str) -> Iterator[_Deletion]:
    """Take what is gone for deleted, and what cannot be deleted yet for nothing to raise about."""
    deletion = _Deletion()
    try:
        with aws(f"delete {what}"):
            yield deletion
    except ClientError as error:
        if code_of(error) in _NOT_NOW:
            deletion.is_under_way = False
        elif code_of(error) != "ResourceNotFoundException":
            raise


def _view(found: Mapping[str, Any], arn: str, created_at: datetime) -> DeploymentView:
    return DeploymentView(
        arn=arn,
        status=found["status"],
        failure=found.get("failureMessage", ""),
        created_at=created_at,
        committed_until=committed_until(found, created_at),
        model_arn=found.get("modelArn", ""),
        desired_model_arn=found.get("desiredModelArn", ""),
        model_units=found.get("modelUnits"),
    )


def committed_until(found: Mapping[str, Any], created_at: datetime) -> datetime | None:
    """The end of the term of what Bedrock shows; None without a commitment."""
    term = _TERMS.get(found.get("commitmentDuration", ""))
    ends: datetime | None = found.get("commitmentExpirationTime")
    return ends or (created_at + term if term else None)
