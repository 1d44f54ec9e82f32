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
_TICK_SECONDS = 1.0
_SIGN_OF_LIFE_SECONDS = 10.0
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
        follow(_kept(pip.stdout, said), line.tell)
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
    """One line of a terminal, written over and over, with the seconds that go by.

    A log gets few lines instead, and one whenever pip is silent for long.
    """

    def __init__(self) -> None:
        self._is_terminal = sys.stdout.isatty()
        self._tell_sparely = tell_sparely()
        self._what = "starting pip"
        self._started = time.monotonic()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> "_Line":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        if self._is_terminal:
            sys.stdout.write("\r\033[K")
            sys.stdout.flush()

    def tell(self, what: str) -> None:
        """Write something else from now on."""
        self._what = what
        if self._is_terminal:
            self._write()
        else:
            self._tell_sparely(what)

    def _tick(self) -> None:
        while not self._done.wait(_TICK_SECONDS if self._is_terminal else _SIGN_OF_LIFE_SECONDS):
            self._write()

    def _write(self) -> None:
        line = f"  {self._what} ({time.monotonic() - self._started:.0f} s)"
        sys.stdout.write(f"\r{line}\033[K" if self._is_terminal else f"{line}\n")
        sys.stdout.flush()


def _kept(lines: Iterable[str], kept: list[str]) -> Iterable[str]:
    for line in lines:
        kept.append(line)
        yield line


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
