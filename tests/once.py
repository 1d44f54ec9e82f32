"""What all workers of a test run share, though each is a process of its own."""

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest


def once(name: str, factory: pytest.TempPathFactory, make: Callable[[Path], Path]) -> Path:
    """Made by the first of the workers that needs it, which all have their folders in one."""
    base = factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    place, done = shared / name, shared / f"{name}.done"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(place)
            done.touch()
    return place
