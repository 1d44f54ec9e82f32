"""The commit point: the model of a run becomes the champion, and applications follow."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tunedrop.catalog import base_model
from tunedrop.errors import RunEndingError
from tunedrop.parameters import Parameters
from tunedrop.recipe import Recipe
from tunedrop.run import Promotion, Run, timestamp
from tunedrop.serving.champions import Champions
from tunedrop.serving.recipe_state import Champion


@dataclass(frozen=True, kw_only=True)
class PromotionDesk:
    """Writes the recipe's item, then its projection: the parameter that applications read."""

    champions: Champions
    parameters: Parameters

    def promote(self, run: Run, now: datetime) -> Promotion:
        """Promote the run's model; a second call finishes what the first began."""
        grace = timedelta(seconds=run.plan.deployment.grace_seconds)
        promotion = self.champions.promote(run, _champion(run, now), grace, now)
        self.project(run.plan)
        return promotion

    def project(self, recipe: Recipe) -> str:
        """Make the parameter say what the recipe's item says; returns the parameter's name.

        Until the first promotion it names the base model.
        """
        champion = self.champions.state(recipe.name).champion
        base = base_model(recipe.base_model).inference_id
        return self.parameters.set_model(recipe.name, champion.model_id if champion else base)


def _champion(run: Run, now: datetime) -> Champion:
    if run.deployment is None or run.job is None:
        raise RunEndingError(f"The run {run.run_id} has no deployment to promote.")
    return Champion(
        run_id=run.run_id,
        order=run.order,
        model_id=run.deployment.arn,
        custom_model_arn=run.job.custom_model_arn,
        base_model_id=run.plan.base_model,
        deployment=run.deployment,
        expires_at=_deadline(run, now),
    )


def _deadline(run: Run, now: datetime) -> str:
    lifetime = run.plan.deployment.expires_after_seconds
    return "" if lifetime is None else timestamp(now + timedelta(seconds=lifetime))
