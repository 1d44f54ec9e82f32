"""Serves the state WaitForCustomizationJob: stores its token and looks at the job once."""

from typing import Any

from lambdas.runtime import WaitInput, logger, parse, services


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> None:
    """Begin or renew the wait; a second call replaces the token of the first."""
    given = parse(event, WaitInput)
    run = services().enter(given.run_id, "WaitForCustomizationJob")
    services().job_wait.begin(run, given.task_token, services().now())
