"""Puts the custom model of a run into service, and waits until it serves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import structs

from tunedrop.cost import hourly_cost
from tunedrop.errors import CapacityUnavailableError, DeploymentFailedError, ServiceBusyError
from tunedrop.layout import attempt_name
from tunedrop.records import RunRecords
from tunedrop.run import Deployment, Run, moment, timestamp
from tunedrop.serving.champions import Champions
from tunedrop.serving.deployments import (
    PROVISIONED,
    DeploymentOrder,
    Deployments,
    DeploymentView,
)
from tunedrop.serving.trial import without_commitment
from tunedrop.serving.turns import Turns
from tunedrop.settings import run_tags

# Eight minutes on demand and half an hour provisioned are usual; what takes longer than this
# would not end, and each look adds to the execution's history.
_LONGEST_CREATION = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class Deploying:
    """Deploys in the run's turn; the intent is recorded first, so that clean-up knows of it."""

    records: RunRecords
    champions: Champions
    turns: Turns
    deployments: Deployments

    def deploy(self, run: Run, mode: str, now: datetime) -> Deployment:
        """The run's deployment; a second call finds the first call's.

        With an approved commitment that is what the commitment buys, and what the model was tested
        on becomes the run's trial; not if the champion has changed meanwhile
        (`ChampionChangedError`). While it is another run's turn or Bedrock has no capacity, a
        `CapacityUnavailableError`; once the recipe's patience is over, a `DeploymentFailedError`.
        """
        commits = bool(run.commitment_approval.get("approved"))
        made = run.deployment
        if made and made.arn and bool(made.commitment) is commits:
            return made
        self.champions.check_not_superseded(run)
        if commits and not (made and made.commitment):
            self.champions.check_opponent(run, now)
        self.turns.take(run, now)
        run = self._commit_to_term(run) if commits else run
        deployment = self._intend(run, mode, now)
        found = self.deployments.find(mode, deployment.name)
        if found is None:
            self._create(run, deployment, now)
            found = self.deployments.find(mode, deployment.name)
        if found is None:
            raise ServiceBusyError(f"Bedrock took {deployment.name}, but does not show it yet.")
        deployment = _seen(deployment, found)
        self.records.update(run, deployment=deployment)
        return deployment

    def look(self, run: Run, now: datetime) -> Deployment:
        """The deployment as it is now; one that Bedrock failed is a `DeploymentFailedError`."""
        deployment = run.deployment
        if deployment is None:
            raise DeploymentFailedError(f"The run {run.run_id} has no deployment to wait for.")
        view = self.deployments.find(deployment.mode, deployment.name)
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
        if not view.is_ready and now - moment(deployment.intended_at) > _LONGEST_CREATION:
            raise DeploymentFailedError(
                f"The deployment {deployment.name} is {view.status} since "
                f"{deployment.intended_at}; more than {_LONGEST_CREATION} is not waited for."
            )
        ready_at = timestamp(now) if view.is_ready else ""
        seen = structs.replace(_seen(deployment, view), ready_at=ready_at)
        if seen != deployment:
            self.records.update(run, deployment=seen)
        return seen

    def _commit_to_term(self, run: Run) -> Run:
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
            commitment=plan.deployment.commitment if run.trial else "",
        )
        self.records.update(run, deployment=deployment)
        return deployment

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
        plan = run.plan if deployment.commitment else without_commitment(run, deployment.mode)
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


def _seen(deployment: Deployment, view: DeploymentView) -> Deployment:
    until = timestamp(view.committed_until) if view.committed_until else ""
    return structs.replace(deployment, arn=view.arn, status=view.status, committed_until=until)
