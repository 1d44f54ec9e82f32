"""Serves Bedrock's events about customization jobs: resumes the run that waits for the job."""

from typing import Any

from lambdas.runtime import logger, services


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> None:
    """Look at the job that the event names; a second delivery finds the token spent."""
    job_name = str(event["detail"]["jobName"])
    logger.append_keys(job_name=job_name)
    services().job_wait.resume(job_name, services().now())
