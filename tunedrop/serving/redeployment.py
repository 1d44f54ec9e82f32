"""Deploys a model that an earlier run has trained, by a run of its own through the same states."""

from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct, convert, structs

from tunedrop import recipe as recipes
from tunedrop.catalog import base_model
from tunedrop.errors import InvalidInputError
from tunedrop.layout import make_run_id
from tunedrop.parameters import Parameters
from tunedrop.recipe import Recipe
from tunedrop.records import RunRecords
from tunedrop.run import ENDED, Job, Run, plain, timestamp
from tunedrop.serving.deployments import ON_DEMAND, PROVISIONED
from tunedrop.table import Table

_NO_DEPLOYMENT = "none"


class Redeployment(Struct, frozen=True, kw_only=True):
    """What a run that trains nothing is to deploy, and who asked for it."""

    goes_on_from: str
    asked_by: str
    is_rollback: bool = False


@dataclass(frozen=True, kw_only=True)
class Redeployments:
    """Orders runs that go on from another, and gives them what that one had."""

    table: Table
    records: RunRecords
    parameters: Parameters

    def order(self, earlier: Run, asked_by: str, now: datetime, *, is_rollback: bool) -> str:
        """Note what a new run is to deploy and return its run_id, under which it is to be started.

        An `InvalidInputError` when the earlier run has no model. An execution's input holds no
        order: it waits here until the run opens its record.
        """
        trained(earlier)
        run_id = make_run_id(
            recipe=earlier.recipe,
            bucket=earlier.source.bucket,
            key=earlier.source.key,
            version_id=f"{earlier.source.version_id} deployed {timestamp(now)}",
            dropped_at=now,
        )
        order = Redeployment(
            goes_on_from=earlier.goes_on_from or earlier.run_id,
            asked_by=asked_by,
            is_rollback=is_rollback,
        )
        item = {"pk": _key(run_id), **plain(order)}
        self.table.put(item, condition="attribute_not_exists(pk)")
        return run_id

    def order_of(self, run_id: str) -> Redeployment | None:
        """What a run is to deploy; None for a run that trains."""
        item = self.table.get(_key(run_id))
        return convert({k: v for k, v in item.items() if k != "pk"}, Redeployment) if item else None

    def inherit(self, run: Run, order: Redeployment, now: datetime) -> Run:
        """Give a new run the plan, dataset, job and losses of the run that it goes on from.

        A rollback counts as dropped now: it is the latest word on what shall serve.
        """
        earlier = self.records.get(order.goes_on_from)
        job = trained(earlier)
        return self.records.update(
            run,
            snapshot=plain(self.plan(earlier)),
            files=earlier.files,
            dataset=earlier.dataset,
            cost={"training_usd_estimate": 0.0, "why": f"trained by the run {earlier.run_id}"},
            job=job,
            losses=earlier.losses,
            goes_on_from=earlier.run_id,
            is_rollback=order.is_rollback,
            note=f"Asked for by {order.asked_by}.",
            dropped_at=timestamp(now) if order.is_rollback else earlier.dropped_at,
            sequencer="" if order.is_rollback else earlier.sequencer or earlier.started_at,
        )

    def plan(self, earlier: Run) -> Recipe:
        """The recipe as it was, with the deployment, its price and the budget of today.

        A recipe that names another base model today has a deployment and prices for that one.
        """
        text = self.parameters.recipe(earlier.recipe)
        today = recipes.from_json(text) if text else earlier.plan
        asked = today if today.base_model == earlier.plan.base_model else earlier.plan
        deployment = asked.deployment
        if deployment.mode == _NO_DEPLOYMENT:
            serving = base_model(earlier.plan.base_model).serving
            mode = ON_DEMAND if serving.on_demand else PROVISIONED
            deployment = structs.replace(deployment, mode=mode)
        return structs.replace(
            earlier.plan, deployment=deployment, prices=asked.prices, budget=today.budget
        )


def trained(earlier: Run) -> Job:
    """The job of a run that has ended with a custom model; else an `InvalidInputError`."""
    if earlier.status != ENDED:
        raise InvalidInputError(
            f"The run {earlier.run_id} has not ended: it is {earlier.status}. Nothing was started. "
            f"Follow it: tunedrop watch {earlier.run_id}"
        )
    job = earlier.job
    if job is None or not job.custom_model_arn:
        raise InvalidInputError(
            f"The run {earlier.run_id} has no custom model to deploy: it is {earlier.outcome}."
        )
    return job


def _key(run_id: str) -> str:
    return f"redeployment#{run_id}"
