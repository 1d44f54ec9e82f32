"""Starts instances, keeps idle ones for the next invocation, and ends them."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from localcloud.lambda_runner import frames
from localcloud.place import ROOT

_EXIT_REPORT_SECONDS = 2.0
_MAX_IDLE = 64


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """All that an instance is made from; instances of equal blueprints are interchangeable."""

    function_arn: str
    environment: tuple[tuple[str, str], ...]
    code_root: Path


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A forked process that answers the invocations of one function version."""

    pid: int
    blueprint: Blueprint
    channel: socket.socket
    output: IO[bytes]

    def invoke(self, request: dict[str, Any], *, timeout: float) -> dict[str, Any]:
        """Send an invocation and wait; raises TimeoutError or EOFError."""
        self.channel.settimeout(timeout)
        try:
            frames.send(self.channel, request)
        except OSError as error:
            raise EOFError from error
        return frames.receive(self.channel)

    def take_output(self) -> str:
        """What was printed since the last call."""
        return self.output.read().decode(errors="replace")

    def kill(self) -> None:
        """End the process at once, as Lambda does with one that overruns."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def discard(self) -> None:
        """End the process and forget what it printed."""
        self.kill()
        self.channel.close()
        self.output.close()


class InstancePool:
    """The zygote, the idle instances, and the exit codes of those that have ended."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        self._zygote = subprocess.Popen(
            [sys.executable, "-m", "localcloud.lambda_runner.zygote", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={"PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            start_new_session=True,
        )
        theirs.close()
        self._idle: deque[Instance] = deque()
        self._idle_lock = threading.Lock()
        self._fork_lock = threading.Lock()
        self._news = threading.Condition()
        self._forked: deque[int] = deque()
        self._exit_codes: dict[int, int] = {}
        threading.Thread(target=self._listen, daemon=True, name="lambda-zygote").start()

    def take(self, blueprint: Blueprint) -> Instance:
        """An idle instance of the blueprint, or a new one."""
        with self._idle_lock:
            for instance in reversed(self._idle):
                if instance.blueprint == blueprint:
                    self._idle.remove(instance)
                    return instance
        return self._start(blueprint)

    def give_back(self, instance: Instance) -> None:
        """Keep an instance for the next invocation."""
        with self._idle_lock:
            self._idle.append(instance)
            surplus = self._idle.popleft() if len(self._idle) > _MAX_IDLE else None
        if surplus:
            surplus.discard()

    def exit_code(self, instance: Instance) -> int | None:
        """The exit code of an instance that has ended; negative is a signal."""
        with self._news:
            self._news.wait_for(lambda: instance.pid in self._exit_codes, _EXIT_REPORT_SECONDS)
            return self._exit_codes.pop(instance.pid, None)

    def close(self) -> None:
        """End the zygote and every idle instance."""
        with self._idle_lock:
            for instance in self._idle:
                instance.discard()
            self._idle.clear()
        self._control.close()
        self._zygote.terminate()
        self._zygote.wait()

    def _start(self, blueprint: Blueprint) -> Instance:
        ours, theirs = socket.socketpair()
        with tempfile.NamedTemporaryFile(mode="wb") as written:
            output = Path(written.name).open("rb")  # noqa: SIM115 (lives as long as the instance)
            pid = self._fork(theirs, written)
        theirs.close()
        instance = Instance(pid=pid, blueprint=blueprint, channel=ours, output=output)
        frames.send(
            ours,
            {
                "environment": dict(blueprint.environment),
                "code_root": str(blueprint.code_root),
            },
        )
        return instance

    def _fork(self, channel: socket.socket, output: Any) -> int:
        with self._fork_lock:
            socket.send_fds(self._control, [b"f"], [channel.fileno(), output.fileno()])
            with self._news:
                self._news.wait_for(lambda: bool(self._forked))
                return self._forked.popleft()

    def _listen(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                news = frames.receive(self._control)
                with self._news:
                    if "forked" in news:
                        self._forked.append(news["forked"])
                    else:
                        self._exit_codes[news["ended"]] = news["status"]
                    self._news.notify_all()
