"""What a run costs in orchestration, and history events while it waits."""

import time
from collections.abc import Iterator

from bench.cloud import DeployedCloud, deployed_cloud
from bench.imports import ROOT
from bench.measurement import Measurement
from bench.orchestration import orchestration
from bench.runs import drop, history, states
from localcloud.bedrock.faults import Faults
from localcloud.pace import PACE

_RECIPE = "support-summaries"
_EVENTS_LIMIT = 20
_HOUR_SECONDS = 3600 / PACE


def workflow() -> Iterator[Measurement]:
    """Runs to their end, then an emulated hour of waiting for a job that stays in its queue."""
    with deployed_cloud() as cloud:
        yield from orchestration(cloud)
        yield Measurement(
            name="history events in an hour of waiting",
            value=_events_while_waiting(cloud),
            unit="events",
            compared_with=_EVENTS_LIMIT,
            meaning=f"of the {_EVENTS_LIMIT} that there may be",
        )


def _events_while_waiting(cloud: DeployedCloud) -> int:
    Faults(cloud.endpoint_url).order("job_stuck")
    body = (ROOT / "samples" / f"{_RECIPE}.jsonl").read_bytes()
    execution = drop(cloud, _RECIPE, "waiting.jsonl", body)
    while "WaitForCustomizationJob" not in states(cloud, execution):
        time.sleep(0.2)
    before = len(history(cloud, execution))
    time.sleep(_HOUR_SECONDS)
    return len(history(cloud, execution)) - before
