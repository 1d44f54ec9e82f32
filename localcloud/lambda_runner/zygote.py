"""A process that has the third-party packages imported and forks an instance on request.

It stays single-threaded (a fork copies one thread only), knows nothing of Tunedrop, and is
started with an empty environment: an instance sees what its template gives it, nothing else.
"""

import contextlib
import functools
import gc
import importlib
import os
import select
import signal
import socket
import sys
from typing import Any

from localcloud.lambda_runner import frames, instance

PRELOADED = ("boto3", "aws_lambda_powertools", "msgspec", "numpy", "yaml", "jinja2")
_SERVICES = ("bedrock", "dynamodb", "s3", "sns", "ssm", "stepfunctions", "sts")
_WHILE_READING = {"OPENBLAS_NUM_THREADS": "1", "AWS_CONFIG_FILE": os.devnull}
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
    os.environ.update(_WHILE_READING)
    for package in PRELOADED:
        importlib.import_module(package)
    _read_service_descriptions()
    for name in _WHILE_READING:
        del os.environ[name]
    # Looking for garbage would write to, and so copy, pages that all instances share.
    gc.collect()
    gc.freeze()


def _read_service_descriptions() -> None:
    """Most of what making a client takes is reading; read once what functions use most."""
    session: Any = importlib.import_module("botocore.session")
    session.create_loader = functools.cache(session.create_loader)
    for service in _SERVICES:
        session.Session().create_client(
            service, "us-east-1", aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key=""
        )


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
