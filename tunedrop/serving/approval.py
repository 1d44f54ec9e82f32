"""Asks people whether a custom model may be deployed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tunedrop.cost import hourly_cost
from tunedrop.errors import DeploymentDeclinedError
from tunedrop.notifications import Notifications
from tunedrop.records import RunRecords
from tunedrop.run import Run, Wait, moment, timestamp
from tunedrop.serving.champions import Champions
from tunedrop.serving.recipe_state import RecipeState

DEADLINE = timedelta(days=3)
STATE = "ApproveDeployment"


def needs_approval(run: Run, in_service: RecipeState) -> bool:
    """Whether the recipe asks for a person, or the deployment for more than its budget.

    The budget is for an hour of the champion and of this run's deployment beside it; those that
    serve on for the recipe's grace end by themselves, and keep nobody waiting for a person.
    A rollback is a person's word already.
    """
    if run.is_rollback:
        return False
    plan = run.plan
    if plan.deployment.approval == "required":
        return True
    limit = plan.budget.hourly_usd
    if plan.deployment.mode != "provisioned" or limit is None:
        return False
    champion = (in_service.champion,) if in_service.champion else ()
    prices = [hourly_cost(plan).usd, *(each.deployment.hourly_usd for each in champion)]
    known = [price for price in prices if price is not None]
    return len(known) < len(prices) or sum(known) > limit


@dataclass(frozen=True, kw_only=True)
class Approval:
    """Stores the token that an approval resumes, and asks once."""

    records: RunRecords
    champions: Champions
    notifications: Notifications

    def ask(self, run: Run, token: str, now: datetime) -> None:
        """Ask people on the first look; after the deadline a `DeploymentDeclinedError`.

        Nobody is kept waiting for a model that a later drop's would keep from service.
        """
        self.champions.check_not_superseded(run)
        asked_at = run.approval.get("asked_at")
        if asked_at and now - moment(asked_at) > DEADLINE:
            raise DeploymentDeclinedError(
                f"Nobody approved the deployment within {DEADLINE.days} days of {asked_at}."
            )
        asked = {"asked_at": asked_at or timestamp(now)}
        wait = Wait(token=token, since=timestamp(now), state=STATE)
        run = self.records.update(run, wait=wait, approval={**run.approval, **asked})
        if not run.approval.get("told_at"):
            self._tell(run)
            self.records.update(run, approval={**run.approval, "told_at": timestamp(now)})

    def _tell(self, run: Run) -> None:
        hourly = hourly_cost(run.plan)
        price = "unknown" if hourly.usd is None else f"{hourly.usd:.2f} US dollars"
        until = timestamp(moment(run.approval["asked_at"]) + DEADLINE)
        self.notifications.send(
            subject=f"{run.recipe}: may this model be deployed?",
            message=(
                f"The run {run.run_id} has trained a custom model. "
                f"{run.losses.get('verdict', '')}\n"
                f"Deployment: {run.plan.deployment.mode}; cost per hour: {price}.\n"
                f"Until {until}: tunedrop approve {run.run_id}, or: tunedrop decline {run.run_id}"
            ),
        )


def statement(run_id: str, *, approved: bool) -> str:
    """What a person signs."""
    return f"{'approve' if approved else 'decline'} {run_id}"
