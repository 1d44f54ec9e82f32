"""`tunedrop rerun`: runs the object version of an earlier run once more."""

import argparse

from tunedrop.cli.runs import find_run
from tunedrop.cli.stage import deployed
from tunedrop.cli.watch import follow_new
from tunedrop.layout import make_run_id
from tunedrop.run import Run, moment, timestamp
from tunedrop.services import Services


def run(options: argparse.Namespace) -> int:
    """0: the new run ended green (or was only to be started); 1: it did not."""
    services = deployed(options.stage)
    run_id = start_again(services, find_run(services, options.run_id))
    print(f"The run {run_id} has started.")
    if options.no_watch:
        return 0
    return follow_new(services, run_id)


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
