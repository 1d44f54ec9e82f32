"""What an hour of all that a recipe has in service costs, and whether a person is asked for it."""

from dataclasses import dataclass

from tunedrop.cost import hourly_cost
from tunedrop.run import Run
from tunedrop.serving.recipe_state import RecipeState
from tunedrop.serving.trial import without_asking

# Where the record of an approval keeps the dollars that a person was asked for; none: unknown.
NEW, TOTAL = "hourly_usd", "total_hourly_usd"


@dataclass(frozen=True, kw_only=True)
class HourlyBill:
    """US dollars for an hour of what a run deploys, and of what serves beside it; None: unknown.

    Beside it serve the champion, and those before as long as they serve on for the recipe's grace.
    """

    new: float | None
    others: float | None

    @property
    def total(self) -> float | None:
        """All that the recipe has in service then."""
        return None if self.new is None or self.others is None else self.new + self.others

    def record(self) -> dict[str, float]:
        """The bill's part of the record of an approval."""
        named = ((NEW, self.new), (TOTAL, self.total))
        return {name: usd for name, usd in named if usd is not None}


def hourly_bill(run: Run, in_service: RecipeState, region: str) -> HourlyBill:
    """What an hour costs once the run's model is deployed."""
    owners = (in_service.champion, *in_service.retiring)
    prices = [each.deployment.hourly_usd for each in owners if each]
    known = [price for price in prices if price is not None]
    return HourlyBill(
        new=hourly_cost(without_asking(run, region, in_service)).usd,
        others=sum(known) if len(known) == len(prices) else None,
    )


def why_asked(run: Run, in_service: RecipeState, region: str) -> str:
    """Why a person is asked for the deployment: the recipe wants it so, or its budget; or "".

    Nobody who said yes is asked again for the same money, or less. A rollback is a person's word
    already. A commitment is asked for on its own.
    """
    if run.is_rollback or run.commitment_approval.get("approved"):
        return ""
    plan, bill = without_asking(run, region, in_service), hourly_bill(run, in_service, region)
    if plan.deployment.approval == "required" and not _is_agreed(run, NEW, bill.new):
        return "The recipe asks for a person (deployment.approval)."
    limit = plan.budget.hourly_usd
    if plan.deployment.mode != "provisioned" or limit is None:
        return ""
    return "" if _is_agreed(run, TOTAL, bill.total) else _beyond(limit, bill.total)


def _beyond(limit: float, total: float | None) -> str:
    budget = f"the recipe's budget.hourly_usd of {limit:,.2f} US dollars"
    if total is None:
        return f"A price is unknown, so that nothing can be held against {budget}."
    if total <= limit:
        return ""
    return (
        f"With what the recipe has in service already, in its grace too, an hour would cost "
        f"{total:,.2f} US dollars, which is beyond {budget}."
    )


def _is_agreed(run: Run, asked: str, usd: float | None) -> bool:
    """Whether a person said yes to that much; who said yes to an unknown price, to any."""
    if not run.approval.get("approved"):
        return False
    agreed = run.approval.get(asked)
    return agreed is None or (usd is not None and round(usd, 2) <= round(agreed, 2))
