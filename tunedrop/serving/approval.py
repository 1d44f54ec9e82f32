"""Asks people whether a custom model may be deployed, and whether a commitment may be bought."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tunedrop.cost import commitment_cost, hourly_cost
from tunedrop.errors import DeploymentDeclinedError
from tunedrop.notifications import Notifications
from tunedrop.records import RunRecords
from tunedrop.run import Run, Wait, moment, timestamp
from tunedrop.serving.champions import Champions
from tunedrop.serving.recipe_state import RecipeState
from tunedrop.serving.trial import may_reuse, without_asking

DEADLINE = timedelta(days=3)
DEPLOYMENT = "ApproveDeployment"
COMMITMENT = "ApproveCommitment"
# The states that ask, and where in the record of a run each keeps what it asked and was told.
SECTIONS = {DEPLOYMENT: "approval", COMMITMENT: "commitment_approval"}


def why_asked(run: Run, in_service: RecipeState, region: str) -> str:
    """Why a person is asked for the deployment: the recipe wants it so, or its budget; or "".

    The budget is for an hour of all that the recipe has in service at once: this run's deployment,
    the champion beside it, and those before, as long as they serve on for the recipe's grace.
    A rollback is a person's word already. A commitment is asked for on its own.
    """
    if run.is_rollback:
        return ""
    plan = without_asking(run, region, in_service)
    if plan.deployment.approval == "required":
        return "The recipe asks for a person (deployment.approval)."
    limit = plan.budget.hourly_usd
    if plan.deployment.mode != "provisioned" or limit is None:
        return ""
    others, new = _hourly(in_service), hourly_cost(plan).usd
    budget = f"the recipe's budget.hourly_usd of {limit:,.2f} US dollars"
    if others is None or new is None:
        return f"A price is unknown, so that nothing can be held against {budget}."
    if others + new <= limit:
        return ""
    return (
        f"With what the recipe has in service already, in its grace too, an hour would cost "
        f"{others + new:,.2f} US dollars, which is beyond {budget}."
    )


def _hourly(in_service: RecipeState) -> float | None:
    """What an hour of all that a recipe has in service costs; None where nobody knows."""
    owners = (in_service.champion, *in_service.retiring)
    prices = [each.deployment.hourly_usd for each in owners if each]
    known = [price for price in prices if price is not None]
    return sum(known) if len(known) == len(prices) else None


@dataclass(frozen=True, kw_only=True)
class Approval:
    """Stores the token that an answer resumes, and asks once."""

    region: str
    records: RunRecords
    champions: Champions
    notifications: Notifications

    def ask(self, run: Run, token: str, now: datetime, state: str = DEPLOYMENT) -> None:
        """Ask people on the first look; after the deadline a `DeploymentDeclinedError`.

        Nobody is kept waiting for a model that a later drop's would keep from service.
        """
        self.champions.check_not_superseded(run)
        section = SECTIONS[state]
        asked_at = getattr(run, section).get("asked_at")
        if asked_at and now - moment(asked_at) > DEADLINE:
            raise DeploymentDeclinedError(
                f"Nobody approved the {_WHAT[state]} within {DEADLINE.days} days of {asked_at}."
            )
        asked = {**getattr(run, section), "asked_at": asked_at or timestamp(now)}
        wait = Wait(token=token, since=timestamp(now), state=state)
        run = self.records.update(run, wait=wait, **{section: asked})
        if not asked.get("told_at"):
            until = timestamp(moment(asked["asked_at"]) + DEADLINE)
            self._tell(run, state, until)
            self.records.update(run, **{section: {**asked, "told_at": timestamp(now)}})

    def _tell(self, run: Run, state: str, until: str) -> None:
        is_commitment = state == COMMITMENT
        question = _commitment(run) if is_commitment else self._deployment(run)
        self.notifications.send(
            subject=f"{run.recipe}: may "
            + ("this commitment be bought?" if is_commitment else "this model be deployed?"),
            message=(
                f"The run {run.run_id} has trained a custom model. "
                f"{run.losses.get('verdict', '')}\n{question}\n"
                f"Until {until}: {approving(run, state)}, or: tunedrop decline {run.run_id}"
            ),
        )

    def _deployment(self, run: Run) -> str:
        in_service = self.champions.state(run.recipe)
        why = why_asked(run, in_service, self.region)
        return f"{_deployment(run, self.region, in_service)}\n{why}".strip()


_WHAT = {DEPLOYMENT: "deployment", COMMITMENT: "commitment"}


def _deployment(run: Run, region: str, in_service: RecipeState) -> str:
    plan = without_asking(run, region, in_service)
    cost = _dollars(hourly_cost(plan).usd)
    if may_reuse(run, in_service):
        return (
            "Deployment: the champion's provisioned throughput, for which nothing more is billed; "
            f"cost per hour until the model has passed its test: {cost}."
        )
    said = f"Deployment: {plan.deployment.mode}; cost per hour: {cost}."
    if plan.budget.hourly_usd is None:
        return said
    return (
        f"{said} What the recipe has in service already costs per hour: "
        f"{_dollars(_hourly(in_service))}; its budget: {_dollars(plan.budget.hourly_usd)}."
    )


def _commitment(run: Run) -> str:
    cost = commitment_cost(run.plan)
    return (
        f"{run.evaluation.get('verdict', '')}\n"
        f"Commitment: {run.plan.deployment.commitment}, which cannot be ended before; cost over "
        f"the term, used or not: {_dollars(cost.usd)} ({cost.why}). Nothing bills until then."
    )


def _dollars(usd: float | None) -> str:
    return "unknown" if usd is None else f"{usd:,.2f} US dollars"


def approving(run: Run, state: str) -> str:
    """The command that approves what a state asks; a commitment is named, so that it is meant."""
    term = run.plan.deployment.commitment
    named = f' --commitment "{term}"' if state == COMMITMENT else ""
    return f"tunedrop approve {run.run_id}{named}"


def statement(run_id: str, *, approved: bool, commitment: str = "") -> str:
    """What a person signs."""
    of = f" with a commitment of {commitment}" if commitment else ""
    return f"{'approve' if approved else 'decline'} {run_id}{of}"
