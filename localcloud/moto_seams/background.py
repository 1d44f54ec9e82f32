"""Runs what AWS does behind a request's back: deliveries, invocations, polling, schedules."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

logger = logging.getLogger("localcloud")
_threads = ThreadPoolExecutor(max_workers=64, thread_name_prefix="aws")


def in_background(action: Callable[..., Any], *args: Any) -> None:
    """Run an action soon; a failure goes to the log, as nobody waits for its result."""
    _threads.submit(_logged, action, *args)


def _logged(action: Callable[..., Any], *args: Any) -> None:
    try:
        action(*args)
    except Exception:
        logger.exception("%s failed", getattr(action, "__name__", action))
