"""What the sweep does for each recipe, so that it is served as its item says."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from tunedrop.gateway import Attempts
from tunedrop.ledger import Ledger
from tunedrop.parameters import Parameters
from tunedrop.recipe import from_json
from tunedrop.run import moment
from tunedrop.serving.champions import Champions
from tunedrop.serving.deployments import Deployments
from tunedrop.serving.expiry import Expiry
from tunedrop.serving.promotion import PromotionDesk
from tunedrop.serving.recipe_state import Retiree
from tunedrop.serving.swap_back import SwapBack


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What was done for a recipe."""

    withdrawn: bool
    swapped_back: tuple[str, ...]
    retired: tuple[Retiree, ...]


@dataclass(frozen=True, kw_only=True)
class Upkeep:
    """Lets champions leave at their deadline, puts parameters right, retires what was replaced."""

    champions: Champions
    deployments: Deployments
    parameters: Parameters
    promotions: PromotionDesk
    expiry: Expiry
    swap_back: SwapBack
    ledger: Ledger
    deployed: tuple[str, ...]

    def keep(self, recipe: str, now: datetime, attempts: Attempts) -> Kept:
        """Withdraw, project, retire, in this order: whoever reads a parameter needs what it names.

        Applications cache it, so that nothing is retired until a sweep finds the parameter right.
        """
        look, project = partial(self.expiry.look, recipe, now), partial(self._project, recipe)
        withdrawn = attempts.make(f"the deadline of {recipe}", look)
        is_settled = attempts.make(f"the parameter of {recipe}", project)
        state = self.champions.state(recipe)
        attempts.make(f"the cost of {recipe}", partial(self.ledger.pass_on, state))
        due = [each for each in state.retiring if is_settled and moment(each.retire_at) <= now]
        retired = tuple(
            each
            for each in due
            if attempts.make(str(each), partial(self._retire, recipe, each, now))
        )
        swapped_back: list[str] = []
        mend = partial(swapped_back.extend, self.swap_back.mend(recipe))
        attempts.make(f"the throughput of {recipe}", mend)
        return Kept(withdrawn=withdrawn, swapped_back=tuple(swapped_back), retired=retired)

    def _project(self, recipe: str) -> bool:
        """Whether the parameter was right; that of a recipe that was removed is kept right too."""
        text = self.parameters.recipe(recipe) if recipe in self.deployed else None
        if text:
            return self.promotions.project(from_json(text))
        state = self.champions.state(recipe)
        latest = state.champion or state.previous
        return latest is None or self.promotions.project_item(recipe, latest.base_model_id)

    def _retire(self, recipe: str, retiree: Retiree, now: datetime) -> bool:
        if not self._is_retired(retiree):
            return False
        self.ledger.close(retiree.run_id, retiree.deployment.arn, now)
        self.champions.retire(recipe, retiree)
        return True

    def _is_retired(self, retiree: Retiree) -> bool:
        """Whether it is gone; what a commitment was tested on went before its promotion."""
        mode, name = retiree.deployment.mode, retiree.deployment.name
        view = self.deployments.find(mode, name)
        if view is None:
            return True
        self.deployments.delete(mode, view.arn)
        return self.deployments.find(mode, name) is None
