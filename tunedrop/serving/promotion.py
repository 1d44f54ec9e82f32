"""The commit point: the model of a run becomes the champion, and applications follow."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tunedrop.catalog import base_model
from tunedrop.errors import RunEndingError, ServiceBusyError
from tunedrop.parameters import Parameters
from tunedrop.recipe import Recipe
from tunedrop.run import Promotion, Run, timestamp
from tunedrop.serving.champions import Champions
from tunedrop.serving.recipe_state import Champion

_TRIES = 5


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

    def project(self, recipe: Recipe) -> bool:
        """Make the parameter say what the recipe's item says; False where it said otherwise.

        Until the first promotion it names the base model.
        """
        return self.project_item(recipe.name, recipe.base_model)

    def project_item(self, name: str, base_model_id: str) -> bool:
        """The same for a recipe of this name, whose base model serves where no champion does."""
        said_so = True
        for _ in range(_TRIES):
            due = self._due(name, base_model_id)
            said_so = self.parameters.set_model(name, due) and said_so
            # Another champion may have come, and be in the parameter, since its item was read.
            if self._due(name, base_model_id) == due:
                return said_so
        raise ServiceBusyError(f"The champion of {name} changes faster than its parameter.")

    def _due(self, name: str, base_model_id: str) -> str:
        champion = self.champions.state(name).champion
        return champion.model_id if champion else base_model(base_model_id).inference_id


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
