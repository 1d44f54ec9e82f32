"""Asks people whether a custom model may be deployed, and whether a commitment may be bought."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tunedrop.cost import commitment_cost
from tunedrop.errors import DeploymentDeclinedError
from tunedrop.notifications import Notifications
from tunedrop.records import RunRecords
from tunedrop.run import Run, Wait, moment, timestamp
from tunedrop.serving.champions import Champions
from tunedrop.serving.hourly import hourly_bill, why_asked
from tunedrop.serving.recipe_state import RecipeState
from tunedrop.serving.trial import may_reuse, without_asking

DEADLINE = timedelta(days=3)
DEPLOYMENT = "ApproveDeployment"
COMMITMENT = "ApproveCommitment"
# The states that ask, and where in the record of a run each keeps what it asked and was told.
SECTIONS = {DEPLOYMENT: "approval", COMMITMENT: "commitment_approval"}
_BEFORE = "before"


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
        asked = self._question(run, state, now)
        if is_over(asked, now):
            raise DeploymentDeclinedError(
                f"Nobody approved the {_WHAT[state]} within {DEADLINE.days} days of "
                f"{asked['asked_at']}."
            )
        wait = Wait(token=token, since=timestamp(now), state=state)
        run = self.records.update(run, wait=wait, **{section: asked})
        if not asked.get("told_at"):
            self._tell(run, state, timestamp(moment(asked["asked_at"]) + DEADLINE))
            # Who was quick has answered already.
            self.records.update_waiting(run, **{section: {**asked, "told_at": timestamp(now)}})

    def _question(self, run: Run, state: str, now: datetime) -> dict[str, Any]:
        """What is asked, since when; an answer that never reached the workflow is asked for again.

        The state would not be entered after one that did.
        """
        asked: dict[str, Any] = getattr(run, SECTIONS[state])
        if asked.get("answered_at"):
            return {name: asked[name] for name in asked if name not in _OF_ANSWER}
        if asked.get("asked_at"):
            return asked
        in_service = self.champions.state(run.recipe)
        is_hourly = state == DEPLOYMENT
        bill = hourly_bill(run, in_service, self.region).record() if is_hourly else {}
        return {**asked, **bill, "asked_at": timestamp(now)}

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


# What an answer adds to its question; people are told again of one that was lost.
_OF_ANSWER = frozenset({"told_at", "answered_by", "answered_at", "approved"})
_WHAT = {DEPLOYMENT: "deployment", COMMITMENT: "commitment"}


def _deployment(run: Run, region: str, in_service: RecipeState) -> str:
    plan, bill = without_asking(run, region, in_service), hourly_bill(run, in_service, region)
    cost = _dollars(bill.new)
    if may_reuse(run, in_service):
        return (
            "Deployment: the champion's provisioned throughput, for which nothing more is billed; "
            f"cost per hour until the model has passed its test: {cost}."
        )
    said = f"Deployment: {plan.deployment.mode}; cost per hour: {cost}."
    if why := run.capacity.get("why"):
        said = f"{said} The champion's throughput is not reused: {why}."
    if plan.budget.hourly_usd is None:
        return said
    return (
        f"{said} What the recipe has in service already costs per hour: "
        f"{_dollars(bill.others)}; its budget: {_dollars(plan.budget.hourly_usd)}."
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


def is_over(asked: dict[str, Any], now: datetime) -> bool:
    """Whether the time to answer is over, which is an answer too: no."""
    asked_at = str(asked.get("asked_at", ""))
    return bool(asked_at) and now - moment(asked_at) > DEADLINE


def asked_anew(asked: dict[str, Any]) -> dict[str, Any]:
    """The section of a question that is put again; what was answered before is kept in it."""
    if not asked.get("answered_at"):
        return asked
    answered = {name: value for name, value in asked.items() if name != _BEFORE}
    return {_BEFORE: [*asked.get(_BEFORE, ()), answered]}


def approving(run: Run, state: str) -> str:
    """The command that approves what a state asks; a commitment is named, so that it is meant."""
    term = run.plan.deployment.commitment
    named = f' --commitment "{term}"' if state == COMMITMENT else ""
    return f"tunedrop approve {run.run_id}{named}"


def statement(run_id: str, *, approved: bool, commitment: str = "") -> str:
    """What a person signs."""
    of = f" with a commitment of {commitment}" if commitment else ""
    return f"{'approve' if approved else 'decline'} {run_id}{of}"
