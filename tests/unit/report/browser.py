"""A headless Chromium that tests talk to over a pipe, in the DevTools protocol."""

import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_OURS = Path(__file__).resolve().parents[3] / ".build" / "browser" / "chromium"
_NAMES = (str(_OURS), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), None)
_SWITCHES = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
    *("--disable-dev-shm-usage", "--remote-debugging-pipe"),
)
# The browser reads commands from its descriptor 3, and answers on 4.
_LAUNCH = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); "
    "os.execv(sys.argv[3], sys.argv[3:])"
)
_BEYOND_THOSE = 10
_ANSWER_WITHIN_SECONDS = 60


class Tab:
    """One tab: shows pages at a width, in light or dark, and notes what they ask the network for.

    What the browser itself says of an error is raised as a `RuntimeError`.
    """

    def __init__(self, commands: int, answers: int) -> None:
        self._commands, self._answers = os.fdopen(commands, "wb"), os.fdopen(answers, "rb")
        self._buffer = b""
        self._number = 0
        self._session = ""
        self.requested: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Accessibility"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        """Ends the browser, too: its pipe breaks."""
        self._commands.close()
        self._answers.close()

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            command["sessionId"] = self._session
        self._commands.write(json.dumps(command).encode() + b"\0")
        self._commands.flush()
        while (answer := self._next()).get("id") != self._number:
            self._note(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return dict(answer["result"])

    def show(self, page: Path, *, width: int, scheme: str) -> None:
        """Load a page and wait until it is laid out."""
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media="", features=features)
        self.requested.clear()
        self.call("Page.navigate", url=page.as_uri())
        while self._next_event() != "Page.loadEventFired":
            pass

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page, as JSON."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"]["exception"]["description"])
        return found["result"].get("value")

    def _next_event(self) -> str:
        answer = self._next()
        self._note(answer)
        return str(answer.get("method"))

    def _note(self, event: dict[str, Any]) -> None:
        if event.get("method") == "Network.requestWillBeSent":
            self.requested.append(event["params"]["request"]["url"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._answers], [], [], _ANSWER_WITHIN_SECONDS)
            read = os.read(self._answers.fileno(), 1 << 16) if ready else b""
            if not read:
                raise RuntimeError("the browser ended, or says nothing any more")
            self._buffer += read
        message, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(message))


@contextmanager
def browser(profile: Path) -> Iterator[Tab]:
    """A tab of a browser that lives as long as the context."""
    reads_commands, commands = _pipe()
    answers, writes_answers = _pipe()
    theirs = (reads_commands, writes_answers)
    launch = (sys.executable, "-c", _LAUNCH, *map(str, theirs), str(CHROMIUM))
    # Libraries that a bare system lacks come with ours.
    libraries = {"LD_LIBRARY_PATH": str(_OURS.parent / "al2023" / "lib")}
    process = subprocess.Popen(
        [*launch, *_SWITCHES, f"--user-data-dir={profile}"],
        pass_fds=theirs,
        env=os.environ | (libraries if str(_OURS) == CHROMIUM else {}),
        stderr=subprocess.DEVNULL,
    )
    for end in theirs:
        os.close(end)
    try:
        tab = Tab(commands, answers)
        yield tab
        tab.close()
    finally:
        process.terminate()
        process.wait(timeout=30)


def _pipe() -> tuple[int, int]:
    """Both ends of a pipe, under numbers that the browser's own do not overwrite."""
    low = os.pipe()
    reading, writing = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _BEYOND_THOSE) for end in low)
    for end in low:
        os.close(end)
    return reading, writing
