"""Serves the state SwapThroughput: moves the champion's throughput to the run's model."""

from typing import Any

from msgspec import Struct

from lambdas.runtime import RunInput, dump, logger, parse, services
from tunedrop.run import timestamp
from tunedrop.serving.swapping import wait_seconds


class SwapThroughputOutput(Struct, frozen=True, kw_only=True):
    """Whether the swap has begun, or else when the recipe's window opens, and how long to wait."""

    has_begun: bool
    opens_at: str
    wait_seconds: int


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Swap in the run's turn; a second call finds what the first began."""
    given = parse(event, RunInput)
    run = services().enter(given.run_id, "SwapThroughput")
    now = services().now()
    opens_at = services().swapping.swap(run, now)
    return dump(
        SwapThroughputOutput(
            has_begun=opens_at is None,
            opens_at=timestamp(opens_at) if opens_at else "",
            wait_seconds=wait_seconds(opens_at, now) if opens_at else 0,
        )
    )
