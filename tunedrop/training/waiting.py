"""Waits for a customization job: looks at it, and resumes the workflow when it has ended."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct, structs

from tunedrop.errors import CustomizationJobFailedError, ServiceBusyError
from tunedrop.layout import run_of_attempt
from tunedrop.recipe import effective
from tunedrop.records import RunRecords
from tunedrop.run import RUNNING, Job, Run, Wait, plain, timestamp
from tunedrop.tokens import TaskTokens
from tunedrop.training.jobs import CustomizationJobs, JobView

_STATE = "WaitForCustomizationJob"
_ATTEMPTS = 2

# Bedrock gives a failed job no code, only words; these are those of its own faults.
# https://docs.aws.amazon.com/bedrock/latest/userguide/fine-tuning-troubleshooting.html
_INTERNAL_ERRORS = ("internal error", "unexpected error")


class JobEnd(Struct, frozen=True, kw_only=True):
    """How the wait ends: with a custom model, or with another attempt."""

    completed: bool
    status: str
    custom_model_arn: str = ""


@dataclass(frozen=True, kw_only=True)
class JobWait:
    """Answers the task token of the state that waits for a job."""

    records: RunRecords
    jobs: CustomizationJobs
    tokens: TaskTokens

    def begin(self, run: Run, token: str, now: datetime) -> None:
        """Store the token, then look once: the job may have ended before it was stored.

        A second call replaces the token; the state that held the old one has moved on.
        """
        wait = Wait(token=token, since=timestamp(now), state=_STATE)
        run = self.records.update(run, wait=wait)
        # Step Functions counts retries over the whole wait, which may last for days: the token is
        # stored, and the next look comes by itself.
        with suppress(ServiceBusyError):
            self._look_and_answer(run, now)

    def resume(self, job_name: str, now: datetime) -> None:
        """React to Bedrock's event about a job; events about strangers' jobs pass by.

        So do late and doubled ones: by then the token may be that of another state's wait.
        """
        run = self.records.find(run_of_attempt(job_name))
        if run and run.job and run.job.name == job_name and _waits_for_job(run):
            self._look_and_answer(run, now)

    def _look_and_answer(self, run: Run, now: datetime) -> None:
        if run.wait is None:
            return
        try:
            end = self._look(run, now)
        except CustomizationJobFailedError as failure:
            self.tokens.fail(run.wait.token, failure)
            return
        if end is not None:
            self.tokens.succeed(run.wait.token, plain(end))

    def _look(self, run: Run, now: datetime) -> JobEnd | None:
        if run.job is None:
            return JobEnd(completed=False, status="Failed")
        view = self.jobs.find(run.job.name)
        if view is None:
            raise CustomizationJobFailedError(f"Bedrock knows no job {run.job.name} any more.")
        job = _seen(run, run.job, view)
        if job != run.job:
            current = self.records.update_attempt(run, job=job)
            if current is None:
                return None
            run = current
        match view.status:
            case "Completed":
                return JobEnd(
                    completed=True, status=view.status, custom_model_arn=view.custom_model_arn
                )
            case "Failed":
                return self._failed(run, job, view)
            case "Stopped":
                return self._stopped(run, job)
        self._stop_if_stuck(run, job, view, now)
        return None

    def _failed(self, run: Run, job: Job, view: JobView) -> JobEnd | None:
        internal = any(words in view.failure.lower() for words in _INTERNAL_ERRORS)
        if internal and job.attempt < _ATTEMPTS:
            return self._try_again(run, job)
        raise CustomizationJobFailedError(
            f"Bedrock failed the customization job {job.name}: {view.failure or 'no reason given'}"
        )

    def _stopped(self, run: Run, job: Job) -> JobEnd | None:
        if job.stopping_because and job.attempt < _ATTEMPTS:
            return self._try_again(run, job)
        why = job.stopping_because or "somebody outside this service stopped it"
        raise CustomizationJobFailedError(f"The customization job {job.name} was stopped: {why}.")

    def _try_again(self, run: Run, job: Job) -> JobEnd | None:
        former = (*run.former_jobs, job)
        if self.records.update_attempt(run, former_jobs=former, job=None) is None:
            return None
        return JobEnd(completed=False, status=job.status)

    def _stop_if_stuck(self, run: Run, job: Job, view: JobView, now: datetime) -> None:
        patience = timedelta(seconds=run.plan.deployment.patience_seconds)
        stuck = not view.training_started and now - view.created_at > patience
        if not stuck or job.stopping_because:
            return
        why = f"it had not begun to train after {patience} in Bedrock's queue"
        stopping = structs.replace(job, stopping_because=why)
        if self.records.update_attempt(run, job=stopping) is not None:
            self.jobs.stop(view.arn)


def _trained_tokens(run: Run, view: JobView) -> int | None:
    """What the job read, as counted here, since Bedrock tells that of no job.

    Nothing where it ended before it began to train; all where it completed and its epochs are
    known; else nobody knows.
    """
    if view.ended_at and not view.training_started:
        return 0
    tokens, epochs = run.dataset.get("tokens"), effective(run.plan, "epochs")
    if view.status != "Completed" or tokens is None or epochs is None:
        return None
    return int(tokens * epochs)


def _waits_for_job(run: Run) -> bool:
    return run.status == RUNNING and run.wait is not None and run.wait.state == _STATE


def _seen(run: Run, job: Job, view: JobView) -> Job:
    return structs.replace(
        job,
        status=view.status,
        trained_tokens=_trained_tokens(run, view),
        custom_model_arn=view.custom_model_arn,
        ended_at=timestamp(view.ended_at) if view.ended_at else "",
    )
