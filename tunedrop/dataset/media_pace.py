"""How many requests about media run at once, and how long each waits for a busy S3."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any, TypeVar

from tunedrop.errors import ServiceBusyError

# S3 answers 5,500 reads and 3,500 writes in a second below one prefix; these ask for far fewer.
WORKERS = 24
_PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0)

T = TypeVar("T")


class Workers:
    """Threads that ask S3, each with patience, until they have finished or are stopped."""

    def __init__(self, name: str, count: int, pause: Callable[[float], object] | None) -> None:
        self._over = Event()
        self._pause = pause or self._over.wait
        self._pool = ThreadPoolExecutor(count, thread_name_prefix=name)

    def submit(self, call: Callable[..., T], *arguments: Any) -> Future[T]:
        """Have it called by one of the threads."""
        return self._pool.submit(call, *arguments)

    def patiently(self, call: Callable[[], T]) -> T:
        """Call again after a while where S3 is busy; all threads pause so, and S3 recovers.

        A `pause` that answers that all is over, as that of an event does, is the last one.
        """
        for seconds in _PAUSES_SECONDS:
            try:
                return call()
            except ServiceBusyError:
                if self._pause(seconds):
                    raise
        return call()

    def finish(self) -> None:
        """Wait for all that was submitted."""
        self._pool.shutdown(wait=True)

    def stop(self) -> None:
        """Drop what has not begun, and wait for the rest, which pauses no more."""
        self._over.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
