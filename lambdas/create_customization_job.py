"""Serves the state CreateCustomizationJob: asks Bedrock for the job of the current attempt."""

from typing import Any

from msgspec import Struct

from lambdas.runtime import RunInput, dump, logger, parse, services


class CreateCustomizationJobOutput(Struct, frozen=True, kw_only=True):
    """Where to look in Bedrock's console."""

    job_name: str
    job_arn: str


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Create the job; a second call finds the first call's by its name."""
    given = parse(event, RunInput)
    run = services().enter(given.run_id, "CreateCustomizationJob")
    job = services().job_creation.create(run, services().now())
    return dump(CreateCustomizationJobOutput(job_name=job.name, job_arn=job.arn))
