"""Gateway that lists what a stage owns in Bedrock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

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


class Listing(NamedTuple):
    """A call that lists resources of one kind, and the names of what is read in its answer."""

    kind: str
    operation: str
    member: str
    name: str
    arn: str
    created: str
    status: str = ""


# Deployments and throughput first, then running jobs, then models.
LISTINGS = (
    Listing(
        PROVISIONED,
        "list_provisioned_model_throughputs",
        "provisionedModelSummaries",
        *("provisionedModelName", "provisionedModelArn", "creationTime"),
    ),
    Listing(
        ON_DEMAND,
        "list_custom_model_deployments",
        "modelDeploymentSummaries",
        *("customModelDeploymentName", "customModelDeploymentArn", "createdAt"),
    ),
    *(
        Listing(
            CUSTOMIZATION_JOB,
            "list_model_customization_jobs",
            "modelCustomizationJobSummaries",
            *("jobName", "jobArn", "creationTime", status),
        )
        for status in ("InProgress", "Stopping")
    ),
    Listing(
        CUSTOM_MODEL,
        "list_custom_models",
        "modelSummaries",
        *("modelName", "modelArn", "creationTime"),
    ),
)


class Inventory:
    """Gateway that lists what a stage owns in Bedrock; strangers' resources are not seen."""

    def __init__(self, client: Any, stage: str) -> None:
        self._client = client
        self._stage = stage

    def resources(self) -> Iterator[Resource]:
        """Everything, in the order of the listings."""
        return chain.from_iterable(map(self.listed, LISTINGS))

    def listed(self, by: Listing) -> Iterator[Resource]:
        """What one of the listings shows."""
        filters = {"statusEquals": by.status} if by.status else {}
        with aws(by.operation.replace("_", " ")):
            pages = self._client.get_paginator(by.operation).paginate(**filters)
            summaries = [item for page in pages for item in page.get(by.member, ())]
        for item in summaries:
            tags = self._tags(item[by.arn])
            if tags.get(TAG_STAGE) == self._stage and TAG_RUN in tags:
                yield Resource(
                    kind=by.kind,
                    name=item[by.name],
                    arn=item[by.arn],
                    created_at=item[by.created],
                    recipe=tags.get(TAG_RECIPE, ""),
                    run_id=tags[TAG_RUN],
                    committed_until=committed_until(item, item[by.created]),
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
