"""Puts the custom model of a run into service, and waits until it serves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import structs

from tunedrop.cost import hourly_cost
from tunedrop.errors import (
    ApprovalNeededError,
    CapacityUnavailableError,
    DeploymentFailedError,
    ServiceBusyError,
)
from tunedrop.layout import attempt_name
from tunedrop.records import RunRecords
from tunedrop.run import CREATED, Deployment, Run, moment, timestamp
from tunedrop.serving.approval import asked_anew
from tunedrop.serving.champions import Champions
from tunedrop.serving.deployments import (
    PROVISIONED,
    DeploymentOrder,
    Deployments,
    DeploymentView,
)
from tunedrop.serving.hourly import why_asked
from tunedrop.serving.trial import NO_COMMITMENT, without_commitment
from tunedrop.serving.turns import Turns
from tunedrop.settings import run_tags

# Eight minutes on demand and half an hour provisioned are usual; what takes longer than this
# would not end, and each look adds to the execution's history.
_LONGEST_CREATION = timedelta(hours=6)
# Bedrock may show a throughput as it was a moment ago.
_SHOWN_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Deploying:
    """Deploys in the run's turn; the intent is recorded first, so that clean-up knows of it."""

    records: RunRecords
    champions: Champions
    turns: Turns
    deployments: Deployments
    region: str

    def deploy(self, run: Run, mode: str, now: datetime) -> Deployment:
        """The run's deployment; a second call finds the first call's.

        After the test that is what serves the model from then on, such as an approved commitment,
        and what the model was tested on becomes the run's trial; not if the champion has changed
        meanwhile (`ChampionChangedError`), nor before a person says yes to money that takes one
        (`ApprovalNeededError`). While it is another run's turn or Bedrock has no capacity, a
        `CapacityUnavailableError`; once the recipe's patience is over, a `DeploymentFailedError`.
        """
        is_tested = _is_tested(run)
        made = run.deployment if bool(run.trial) is is_tested else None
        if made and made.arn:
            return made
        self.champions.check_not_superseded(run)
        if is_tested and not made:
            self.champions.check_opponent(run, now)
        self.turns.take(run, now)
        if mode == PROVISIONED and not made:
            self._require_yes(run)
        run = self._keep_trial(run) if is_tested else run
        deployment = self._intend(run, mode, now)
        deployment = _seen(deployment, self._found(run, deployment, now))
        self.records.update(run, deployment=deployment)
        return deployment

    def look(self, run: Run, now: datetime) -> Deployment:
        """The deployment as it is now; one that Bedrock failed is a `DeploymentFailedError`."""
        deployment = run.deployment
        if deployment is None:
            raise DeploymentFailedError(f"The run {run.run_id} has no deployment to wait for.")
        view = self.deployments.find(deployment.mode, deployment.arn or deployment.name)
        if view is None:
            raise DeploymentFailedError(
                f"The deployment {deployment.name} is gone: somebody outside this service "
                "deleted it."
            )
        if view.status == "Failed":
            raise DeploymentFailedError(
                f"Bedrock failed the deployment {deployment.name}: "
                f"{view.failure or 'no reason given'}"
            )
        taken = now - moment(deployment.intended_at)
        is_ready = _is_ready(run, view, taken)
        if not is_ready and taken > _LONGEST_CREATION:
            raise DeploymentFailedError(
                f"The deployment {deployment.name} is {view.status} since "
                f"{deployment.intended_at}; more than {_LONGEST_CREATION} is not waited for."
            )
        ready_at = timestamp(now) if is_ready else ""
        seen = structs.replace(_seen(deployment, view), ready_at=ready_at)
        if seen != deployment:
            self.records.update(run, deployment=seen)
        return seen

    def _require_yes(self, run: Run) -> None:
        """Have a person asked for what bills by the hour, while other runs may deploy.

        In the run's turn, since what serves beside it changes before. Capacity is waited for anew.
        """
        why = why_asked(run, self.champions.state(run.recipe), self.region)
        if not why:
            return
        self.records.update(run, approval=asked_anew(run.approval), capacity_refused_at=None)
        self.turns.give_back(run)
        raise ApprovalNeededError(why)

    def _keep_trial(self, run: Run) -> Run:
        """Keep what the model was tested on as its trial; capacity is waited for anew."""
        if run.trial:
            return run
        return self.records.update(
            run, trial=run.deployment, deployment=None, capacity_refused_at=None
        )

    def _intend(self, run: Run, mode: str, now: datetime) -> Deployment:
        """Record the intent; each call renews it, so that clean-up waits for the latest one."""
        plan = run.plan if run.trial else without_commitment(run, mode)
        deployment = Deployment(
            mode=mode,
            name=attempt_name(run.run_id, len(run.former_jobs) + (2 if run.trial else 1)),
            intended_at=timestamp(now),
            hourly_usd=hourly_cost(plan).usd if mode == PROVISIONED else 0.0,
            commitment=plan.deployment.commitment.replace(NO_COMMITMENT, "") if run.trial else "",
            model_units=plan.deployment.model_units if mode == PROVISIONED else None,
        )
        self.records.update(run, deployment=deployment)
        return deployment

    def _found(self, run: Run, deployment: Deployment, now: datetime) -> DeploymentView:
        """What Bedrock shows of it, once it was created where it was not there."""
        found = self.deployments.find(deployment.mode, deployment.name)
        if found is None:
            self._create(run, deployment, now)
            found = self.deployments.find(deployment.mode, deployment.name)
        if found is None:
            raise ServiceBusyError(f"Bedrock took {deployment.name}, but does not show it yet.")
        return found

    def _create(self, run: Run, deployment: Deployment, now: datetime) -> None:
        """Create it; what Bedrock refused was never made, so that clean-up need not look for it."""
        try:
            self.deployments.create(self._order(run, deployment))
        except DeploymentFailedError:
            self.records.update(run, deployment=None)
            raise
        except CapacityUnavailableError as refusal:
            first = run.capacity_refused_at or timestamp(now)
            self.records.update(run, deployment=None, capacity_refused_at=first)
            if self._is_patience_over(run, first, now):
                raise DeploymentFailedError(
                    f"{refusal} Tried since {first}, for the recipe's patience of "
                    f"{run.plan.deployment.patience}. Request model units or deployments in "
                    "Service Quotas, or give the recipe more patience."
                ) from refusal
            raise

    def _order(self, run: Run, deployment: Deployment) -> DeploymentOrder:
        job = run.job
        if job is None or not job.custom_model_arn:
            raise DeploymentFailedError(f"The run {run.run_id} has no custom model to deploy.")
        plan = run.plan if run.trial else without_commitment(run, deployment.mode)
        return DeploymentOrder(
            mode=deployment.mode,
            name=deployment.name,
            custom_model_arn=job.custom_model_arn,
            units=plan.deployment.model_units,
            commitment=deployment.commitment,
            tags=run_tags(run.stage, run.recipe, run.run_id),
        )

    def _is_patience_over(self, run: Run, since: str, now: datetime) -> bool:
        return now - moment(since) > timedelta(seconds=run.plan.deployment.patience_seconds)


def _is_tested(run: Run) -> bool:
    """Whether the model passed its test, and is to be served by other capacity than that took."""
    commits = bool(run.commitment_approval.get("approved"))
    return commits or run.capacity.get("served_by") == CREATED


def _is_ready(run: Run, view: DeploymentView, taken: timedelta) -> bool:
    """Whether the deployment answers with the run's model; the one before may for a while."""
    if run.swap is None:
        return view.is_ready
    model = run.job.custom_model_arn if run.job else ""
    if view.desired_model_arn != model and taken > _SHOWN_WITHIN:
        raise DeploymentFailedError(
            f"Bedrock swaps {view.desired_model_arn} into {view.arn}, and not this run's model: it "
            "gave up, or somebody outside this service asked for another."
        )
    return view.serves(model)


def _seen(deployment: Deployment, view: DeploymentView) -> Deployment:
    until = timestamp(view.committed_until) if view.committed_until else ""
    return structs.replace(deployment, arn=view.arn, status=view.status, committed_until=until)
