"""Customization jobs: create, get, list, stop."""

import math
from collections.abc import Mapping
from typing import Any

from localcloud.bedrock import hyperparameters, quota_values
from localcloud.bedrock.catalog import FoundationModel
from localcloud.bedrock.cloud import Answer, Call, answered_once, without_none
from localcloud.bedrock.errors import (
    conflict,
    invalid,
    invalid_model,
    not_found,
    quota_exceeded,
)
from localcloud.bedrock.events import announce
from localcloud.bedrock.fault_book import JOB_KINDS
from localcloud.bedrock.job_run import JobRun
from localcloud.bedrock.job_types import customization_of
from localcloud.bedrock.listing import Listing, page
from localcloud.bedrock.principals import key_arn_and_policy
from localcloud.bedrock.state import (
    IN_PROGRESS,
    STOPPING,
    CustomModel,
    Job,
    RegionState,
    find,
    now,
)


@answered_once
def create(call: Call) -> Answer:
    """CreateModelCustomizationJob."""
    job = _new_job(call)
    _check_names(call, job)
    _check_quotas(call)
    call.state.jobs[job.arn] = job
    call.state.keep_tags(job.arn, call.parameters.get("jobTags", ()))
    fault = call.cloud.faults.take(JOB_KINDS, operation=call.operation, text=job.name)
    announce(call.cloud, call.state, job)
    JobRun(call.cloud, call.state, job, fault).start()
    return {"jobArn": job.arn}


def get(call: Call) -> Answer:
    """GetModelCustomizationJob, by ARN or name."""
    with call.state.lock:
        return _details(call.state, _existing(call))


def stop(call: Call) -> Answer:
    """StopModelCustomizationJob: the job is Stopping for a while, then Stopped."""
    with call.state.lock:
        job = _existing(call)
        if not job.is_scheduled:
            raise conflict(f"The job {job.arn} is in the terminal state {job.status}")
        if job.status == STOPPING:
            return {}
        job.status, job.modified = STOPPING, now()
        for phase in job.phases.values():
            if phase.status == IN_PROGRESS:
                phase.status, phase.modified = STOPPING, job.modified
        job.interrupted.set()
        announce(call.cloud, call.state, job)
    return {}


def listed(call: Call) -> Answer:
    """ListModelCustomizationJobs."""
    with call.state.lock:
        jobs = [
            job
            for job in call.state.jobs.values()
            if call.parameters.get("statusEquals") in (None, job.status)
        ]
        return page(call, jobs, _LISTING)


def _new_job(call: Call) -> Job:
    given = call.parameters
    base, parent = _base(call)
    customization = customization_of(base, given.get("customizationType", "FINE_TUNING"))
    if "s3Uri" not in given["trainingDataConfig"]:
        raise invalid("trainingDataConfig.s3Uri is required for this customization type")
    validators = given.get("validationDataConfig", {}).get("validators")
    if validators and not customization.validation_set.supported:
        raise invalid(f"Validation data is not supported for model {base.id}")
    values = hyperparameters.checked(base, customization, given.get("hyperParameters", {}))
    moment = now()
    return Job(
        arn=call.state.new_arn("model-customization-job", base.id),
        name=given["jobName"],
        model_name=given["customModelName"],
        base=base,
        parent=parent,
        customization=customization,
        hyperparameters=values,
        request=given,
        key_arn=_key_arn(call),
        created=moment,
        modified=moment,
    )


def _base(call: Call) -> tuple[FoundationModel, CustomModel | None]:
    identifier = call.parameters["baseModelIdentifier"]
    parent = find(call.state.models, identifier)
    base = parent.base if parent else call.cloud.catalog.by_training_id(identifier)
    if base is None or not call.cloud.catalog.is_offered(base, call.region):
        raise invalid_model()
    if call.cloud.catalog.lifecycle(base, now().date()) != "ACTIVE":
        raise invalid_model()
    return base, parent


