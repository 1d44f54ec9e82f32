"""Gives throughput back to the model that the recipe's item says it serves."""

from collections.abc import Iterator
from dataclasses import dataclass

from tunedrop.notifications import Notifications
from tunedrop.serving.champions import Champions
from tunedrop.serving.deployments import PROVISIONED, Deployments, DeploymentView
from tunedrop.serving.recipe_state import Champion, Retiree
from tunedrop.serving.turns import Turns


@dataclass(frozen=True, kw_only=True)
class SwapBack:
    """Mends what clean-up gave up on; what a run in its turn swaps is none of its business."""

    champions: Champions
    turns: Turns
    deployments: Deployments
    notifications: Notifications

    def mend(self, recipe: str) -> Iterator[str]:
        """Ask for the models that should serve; names the throughput that was asked."""
        for each in self._astray(recipe):
            name, model = each.deployment.name, each.custom_model_arn
            self.deployments.swap(each.deployment.arn, model)
            self.notifications.send(
                subject=f"{recipe}: a model is swapped back",
                message=(
                    f"The throughput {name} did not serve the model of the run {each.run_id}, "
                    f"which {recipe} has in service: {model} is swapped back into it."
                ),
            )
            yield f"provisioned {name}"

    def _astray(self, recipe: str) -> list[Champion | Retiree]:
        """What does not serve its model, nor is on its way to.

        Bedrock is looked at first and the item read last: a run whose turn ended in between has
        promoted its model, or has swapped back. One whose turn it is has recorded its swap before
        it asks for it, and asks for none where the champion's model does not serve.
        """
        seen = {arn: self._view(arn) for arn in self.champions.state(recipe).kept_deployments}
        holder = self.turns.holder(recipe)
        if holder and holder.swap:
            seen[holder.swap.arn] = None
        in_service = self.champions.state(recipe).in_service
        return [each for each in in_service if _is_astray(each, seen.get(each.deployment.arn))]

    def _view(self, arn: str) -> DeploymentView | None:
        is_throughput = ":provisioned-model/" in arn
        return self.deployments.find(PROVISIONED, arn) if is_throughput else None


def _is_astray(served: Champion | Retiree, view: DeploymentView | None) -> bool:
    model = served.custom_model_arn
    return view is not None and bool(model) and view.is_lost_to(model)
