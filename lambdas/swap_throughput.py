"""Serves the state SwapThroughput: moves the champion's throughput to the run's model."""

from typing import Any

from msgspec import Struct

from lambdas.runtime import RunInput, dump, logger, parse, services
from tunedrop.run import timestamp


class SwapThroughputOutput(Struct, frozen=True, kw_only=True):
    """Whether the swap has begun, or else when the recipe's window opens."""

    has_begun: bool
    opens_at: str
    opens_in_seconds: int


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
            opens_in_seconds=int((opens_at - now).total_seconds()) + 1 if opens_at else 0,
        )
    )
