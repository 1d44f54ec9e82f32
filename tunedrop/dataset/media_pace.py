"""How many requests about media run at once, and how long each waits for a busy S3."""

from collections.abc import Callable
from typing import TypeVar

from tunedrop.errors import ServiceBusyError

# S3 answers 5,500 reads and 3,500 writes in a second below one prefix; these ask for far fewer.
WORKERS = 24
_PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0)

T = TypeVar("T")


def patiently(call: Callable[[], T], pause: Callable[[float], object]) -> T:
    """Call again after a while where S3 is busy; all threads pause so, and S3 recovers.

    A `pause` that answers that all is over, as that of an event does, is the last one.
    """
    for seconds in _PAUSES_SECONDS:
        try:
            return call()
        except ServiceBusyError:
            if pause(seconds):
                raise
    return call()
