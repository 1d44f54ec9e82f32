"""Serves the hourly sweep: takes down what carries our tags and has no living owner."""

from typing import Any

from lambdas.runtime import dump, logger, services


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Sweep; a second sweep finds nothing left to do."""
    swept = services().sweep.sweep(services().now())
    logger.info("swept", **dump(swept))
    return dump(swept)
