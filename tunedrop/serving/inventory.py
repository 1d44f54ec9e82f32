"""Gateway that lists what a stage owns in Bedrock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from tunedrop.gateway import aws, code_of
from tunedrop.serving.deployments import ON_DEMAND, PROVISIONED, committed_until
from tunedrop.settings import TAG_RECIPE, TAG_RUN, TAG_STAGE

CUSTOMIZATION_JOB = "customization job"
CUSTOM_MODEL = "custom model"


@dataclass(frozen=True, kw_only=True)
class Resource:
    """Something in Bedrock that carries this stage's tags.

    What is `committed_until` then cannot be deleted before.
    """

    kind: str
    name: str
    arn: str
    created_at: datetime
    recipe: str
    run_id: str
    committed_until: datetime | None = None

    def __str__(self) -> str:
        until = self.committed_until
        return f"{self.kind} {self.name}{f' (committed until {until:%Y-%m-%d})' if until else ''}"


class Inventory:
    """Gateway that lists what a stage owns in Bedrock; strangers' resources are not seen."""

    def __init__(self, client: Any, stage: str) -> None:
        self._client = client
        self._stage = stage

    def resources(self) -> Iterator[Resource]:
        """Deployments and throughput first, then running jobs, then models."""
        yield from self._listed(
            "list_provisioned_model_throughputs",
            "provisionedModelSummaries",
            (PROVISIONED, "provisionedModelName", "provisionedModelArn", "creationTime"),
        )
        yield from self._listed(
            "list_custom_model_deployments",
            "modelDeploymentSummaries",
            (ON_DEMAND, "customModelDeploymentName", "customModelDeploymentArn", "createdAt"),
        )
        yield from self._listed(
            "list_model_customization_jobs",
            "modelCustomizationJobSummaries",
            (CUSTOMIZATION_JOB, "jobName", "jobArn", "creationTime"),
            statusEquals="InProgress",
        )
        yield from self._listed(
            "list_model_customization_jobs",
            "modelCustomizationJobSummaries",
            (CUSTOMIZATION_JOB, "jobName", "jobArn", "creationTime"),
            statusEquals="Stopping",
        )
        yield from self._listed(
            "list_custom_models",
            "modelSummaries",
            (CUSTOM_MODEL, "modelName", "modelArn", "creationTime"),
        )

    def _listed(
        self, operation: str, member: str, fields: tuple[str, str, str, str], **filters: str
    ) -> Iterator[Resource]:
        kind, name, arn, created = fields
        with aws(operation.replace("_", " ")):
            pages = self._client.get_paginator(operation).paginate(**filters)
            summaries = [item for page in pages for item in page.get(member, ())]
        for item in summaries:
            tags = self._tags(item[arn])
            if tags.get(TAG_STAGE) == self._stage and TAG_RUN in tags:
                yield Resource(
                    kind=kind,
                    name=item[name],
                    arn=item[arn],
                    created_at=item[created],
                    recipe=tags.get(TAG_RECIPE, ""),
                    run_id=tags[TAG_RUN],
                    committed_until=committed_until(item, item[created]),
                )

    def _tags(self, arn: str) -> dict[str, str]:
        try:
            with aws(f"read the tags of {arn}"):
                tags = self._client.list_tags_for_resource(resourceARN=arn)["tags"]
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
            return {}  # it has gone since it was listed
        return {tag["key"]: tag["value"] for tag in tags}
