"""Serves the state CleanUp: one pass over what a run leaves behind."""

from typing import Any

from msgspec import Struct

from lambdas.runtime import dump, logger, parse, services
from tunedrop.endings import failure_of, run_of_execution


class CleanUpInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The run's execution, how it ended and, if the workflow caught one, its error."""

    run_id: str
    execution_arn: str
    status: str
    input: str
    failure: dict[str, Any] | None = None


class CleanUpOutput(Struct, frozen=True, kw_only=True):
    """Whether all is down, and what is not."""

    done: bool
    still_billing: tuple[str, ...]


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Stop and delete what nobody uses; the workflow passes again until `done`."""
    given = parse(event, CleanUpInput)
    run = run_of_execution(
        given.run_id, given.execution_arn, given.input, services().settings, services().now()
    )
    failure = failure_of(given.failure, given.status)
    result = services().take_down.begin(run, failure, services().now())
    return dump(CleanUpOutput(done=result.done, still_billing=result.still_billing))
