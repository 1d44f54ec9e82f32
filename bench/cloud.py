"""An embedded cloud with the real stacks, in a process of its own."""

import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from bench.imports import ROOT

_CLOUD = (sys.executable, "-m", "bench.counted_cloud", "cloud")
_READY_WITHIN_SECONDS = 120


@dataclass(frozen=True, kw_only=True)
class DeployedCloud:
    """Where it is, where its files are, and the outputs of its stacks."""

    endpoint_url: str
    state: Path
    outputs: dict[str, str]

    def client(self, service: str) -> Any:
        """A boto3 client for it."""
        session = boto3.Session(
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
            aws_secret_access_key="local",
            region_name="us-east-1",
        )
        return session.client(service, endpoint_url=self.endpoint_url)


@contextmanager
def deployed_cloud() -> Iterator[DeployedCloud]:
    """Runs until the context is left."""
    port = free_port()
    with tempfile.TemporaryDirectory() as directory:
        state = Path(directory)
        process = subprocess.Popen(
            [*_CLOUD, "--port", str(port), "--state", directory],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        try:
            yield DeployedCloud(
                endpoint_url=f"http://localhost:{port}",
                state=state,
                outputs=_outputs(process, state / "outputs.json"),
            )
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)


def _outputs(process: "subprocess.Popen[bytes]", file: Path) -> dict[str, str]:
    deadline = time.monotonic() + _READY_WITHIN_SECONDS
    while not file.is_file():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("The embedded cloud did not start; `make cloud` says why.")
        time.sleep(0.1)
    outputs: dict[str, str] = json.loads(file.read_text())
    return outputs


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port: int = probe.getsockname()[1]
        return port
