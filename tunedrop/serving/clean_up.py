"""Takes down what a run leaves behind: one idempotent pass, repeated until nothing is left."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from tunedrop.errors import CleanUpFailedError, DeploymentFailedError, RunEndingError
from tunedrop.records import RunRecords
from tunedrop.run import ENDED, CleanUp, Deployment, Failure, Job, Run, moment, timestamp
from tunedrop.serving.champions import Champions
from tunedrop.serving.deployments import CustomModels, Deployments
from tunedrop.training.jobs import CustomizationJobs

# Throughput takes up to half an hour to be created, and can be deleted only then.
_LONGEST_TAKE_DOWN = timedelta(hours=3)
# What a function asked for in its last moment takes a little longer to be shown.
_LANDING = timedelta(seconds=15)
# Time to have a quota raised; training again costs more than its storage.
_MODEL_KEPT = timedelta(days=14)
_RUNNING_JOB = frozenset({"InProgress", "Stopping"})


@dataclass(frozen=True, kw_only=True)
class TakeDown:
    """Asks Bedrock to stop and delete; never touches what a champion or rollback target uses."""

    records: RunRecords
    champions: Champions
    jobs: CustomizationJobs
    models: CustomModels
    deployments: Deployments
    create_timeout: timedelta

    def begin(self, run: Run, failure: Failure, now: datetime) -> CleanUp:
        """Close the run to creators and pass once; a run that has ended is clean already.

        Unless it ended because clean-up failed: that run is passed over again. Raises
        `CleanUpFailedError` when something is left after three hours.
        """
        source = run.source
        run = self.records.begin_ending(run, failure, now)
        if run.source != source or _is_clean(run):
            return CleanUp(done=True)
        left = tuple(self._pass(run, now))
        clean_up = CleanUp(
            taken_down=() if left else tuple(_names(run)), still_billing=left, done=not left
        )
        kept = any(_keeps(run, job) for job in run.own_jobs)
        until = run.model_kept_until or (timestamp(now + _MODEL_KEPT) if kept else "")
        # Another clean-up may have been quicker, and the run may have ended meanwhile.
        with suppress(RunEndingError):
            self.records.update_ending(run, clean_up=clean_up, model_kept_until=until)
        if left and now - moment(run.ending_at or run.ended_at) > _LONGEST_TAKE_DOWN:
            raise CleanUpFailedError(
                f"Still there {_LONGEST_TAKE_DOWN} after the run {run.run_id} began to end, and "
                f"perhaps billing: {'; '.join(left)}. Delete it in Bedrock's console."
            )
        return clean_up

    def _pass(self, run: Run, now: datetime) -> Iterator[str]:
        if run.promotion or run.run_id in self.champions.state(run.recipe).kept_runs:
            return
        if run.deployment and not self._is_deployment_gone(run.deployment, now):
            # The model stays until then: a deployment that is being created may need it.
            yield f"{run.deployment.mode} deployment {run.deployment.name}"
            return
        for job in run.own_jobs:
            yield from self._job_and_model(run, job, now)

    def _job_and_model(self, run: Run, job: Job, now: datetime) -> Iterator[str]:
        view = self.jobs.find(job.name)
        if view is None and self._may_be_in_flight(job.arn, job.intended_at, now):
            yield f"customization job {job.name} (it may still be being created)"
        if view and view.status in _RUNNING_JOB:
            if view.status == "InProgress":
                self.jobs.stop(view.arn)
            yield f"customization job {job.name}"
        serves = job.custom_model_arn in self.champions.state(run.recipe).kept_models
        model = None if serves or _keeps(run, job) else self.models.find(job.name)
        if model:
            self.models.delete(model)
            if self.models.find(job.name):
                yield f"custom model {job.name}"

    def _is_deployment_gone(self, deployment: Deployment, now: datetime) -> bool:
        view = self.deployments.find(deployment.mode, deployment.name)
        if view is None:
            return not self._may_be_in_flight(deployment.arn, deployment.intended_at, now)
        self.deployments.delete(deployment.mode, view.arn)
        return self.deployments.find(deployment.mode, deployment.name) is None

    def _may_be_in_flight(self, arn: str, intended_at: str, now: datetime) -> bool:
        """Whether a function that was stopped with its execution may still be creating it."""
        return not arn and now - moment(intended_at) <= self.create_timeout + _LANDING


def _is_clean(run: Run) -> bool:
    return run.status == ENDED and run.outcome != CleanUpFailedError.outcome


def _names(run: Run) -> Iterator[str]:
    if run.promotion:
        return
    if run.deployment:
        yield f"{run.deployment.mode} deployment {run.deployment.name}"
    for job in run.own_jobs:
        what = "customization job" if _keeps(run, job) else "customization job and model"
        yield f"{what} {job.name}"


def _keeps(run: Run, job: Job) -> bool:
    """Whether the model of this job waits for `tunedrop promote`: only its deployment failed."""
    undeployed = run.failure is not None and run.failure.error == DeploymentFailedError.__name__
    return undeployed and job == run.job and bool(job.custom_model_arn)
