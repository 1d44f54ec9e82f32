"""The last net: takes down what carries our tags and has no living owner."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from msgspec import Struct

from tunedrop.gateway import aws, code_of
from tunedrop.notifications import Notifications
from tunedrop.parameters import Parameters
from tunedrop.recipe import Recipe, from_json
from tunedrop.records import RunRecords
from tunedrop.run import ENDED, Run, moment
from tunedrop.serving.champions import Champions, Retiree
from tunedrop.serving.deployments import ON_DEMAND, PROVISIONED, CustomModels, Deployments
from tunedrop.serving.executions import Executions
from tunedrop.serving.promotion import PromotionDesk
from tunedrop.settings import TAG_RECIPE, TAG_RUN, TAG_STAGE
from tunedrop.training.jobs import CustomizationJobs

# What is younger may belong to a run whose record has not caught up yet.
_YOUNG = timedelta(hours=1)
CUSTOMIZATION_JOB = "customization job"
CUSTOM_MODEL = "custom model"


@dataclass(frozen=True, kw_only=True)
class Resource:
    """Something in Bedrock that carries this stage's tags."""

    kind: str
    name: str
    arn: str
    created_at: datetime
    recipe: str
    run_id: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Swept(Struct, frozen=True, kw_only=True):
    """What a sweep did; `left` could not be taken down yet."""

    taken_down: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    cleaned_runs: tuple[str, ...] = ()


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


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Compares Bedrock with the records, once an hour."""

    inventory: Inventory
    records: RunRecords
    champions: Champions
    jobs: CustomizationJobs
    models: CustomModels
    deployments: Deployments
    executions: Executions
    parameters: Parameters
    promotions: PromotionDesk
    notifications: Notifications
    recipe_names: tuple[str, ...]

    def sweep(self, now: datetime) -> Swept:
        """One sweep: idle runs are cleaned up, retirees retired, orphans taken down.

        Before that the parameters that applications read are put right: whoever reads one that
        was left behind by a promotion would lose what it names.
        """
        for recipe in self._recipes():
            self.promotions.project(recipe)
        cleaned = tuple(self._clean_up_stranded_runs())
        retired = tuple(self._retire(now))
        orphans = [each for each in self.inventory.resources() if self._is_orphan(each, now)]
        left = tuple(str(each) for each in orphans if not self.take_down(each))
        gone = tuple(str(each) for each in orphans if str(each) not in left)
        swept = Swept(taken_down=gone, retired=retired, left=left, cleaned_runs=cleaned)
        self._announce(swept)
        return swept

    def take_down_stage(self) -> tuple[str, ...]:
        """Ask Bedrock to take down all that the stage owns, champions too; returns what is left."""
        for each in self.inventory.resources():
            self.take_down(each)
        return tuple(str(each) for each in self.inventory.resources())

    def take_down(self, resource: Resource) -> bool:
        """Ask Bedrock to stop or delete a resource; False when it cannot be done yet."""
        if resource.kind == CUSTOMIZATION_JOB:
            self.jobs.stop(resource.arn)
            return True
        if resource.kind == CUSTOM_MODEL:
            return self.models.delete(resource.arn)
        return self.deployments.delete(resource.kind, resource.arn)

    def _recipes(self) -> Iterator[Recipe]:
        for name in self.recipe_names:
            text = self.parameters.recipe(name)
            if text:
                yield from_json(text)

    def _clean_up_stranded_runs(self) -> Iterator[str]:
        for name in self.recipe_names:
            for run in self.records.of_recipe(name):
                if run.status != ENDED and self.executions.clean_up_if_over(run):
                    yield run.run_id

    def _retire(self, now: datetime) -> Iterator[str]:
        for name in self.recipe_names:
            for retiree in self.champions.state(name).retiring:
                if moment(retiree.retire_at) <= now and self._is_retired(retiree):
                    self.champions.retire(name, retiree)
                    yield f"{retiree.deployment.mode} {retiree.deployment.name}"

    def _is_retired(self, retiree: Retiree) -> bool:
        deployment = retiree.deployment
        self.deployments.delete(deployment.mode, deployment.arn)
        return self.deployments.find(deployment.mode, deployment.name) is None

    def _is_orphan(self, resource: Resource, now: datetime) -> bool:
        if now - resource.created_at < _YOUNG:
            return False
        run = self.records.find(resource.run_id)
        if run is not None and run.status != ENDED:
            return False
        return not self._is_used(resource, run)

    def _is_used(self, resource: Resource, run: Run | None) -> bool:
        state = self.champions.state(resource.recipe)
        if resource.kind == CUSTOM_MODEL:
            trained_for_keeps = run is not None and run.outcome == "RunSucceeded"
            return resource.run_id in state.kept_runs or trained_for_keeps
        if resource.kind == CUSTOMIZATION_JOB:
            return False
        retiring = {each.run_id for each in state.retiring}
        serving = {state.champion.run_id} if state.champion else set()
        return resource.run_id in serving | retiring

    def _announce(self, swept: Swept) -> None:
        if not (swept.taken_down or swept.left):
            return
        self.notifications.send(
            subject="Tunedrop swept up what had no living owner",
            message=(
                f"Taken down: {', '.join(swept.taken_down) or 'nothing'}.\n"
                f"Could not be taken down yet: {', '.join(swept.left) or 'nothing'}."
            ),
        )
