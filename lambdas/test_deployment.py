"""Serves the state TestDeployment: the test set through the custom model and its base."""

from typing import Any

from msgspec import Struct

from lambdas.runtime import RunInput, dump, logger, parse, services


class TestDeploymentOutput(Struct, frozen=True, kw_only=True):
    """How many records were asked, the verdict in words, and what serves the model then."""

    records: int
    verdict: str
    is_complete: bool
    capacity: str


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Go on testing for as long as a call may; a further call asks what is not answered yet."""
    given = parse(event, RunInput)
    run = services().enter(given.run_id, "TestDeployment")
    progress = services().evaluation.test(
        run, services().now(), lambda: context.get_remaining_time_in_millis() / 1000
    )
    capacity = services().capacity.after_test(run, services().now()) if progress.is_complete else ""
    return dump(
        TestDeploymentOutput(
            records=progress.records,
            verdict=progress.verdict,
            is_complete=progress.is_complete,
            capacity=capacity,
        )
    )
