"""Takes down what a run leaves behind: one idempotent pass, repeated until nothing is left."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from tunedrop.errors import (
    CleanUpFailedError,
    DeploymentDeclinedError,
    DeploymentFailedError,
    ModelRejectedError,
    RunEndingError,
)
from tunedrop.outcome import SERVICE_FAILED, outcome_named
from tunedrop.records import RunRecords
from tunedrop.run import ENDED, CleanUp, Deployment, Failure, Job, Run, moment, timestamp
from tunedrop.serving.champions import Champions
from tunedrop.serving.deployments import FAILED, CustomModels, Deployments
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
        committed = self._committed(run, now)
        left = tuple(self._pass(run, committed, now))
        clean_up = CleanUp(
            taken_down=() if left else tuple(_names(run, committed)),
            committed=tuple(f"{_name(each)} until {end[:10]}" for each, end in committed.items()),
            still_billing=left,
            done=not left,
        )
        kept = run.job is not None and _keeps(run, run.job)
        until = run.model_kept_until or (timestamp(now + _MODEL_KEPT) if kept else "")
        until = max((until, *committed.values()))
        if run.goes_on_from:
            self._settle_inherited(run, until)
        # Another clean-up may have been quicker, and the run may have ended meanwhile.
        with suppress(RunEndingError):
            self.records.update_ending(run, clean_up=clean_up, model_kept_until=until)
        if left and now - moment(run.ending_at or run.ended_at) > _LONGEST_TAKE_DOWN:
            raise CleanUpFailedError(
                f"Still there {_LONGEST_TAKE_DOWN} after the run {run.run_id} began to end, and "
                f"perhaps billing: {'; '.join(left)}. Delete it in Bedrock's console."
            )
        return clean_up

    def _settle_inherited(self, run: Run, until: str) -> None:
        """Say at the run that trained the model whether it stays."""
        if until:
            self.records.keep_model(run.goes_on_from, until)
        elif run.failure and run.failure.error == ModelRejectedError.__name__:
            self.records.refuse_model(run.goes_on_from, run.run_id)

    def _committed(self, run: Run, now: datetime) -> dict[Deployment, str]:
        """What cannot be deleted before the end of its term, and when that is.

        Nobody tries: Bedrock refuses, and it is paid for until then. One that failed may go.
        """
        if self._serves(run):
            return {}
        ends = {each: self._committed_until(each) for each in run.deployments if each.commitment}
        return {each: timestamp(end) for each, end in ends.items() if end and end > now}

    def _committed_until(self, deployment: Deployment) -> datetime | None:
        view = self.deployments.find(deployment.mode, deployment.name)
        if view is None:
            return None
        is_gone = view.status == FAILED and self.deployments.delete(deployment.mode, view.arn)
        return None if is_gone else view.committed_until

    def _pass(self, run: Run, committed: Mapping[Deployment, str], now: datetime) -> Iterator[str]:
        if self._serves(run):
            return
        to_delete = [each for each in run.deployments if each not in committed]
        left = [_name(each) for each in to_delete if not self._is_deployment_gone(each, now)]
        swap = _swap_to_undo(run)
        if swap and not self._is_swapped_back(swap, now):
            left.append(_swap_back(swap))
        if left:
            # The model stays until then: a deployment that is being created may need it.
            yield from left
            return
        for job in run.own_jobs:
            yield from self._job_and_model(run, job, now, is_used=bool(committed))

    def _serves(self, run: Run) -> bool:
        """Whether a champion or the rollback target uses what the run made."""
        return bool(run.promotion) or run.run_id in self.champions.state(run.recipe).kept_runs

    def _job_and_model(self, run: Run, job: Job, now: datetime, *, is_used: bool) -> Iterator[str]:
        view = self.jobs.find(job.name)
        if view is None and self._may_be_in_flight(job.arn, job.intended_at, now):
            yield f"customization job {job.name} (it may still be being created)"
        if view and view.status in _RUNNING_JOB:
            if view.status == "InProgress":
                self.jobs.stop(view.arn)
            yield f"customization job {job.name}"
        serves = job.custom_model_arn in self.champions.state(run.recipe).kept_models
        stays = serves or _keeps(run, job) or (is_used and job == run.job)
        model = None if stays else self.models.find(job.name)
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

    def _is_swapped_back(self, swap: Deployment, now: datetime) -> bool:
        """Whether the champion's throughput serves again what it did before this run."""
        view = self.deployments.find(swap.mode, swap.arn)
        if view is None:
            return True
        if not view.is_lost_to(swap.swapped_from):
            asked = swap.arn if swap.status else ""
            in_flight = self._may_be_in_flight(asked, swap.intended_at, now)
            return view.serves(swap.swapped_from) and not in_flight
        # Bedrock refuses while the throughput still changes; the next pass asks again.
        with suppress(DeploymentFailedError):
            self.deployments.swap(swap.arn, swap.swapped_from)
        return False

    def _may_be_in_flight(self, arn: str, intended_at: str, now: datetime) -> bool:
        """Whether a function that was stopped with its execution may still be creating it."""
        return not arn and now - moment(intended_at) <= self.create_timeout + _LANDING


def _is_clean(run: Run) -> bool:
    return run.status == ENDED and run.outcome != CleanUpFailedError.outcome


def _swap_to_undo(run: Run) -> Deployment | None:
    """The run's swap until it has ended: then others may swap, and the sweep knows who serves."""
    return None if run.status == ENDED else run.swap


def _name(deployment: Deployment) -> str:
    return f"{deployment.mode} deployment {deployment.name}"


def _swap_back(swap: Deployment) -> str:
    return f"the model {swap.swapped_from} to be swapped back into the throughput {swap.name}"


def _names(run: Run, committed: Mapping[Deployment, str]) -> Iterator[str]:
    if run.promotion:
        return
    yield from (_name(each) for each in run.deployments if each not in committed)
    if swap := _swap_to_undo(run):
        yield f"the swap in the throughput {swap.name}, which serves the champion again"
    for job in run.own_jobs:
        is_kept = _keeps(run, job) or (bool(committed) and job == run.job)
        what = "customization job" if is_kept else "customization job and model"
        yield f"{what} {job.name}"


def _keeps(run: Run, job: Job) -> bool:
    """Whether the model of this job waits for `tunedrop promote`: its training was paid for.

    Its deployment failed, or the service did; or it passed its test, and only what it costs was
    declined.
    """
    if run.failure is None or run.promotion:
        return False
    outcome = outcome_named(run.failure.error)
    is_tested = bool(run.commitment_approval or run.capacity)
    declined = outcome == DeploymentDeclinedError.outcome and is_tested
    undeployed = declined or outcome in (DeploymentFailedError.outcome, SERVICE_FAILED)
    return undeployed and job == run.job and bool(job.custom_model_arn)
