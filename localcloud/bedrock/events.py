"""The events that Bedrock puts onto the account's default bus when a job's status changes."""

import logging
from datetime import datetime
from typing import Any

from localcloud.bedrock.cloud import Cloud, without_none
from localcloud.bedrock.state import Job, RegionState
from localcloud.moto_seams.event_bus import publish
from localcloud.place import ACCOUNT

_log = logging.getLogger(__name__)


def announce(cloud: Cloud, state: RegionState, job: Job) -> None:
    """Publish the job's present status; best effort, as Bedrock's events are."""
    fault = cloud.faults.take(("lost_event", "doubled_event"), text=job.name)
    times = 1
    if fault is not None:
        times = 0 if fault.kind == "lost_event" else 2
    for _ in range(times):
        try:
            _publish(state, job)
        except Exception:
            _log.exception("the event that job %s is %s was lost", job.name, job.status)


def _publish(state: RegionState, job: Job) -> None:
    publish(
        account=ACCOUNT,
        region=state.region,
        source="aws.bedrock",
        detail_type="Model Customization Job State Change",
        resources=[job.arn],
        detail=_detail(state, job),
    )


def _detail(state: RegionState, job: Job) -> dict[str, Any]:
    validators = job.request.get("validationDataConfig", {}).get("validators", [])
    return without_none(
        {
            "version": "0.0",
            "jobName": job.name,
            "jobArn": job.arn,
            "outputModelName": job.model_name,
            "outputModelArn": job.model_arn,
            "roleArn": job.request["roleArn"],
            "jobStatus": job.status,
            "failureMessage": job.failure,
            "creationTime": _text(job.created),
            "lastModifiedTime": _text(job.modified),
            "endTime": _text(job.ended) if job.ended else None,
            "baseModelArn": job.base.arn(state.region),
            "hyperParameters": dict(job.hyperparameters),
            "trainingDataConfig": job.request["trainingDataConfig"],
            "validationDataConfig": validators[0] if validators else None,
            "outputDataConfig": job.request["outputDataConfig"],
        }
    )


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
