"""Creates the customization job of a run, once per attempt."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import structs

from tunedrop import recipe as recipes
from tunedrop.catalog import base_model
from tunedrop.errors import (
    CustomizationJobFailedError,
    JobSlotsFullError,
    ServiceBusyError,
)
from tunedrop.layout import attempt_name
from tunedrop.objects import Objects
from tunedrop.records import RunRecords
from tunedrop.run import Job, Run, moment, timestamp
from tunedrop.serving.champions import Champions
from tunedrop.settings import run_tags
from tunedrop.training.jobs import CustomizationJobs, JobOrder


@dataclass(frozen=True, kw_only=True)
class JobCreation:
    """Asks Bedrock for the job; the intent is recorded first, so that clean-up knows of it."""

    records: RunRecords
    champions: Champions
    jobs: CustomizationJobs
    artifacts: Objects
    role_arn: str
    model_key_arn: str

    def create(self, run: Run, now: datetime) -> Job:
        """The job of the current attempt; a second call finds the first call's job.

        Nothing is trained that a later drop's model would keep from service.
        """
        if run.job and run.job.arn:
            return run.job
        if run.job is None:
            self.champions.check_not_superseded(run)
        job = self._intend(run, now)
        found = self.jobs.find(job.name)
        if found is None:
            self._ask(run, job, now)
            found = self.jobs.find(job.name)
        if found is None:
            raise ServiceBusyError(f"Bedrock took the job {job.name}, but does not show it yet.")
        job = structs.replace(
            job, arn=found.arn, status=found.status, submitted_at=timestamp(found.created_at)
        )
        self.records.update(run, job=job, slot_refused_at="")
        return job

    def _ask(self, run: Run, job: Job, now: datetime) -> None:
        """Ask Bedrock; what it refused was never made, so that clean-up need not look for it."""
        try:
            self.jobs.create(self._order(run, job))
        except CustomizationJobFailedError:
            self.records.update(run, job=None)
            raise
        except JobSlotsFullError as full:
            waiting_since = run.slot_refused_at or timestamp(now)
            self.records.update(run, job=None, slot_refused_at=waiting_since)
            patience = timedelta(seconds=run.plan.deployment.patience_seconds)
            if now - moment(waiting_since) > patience:
                raise CustomizationJobFailedError(
                    f"{full} The recipe's patience of {run.plan.deployment.patience} is over. "
                    "Rerun when other jobs have ended, or set deployment.patience higher."
                ) from full
            raise

    def _intend(self, run: Run, now: datetime) -> Job:
        """Record the intent; each call renews it, so that clean-up waits for the latest one."""
        attempt = len(run.former_jobs) + 1
        job = Job(
            attempt=attempt,
            name=attempt_name(run.run_id, attempt),
            intended_at=timestamp(now),
        )
        self.records.update(run, job=job)
        return job

    def _order(self, run: Run, job: Job) -> JobOrder:
        recipe = run.plan
        how = base_model(recipe.base_model).customization(recipe.method)
        uri = self.artifacts.uri
        has_validation = run.dataset["records"]["validation"] > 0
        return JobOrder(
            name=job.name,
            base_model_id=recipe.base_model,
            customization_type=how.customization_type,
            hyperparameters=recipes.bedrock_hyperparameters(recipe),
            training_uri=uri(run.layout.dataset("train.jsonl")),
            validation_uri=uri(run.layout.dataset("validation.jsonl")) if has_validation else "",
            output_uri=uri(run.layout.training_output),
            role_arn=self.role_arn,
            model_key_arn=self.model_key_arn,
            tags=run_tags(run.stage, run.recipe, run.run_id),
        )
