"""The events that Bedrock puts onto the account's default bus when a job's status changes."""

import json
import logging
import threading
from datetime import datetime
from typing import Any

from moto.events.models import events_backends

from localcloud.bedrock.cloud import Cloud, without_none
from localcloud.bedrock.state import Job, RegionState, now
from localcloud.place import ACCOUNT

_log = logging.getLogger(__name__)


def announce(cloud: Cloud, state: RegionState, job: Job) -> None:
    """Put the event of the job's present status; best effort, as Bedrock's are.

    Targets may answer slowly, so nobody waits for them.
    """
    fault = cloud.faults.take(("lost_event", "doubled_event"), text=job.name)
    event = _event(state, job)
    times = 1
    if fault is not None:
        times = 0 if fault.kind == "lost_event" else 2
    for _ in range(times):
        threading.Thread(target=_put, args=(state.region, event), daemon=True).start()


def _put(region: str, event: dict[str, Any]) -> None:
    try:
        events_backends[ACCOUNT][region].put_events([event])
    except Exception:
        _log.exception("the event %s was lost", event["Detail"])


def _event(state: RegionState, job: Job) -> dict[str, Any]:
    return {
        "Source": "aws.bedrock",
        "DetailType": "Model Customization Job State Change",
        "Time": _text(now()),
        "Resources": [job.arn],
        "Detail": json.dumps(_detail(state, job)),
    }


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
