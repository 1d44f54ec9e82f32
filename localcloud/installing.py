"""Installs packages with pip and says which one is under way; set-up runs it as a script.

It imports the standard library alone: nothing else is there yet.
"""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence

_PACKAGE = re.compile(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)")
_INSTALLING = "Installing collected packages: "
_TOLD_EVERY = 10
_LOOK_EVERY_SECONDS = 1.0
_LAST_WORDS = 15
_PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--progress-bar=off")

Tell = Callable[[str], None]


def main(arguments: Sequence[str]) -> int:
    """Run `pip install` with these arguments; its own words are shown only when it fails."""
    pip = subprocess.Popen(
        [sys.executable, *_PIP, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert pip.stdout is not None
    said: list[str] = []
    with pip.stdout, _Line() as line:
        follow(_kept(pip.stdout, said), line.tell if sys.stdout.isatty() else tell_sparely())
    if pip.wait():
        print("".join(said[-_LAST_WORDS:]), file=sys.stderr)
        print("The packages could not be installed; pip's last words are above.", file=sys.stderr)
    return pip.returncode


def follow(lines: Iterable[str], tell: Tell) -> None:
    """Tell what pip is at, by its own lines."""
    collected: dict[str, None] = {}
    for line in lines:
        if line.startswith(_INSTALLING):
            count = line.count(",") + 1
            tell(f"installing {count} packages")
        elif (found := _PACKAGE.match(line)) and found[1] not in collected:
            collected[found[1]] = None
            tell(f"package {len(collected)}: {found[1]}")


def tell_sparely() -> Tell:
    """Every tenth package, and whatever else there is: a log needs no more."""
    told = 0

    def tell(what: str) -> None:
        nonlocal told
        told += 1
        if not what.startswith("package ") or told % _TOLD_EVERY == 0:
            print(f"  {what}", flush=True)

    return tell


class _Line:
    """One line of a terminal, written over and over, with the seconds that go by."""

    def __init__(self) -> None:
        self._what = "starting pip"
        self._started = time.monotonic()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> "_Line":
        if sys.stdout.isatty():
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if sys.stdout.isatty():
            self._thread.join()
            sys.stdout.write("\r\033[K")
            sys.stdout.flush()

    def tell(self, what: str) -> None:
        """Write something else from now on."""
        self._what = what
        self._write()

    def _tick(self) -> None:
        while not self._done.wait(_LOOK_EVERY_SECONDS):
            self._write()

    def _write(self) -> None:
        seconds = time.monotonic() - self._started
        sys.stdout.write(f"\r  {self._what} ({seconds:.0f} s)\033[K")
        sys.stdout.flush()


def _kept(lines: Iterable[str], kept: list[str]) -> Iterable[str]:
    for line in lines:
        kept.append(line)
        yield line


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
