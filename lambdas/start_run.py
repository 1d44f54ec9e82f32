"""Serves the intake: starts a run for each drop that S3 announces, and answers every drop."""

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lambdas.runtime import logger, services
from tunedrop.intake import Drop


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> Any:
    """Take a batch of drops; those that fail are delivered again, and one drop is one run."""
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event, take, processor, context)


def take(record: SQSRecord) -> None:
    """Start the run of one drop; a second delivery finds it started."""
    drop = Drop.from_event(record.json_body)
    run_id = services().intake.take(drop, services().now())
    logger.info("drop taken", run_id=run_id, key=drop.source.key)
