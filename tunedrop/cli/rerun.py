"""`tunedrop rerun`: runs the object version of an earlier run once more."""

import argparse
import time

from tunedrop.cli.runs import find_run
from tunedrop.cli.stage import deployed
from tunedrop.cli.watch import follow
from tunedrop.errors import ServiceBusyError
from tunedrop.layout import make_run_id
from tunedrop.run import Run, moment, timestamp
from tunedrop.services import Services

_RECORD_WITHIN_SECONDS = 60


def run(options: argparse.Namespace) -> int:
    """0: the new run ended green (or was only to be started); 1: it did not."""
    services = deployed(options.stage)
    run_id = start_again(services, find_run(services, options.run_id))
    print(f"The run {run_id} has started.")
    if options.no_watch:
        return 0
    _wait_for_record(services, run_id)
    return follow(services, run_id)


def start_again(services: Services, earlier: Run) -> str:
    """Start an execution over the same object version under a name of its own."""
    now = services.now()
    run_id = make_run_id(
        recipe=earlier.recipe,
        bucket=earlier.source.bucket,
        key=earlier.source.key,
        version_id=f"{earlier.source.version_id} again {timestamp(now)}",
        dropped_at=moment(earlier.dropped_at) if earlier.dropped_at else now,
    )
    services.workflow.start(run_id, earlier.source)
    return run_id


def _wait_for_record(services: Services, run_id: str) -> None:
    for _ in range(_RECORD_WITHIN_SECONDS):
        if services.records.find(run_id):
            return
        time.sleep(1)
    raise ServiceBusyError(f"The run {run_id} has not begun yet. Try: tunedrop watch {run_id}")
