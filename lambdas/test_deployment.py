"""Serves the state TestDeployment: the test set through the custom model and its base."""

from typing import Any

from msgspec import Struct

from lambdas.runtime import RunInput, dump, logger, parse, services


class TestDeploymentOutput(Struct, frozen=True, kw_only=True):
    """How many records were compared, and the verdict in words."""

    records: int
    verdict: str


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Test the deployment; a second call asks again and overwrites the answers."""
    given = parse(event, RunInput)
    run = services().enter(given.run_id, "TestDeployment")
    result = services().evaluation.test(run, lambda: context.get_remaining_time_in_millis() / 1000)
    return dump(TestDeploymentOutput(records=result.records, verdict=result.verdict))
