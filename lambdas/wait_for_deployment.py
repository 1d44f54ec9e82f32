"""Serves the state WaitForDeployment: looks whether the model is in service."""

from typing import Any

from msgspec import Struct

from lambdas.runtime import RunInput, dump, logger, parse, services
from tunedrop.serving.trial import is_tested


class WaitForDeploymentOutput(Struct, frozen=True, kw_only=True):
    """Bedrock's word for the deployment, whether it answers prompts, and whether it may serve."""

    status: str
    is_ready: bool
    is_tested: bool


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Look at the deployment; every call looks anew."""
    given = parse(event, RunInput)
    run = services().enter(given.run_id, "WaitForDeployment")
    deployment = services().deploying.look(run, services().now())
    return dump(
        WaitForDeploymentOutput(
            status=deployment.status,
            is_ready=bool(deployment.ready_at),
            is_tested=is_tested(run),
        )
    )
