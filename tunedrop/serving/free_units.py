"""Are model units free for what a run will deploy? Asked before its training is paid for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tunedrop.availability import LiveModels, Quotas, check_free_units
from tunedrop.catalog import base_model
from tunedrop.run import Run
from tunedrop.serving.champions import Champions
from tunedrop.serving.deployments import PROVISIONED
from tunedrop.serving.trial import newly_deployed


@dataclass(frozen=True, kw_only=True)
class FreeUnits:
    """Holds what a run needs against what is in use."""

    region: str
    champions: Champions
    models: LiveModels
    quotas: Quotas

    def check(self, run: Run, now: datetime) -> None:
        """A `RunRefusedError` where the trained model would wait for model units in vain.

        What leaves service within the recipe's patience is as good as free.
        """
        in_service, plan = self.champions.state(run.recipe), run.plan
        leaving = in_service.leaving(now + timedelta(seconds=plan.deployment.patience_seconds))
        if units := newly_deployed(run, self.region, in_service).get(PROVISIONED):
            model = base_model(plan.base_model)
            check_free_units(self.models, self.quotas, model, units=units, leaving=leaving)
