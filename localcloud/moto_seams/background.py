"""Runs what AWS does behind a request's back: deliveries, invocations, polling, schedules."""

import logging
import threading
from collections.abc import Callable
from typing import Any

logger = logging.getLogger("localcloud")


def in_background(action: Callable[..., Any], *args: Any) -> None:
    """Run an action soon; a failure goes to the log, as nobody waits for its result."""
    name = getattr(action, "__name__", "action")
    threading.Thread(target=_logged, args=(name, action, args), daemon=True, name=name).start()


def _logged(name: str, action: Callable[..., Any], args: tuple[Any, ...]) -> None:
    try:
        action(*args)
    except Exception:
        logger.exception("%s failed", name)
