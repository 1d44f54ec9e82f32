"""Serves the state PrepareRun: opens the run's record and checks that it can reach service."""

from typing import Any

from msgspec import Struct

from lambdas.runtime import dump, logger, parse, services
from tunedrop.run import Source
from tunedrop.serving.trial import first_mode


class PrepareRunInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The execution's name, its ARN and its input."""

    run_id: str
    execution_arn: str
    bucket: str
    key: str
    version_id: str


class PrepareRunOutput(Struct, frozen=True, kw_only=True):
    """What the workflow decides by."""

    recipe: str
    base_model_id: str
    deployment_mode: str
    is_trained: bool


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Admit the run; a second call finds the record of the first."""
    given = parse(event, PrepareRunInput)
    source = Source(bucket=given.bucket, key=given.key, version_id=given.version_id)
    run = services().admission.admit(given.run_id, source, given.execution_arn, services().now())
    return dump(
        PrepareRunOutput(
            recipe=run.recipe,
            base_model_id=run.plan.base_model,
            deployment_mode=first_mode(run, services().region),
            is_trained=bool(run.goes_on_from),
        )
    )