def _key_arn(call: Call) -> str | None:
    key = call.parameters.get("customModelKmsKeyId")
    if key is None:
        return None
    found = key_arn_and_policy(key, call.region)
    if found is None:
        raise invalid(f"The provided KMS key {key} is invalid")
    return found[0]


def _check_names(call: Call, job: Job) -> None:
    if find(call.state.jobs, job.name):
        raise conflict(f"A model customization job with the name {job.name} already exists")
    running = {each.model_name for each in call.state.jobs.values() if each.is_scheduled}
    if job.model_name in running or find(call.state.models, job.model_name):
        raise conflict(f"A custom model with the name {job.model_name} already exists")


def _check_quotas(call: Call) -> None:
    scheduled = sum(job.is_scheduled for job in call.state.jobs.values())
    limit = call.cloud.quotas.value(quota_values.SCHEDULED_JOBS)
    if scheduled >= limit:
        raise quota_exceeded(
            f"You have reached the limit of {limit:g} scheduled model customization jobs. Wait "
            "for a job to end and retry the request"
        )
    limit = call.cloud.quotas.value(quota_values.CUSTOM_MODELS)
    if len(call.state.models) + scheduled >= limit:
        raise quota_exceeded(f"You have reached the limit of {limit:g} custom models per account")


def _existing(call: Call) -> Job:
    job = find(call.state.jobs, call.parameters["jobIdentifier"])
    if job is None:
        raise not_found("The provided job identifier is not found")
    return job


def _details(state: RegionState, job: Job) -> dict[str, Any]:
    given = job.request
    details = {
        "jobArn": job.arn,
        "jobName": job.name,
        "outputModelName": job.model_name,
        "outputModelArn": job.model_arn,
        "clientRequestToken": given.get("clientRequestToken"),
        "roleArn": given["roleArn"],
        "status": job.status,
        "statusDetails": _status_details(job),
        "failureMessage": job.failure,
        "creationTime": job.created,
        "lastModifiedTime": job.modified,
        "endTime": job.ended,
        "baseModelArn": job.base.arn(state.region),
        "hyperParameters": dict(job.hyperparameters),
        "trainingDataConfig": given["trainingDataConfig"],
        "validationDataConfig": given.get("validationDataConfig", {"validators": []}),
        "outputDataConfig": given["outputDataConfig"],
        "customizationType": job.customization.customization_type,
        "outputModelKmsKeyArn": job.key_arn,
        "vpcConfig": given.get("vpcConfig"),
    }
    return without_none({**details, **final_losses(job)})


def final_losses(job: Job) -> Mapping[str, Any]:
    """The last losses of a completed job, as jobs and custom models report them."""
    if job.learned is None:
        return {}
    found: dict[str, Any] = {}
    # JSON has no number for a loss that has gone beyond all bounds.
    if job.learned.training and math.isfinite(job.learned.training[-1][2]):
        found["trainingMetrics"] = {"trainingLoss": job.learned.training[-1][2]}
    if job.learned.validation and math.isfinite(job.learned.validation[-1][2]):
        found["validationMetrics"] = [{"validationLoss": job.learned.validation[-1][2]}]
    return found


def _status_details(job: Job) -> dict[str, Any]:
    return {
        name: without_none(
            {
                "status": phase.status,
                "creationTime": phase.created,
                "lastModifiedTime": phase.modified,
            }
        )
        for name, phase in job.phases.items()
    }


def _summary(state: RegionState, job: Job) -> dict[str, Any]:
    return without_none(
        {
            "jobArn": job.arn,
            "baseModelArn": job.base.arn(state.region),
            "jobName": job.name,
            "status": job.status,
            "statusDetails": _status_details(job),
            "lastModifiedTime": job.modified,
            "creationTime": job.created,
            "endTime": job.ended,
            "customModelArn": job.model_arn,
            "customModelName": job.model_name,
            "customizationType": job.customization.customization_type,
        }
    )


_LISTING = Listing(
    member="modelCustomizationJobSummaries",
    summary=_summary,
    before="creationTimeBefore",
    after="creationTimeAfter",
)
