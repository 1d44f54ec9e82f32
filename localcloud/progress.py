"""Lines for people who watch: one per step, with dots while it takes long and its duration."""

import re
import shutil
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

_DOT_EVERY_SECONDS = 1.0
_PARTS = re.compile(r" (?=Still billing: |Next: |Runbook: )")


class Progress:
    """One line that is open: its name is printed at once, its duration when it is closed."""

    def __init__(self) -> None:
        self._started: float | None = None
        self._dots = 0

    def begin(self, name: str) -> None:
        """Open a line; an open one is closed first."""
        self.end()
        self._started = time.monotonic()
        self._dots = 0
        _write(f"  {name} ")

    def tick(self) -> None:
        """Print a dot for each second that the open line has taken."""
        if self._started is None:
            return
        while time.monotonic() - self._started > (self._dots + 1) * _DOT_EVERY_SECONDS:
            self._dots += 1
            _write(".")

    def leave(self) -> None:
        """Close the open line of something that goes on."""
        if self._started is not None:
            self._started = None
            _write(f"{' ' if self._dots else ''}and so on\n")

    def end(self, seconds: float | None = None) -> None:
        """Close the open line with what it took."""
        if self._started is None:
            return
        took = time.monotonic() - self._started if seconds is None else seconds
        self._started = None
        _write(f"{' ' if self._dots else ''}{took:.1f} s\n")


@contextmanager
def step(name: str) -> Iterator[None]:
    """A line that lasts as long as the block."""
    progress, done = Progress(), Event()
    progress.begin(name)

    def tick() -> None:
        while not done.wait(_DOT_EVERY_SECONDS / 4):
            progress.tick()

    thread = Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    except BaseException:
        _write("failed\n")
        raise
    else:
        progress.end()
    finally:
        done.set()
        thread.join()


def shown(path: Path) -> Path:
    """A path as people would type it: from the working directory, where it lies below that."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def told(text: str) -> str:
    """A long text for people: what still bills and what to do next on lines of their own.

    A terminal gets lines of its width.
    """
    parts = _PARTS.split(text)
    if not sys.stdout.isatty():
        return "\n".join(parts)
    width = shutil.get_terminal_size().columns
    return "\n".join(
        textwrap.fill(part, width, break_long_words=False, break_on_hyphens=False) for part in parts
    )


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
