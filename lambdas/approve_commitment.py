"""Serves the state ApproveCommitment: asks people for a commitment, while nothing bills."""

from typing import Any

from lambdas.runtime import WaitInput, logger, parse, services


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> None:
    """Ask for the approval, once; a later call renews the token."""
    given = parse(event, WaitInput)
    run = services().enter(given.run_id, "ApproveCommitment")
    services().commitments.ask(run, given.task_token, services().now())
