"""A process that has the third-party packages imported and forks an instance on request.

It stays single-threaded (a fork copies one thread only), knows nothing of Tunedrop, and is
started with an empty environment: an instance sees what its template gives it, nothing else.
"""

import contextlib
import functools
import importlib
import os
import select
import signal
import socket
import sys

from localcloud.lambda_runner import frames, instance

PRELOADED = ("boto3", "aws_lambda_powertools", "msgspec", "numpy")
_DESCRIPTORS = 2


def main(control: socket.socket) -> None:
    """Fork an instance per request and report those that have ended, until the runner is gone."""
    _preload()
    wake, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    while True:
        ready, _, _ = select.select([control.fileno(), wake], [], [])
        if wake in ready:
            os.read(wake, 4096)
            _report_ended(control)
        if control.fileno() in ready and not _fork_next(control, close=(wake, wake_write)):
            return


def _preload() -> None:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    for package in PRELOADED:
        importlib.import_module(package)
    del os.environ["OPENBLAS_NUM_THREADS"]
    # Every new client reads the same service descriptions; read them once for all instances.
    loaders = importlib.import_module("botocore.loaders")
    loaders.JSONFileLoader.load_file = functools.lru_cache(None)(loaders.JSONFileLoader.load_file)
    loaders.JSONFileLoader.__hash__ = lambda _: 0
    loaders.JSONFileLoader.__eq__ = lambda self, other: type(self) is type(other)


def _report_ended(control: socket.socket) -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            frames.send(control, {"ended": pid, "status": os.waitstatus_to_exitcode(status)})


def _fork_next(control: socket.socket, *, close: tuple[int, ...]) -> bool:
    token, descriptors, _, _ = socket.recv_fds(control, 1, _DESCRIPTORS)
    if not token:
        return False
    channel, output = descriptors
    pid = os.fork()
    if pid == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        for descriptor in close:
            os.close(descriptor)
        os.dup2(output, sys.stdout.fileno())
        os.dup2(output, sys.stderr.fileno())
        os.close(output)
        instance.serve(socket.socket(fileno=channel))
        os._exit(0)
    os.close(channel)
    os.close(output)
    frames.send(control, {"forked": pid})
    return True


if __name__ == "__main__":
    with contextlib.suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        main(socket.socket(fileno=int(sys.argv[1])))
