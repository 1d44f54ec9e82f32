"""`tunedrop cancel`: ends a run; what it made is taken down."""

import argparse

from tunedrop.cli.caller import caller_arn
from tunedrop.cli.runs import find_run
from tunedrop.cli.stage import deployed
from tunedrop.cli.watch import follow
from tunedrop.errors import InvalidInputError, RunCancelledError


def run(options: argparse.Namespace) -> int:
    """0: the run was cancelled; a run that has ended is an `InvalidInputError`."""
    services = deployed(options.stage)
    found = find_run(services, options.run_id)
    by = caller_arn(services)
    cancelled = services.records.cancel(found.run_id, by)
    if cancelled is None:
        raise InvalidInputError(
            f"The run {found.run_id} is {found.outcome or found.status}; there is nothing to "
            "cancel."
        )
    if cancelled.wait:
        error = RunCancelledError(f"The run was cancelled by {by}.")
        services.tokens.fail(cancelled.wait.token, error)
    print("Cancelled; the run goes through clean-up now.")
    follow(services, found.run_id)
    return 0
