"""EventBridge rules with a schedule: moto keeps them and never fires; here they fire, at pace."""

import re
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from moto.events.models import events_backends

from localcloud.moto_seams.background import logger
from localcloud.moto_seams.event_bus import send
from localcloud.pace import PACE

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}
_LOOK_EVERY_SECONDS = 0.5


def apply() -> None:
    """Start the clock of scheduled rules."""
    threading.Thread(target=_Clock().run, daemon=True, name="schedules").start()


def period(schedule: str) -> float | None:
    """Emulated seconds between two firings of a `rate(...)`; None for other schedules."""
    rate = _RATE.fullmatch(schedule)
    return int(rate[1]) * _SECONDS[rate[2]] if rate else None


class _Clock:
    """Remembers when each rule fired last, in emulated time."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}

    def run(self) -> None:
        """Fire what is due, for ever."""
        while True:
            time.sleep(_LOOK_EVERY_SECONDS)
            try:
                self._fire_due(time.monotonic() * PACE)
            except Exception:
                logger.exception("firing scheduled rules")

    def _fire_due(self, now: float) -> None:
        for rule in _scheduled_rules():
            every = period(rule.scheduled_expression)
            last = self._last.setdefault(rule.arn, now)
            if every and now - last >= every:
                self._last[rule.arn] = now
                send(rule, _event(rule))


def _scheduled_rules() -> list[Any]:
    return [
        rule
        for account in list(events_backends.values())
        for backend in list(account.values())
        for rule in list(backend.event_buses["default"].rules.values())
        if rule.scheduled_expression and rule.state == "ENABLED"
    ]


def _event(rule: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": rule.account_id,
        "time": datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": rule.region_name,
        "resources": [rule.arn],
        "detail": {},
    }
