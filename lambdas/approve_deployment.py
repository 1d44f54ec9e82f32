"""Serves the state ApproveDeployment: asks people, and looks whether their time is over."""

from typing import Any

from lambdas.runtime import WaitInput, logger, parse, services


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> None:
    """Ask for the approval, once; a later call renews the token."""
    given = parse(event, WaitInput)
    run = services().enter(given.run_id, "ApproveDeployment")
    services().approval.ask(run, given.task_token, services().now())
