"""Hours of each day, in UTC, in which what is in service may be changed for a test."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

_DAY = timedelta(days=1)
# Bedrock takes up to half an hour to swap a model; with less left nothing would be tested.
_LEAST_LEFT = timedelta(minutes=30)


@dataclass(frozen=True)
class Window:
    """From `opens` to `closes`, past midnight where it closes earlier than it opens."""

    opens: time
    closes: time

    @classmethod
    def of(cls, text: str) -> "Window":
        """The window of "02:00-05:00"."""
        opens, closes = (time.fromisoformat(each) for each in text.split("-"))
        return cls(opens, closes)

    @property
    def length(self) -> timedelta:
        """How long it is open each day; "00:00-00:00" never closes."""
        return (_since_midnight(self.closes) - _since_midnight(self.opens)) % _DAY or _DAY

    def next(self, now: datetime) -> tuple[datetime, datetime]:
        """When the first window opens and closes that has half an hour left; it may be open."""
        opening = datetime.combine(now.astimezone(UTC).date(), self.opens, UTC) - _DAY
        while opening + self.length - _LEAST_LEFT < now:
            opening += _DAY
        return opening, opening + self.length


def _since_midnight(moment: time) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute)
