"""Serves the state DeployOnDemand: creates a custom model deployment, which bills by the token."""

from typing import Any

from msgspec import Struct

from lambdas.runtime import RunInput, dump, logger, parse, services
from tunedrop.serving.deployments import ON_DEMAND


class DeployOnDemandOutput(Struct, frozen=True, kw_only=True):
    """Where to look in Bedrock's console, and whether this is created or a window waited for."""

    deployment_name: str
    deployment_arn: str
    capacity: str


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Deploy in the run's turn; a second call finds the first call's deployment by its name."""
    given = parse(event, RunInput)
    run = services().enter(given.run_id, "DeployOnDemand")
    capacity, deployment = services().capacity.provision(run, ON_DEMAND, services().now())
    return dump(
        DeployOnDemandOutput(
            deployment_name=deployment.name if deployment else "",
            deployment_arn=deployment.arn if deployment else "",
            capacity=capacity,
        )
    )
