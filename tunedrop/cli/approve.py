"""`tunedrop approve`: lets the model of a waiting run be deployed."""

import argparse

from tunedrop.cli.caller import caller_arn
from tunedrop.cli.runs import find_run
from tunedrop.cli.stage import deployed
from tunedrop.errors import DeploymentDeclinedError, InvalidInputError
from tunedrop.run import Run
from tunedrop.services import Services


def run(options: argparse.Namespace) -> int:
    """0: the run goes on."""
    return decide(deployed(options.stage), options.run_id, approved=True)


def decide(services: Services, run_id: str, *, approved: bool) -> int:
    """Answer a run that waits for an approval; any other is an `InvalidInputError`."""
    token = _token(find_run(services, run_id))
    by = caller_arn(services)
    if approved:
        sent = services.tokens.succeed(token, {"approved_by": by})
    else:
        sent = services.tokens.fail(
            token, DeploymentDeclinedError(f"The deployment was declined by {by}.")
        )
    if not sent:
        raise InvalidInputError(f"The run {run_id} does not wait any more; try again in a minute.")
    print(f"{'Approved' if approved else 'Declined'} by {by}.")
    return 0


def _token(found: Run) -> str:
    entered = found.timeline
    last = max(entered, key=entered.__getitem__, default="")
    if last != "ApproveDeployment" or found.wait is None or found.outcome:
        raise InvalidInputError(
            f"The run {found.run_id} does not wait for an approval: it is "
            f"{found.outcome or last or found.status}."
        )
    return found.wait.token
