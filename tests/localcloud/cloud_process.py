"""Starts the embedded cloud as `make cloud` does, in a process of its own, for tests to drive."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import boto3
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[2]
_CLOUD = (sys.executable, "-m", "localcloud", "cloud")
_READY_WITHIN_SECONDS = 90
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class RunningCloud:
    """A running embedded cloud, its stack outputs, and clients for it."""

    endpoint_url: str
    state: Path
    outputs: dict[str, str]
    region: str = "us-east-1"
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A boto3 client that retries nothing, so that tests see the first answer."""
        if service not in self._clients:
            session = boto3.Session(
                aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
                aws_secret_access_key="local",
                region_name=self.region,
            )
            self._clients[service] = session.client(
                service,
                endpoint_url=self.endpoint_url,
                config=Config(retries={"total_max_attempts": 1}, read_timeout=60),
            )
        return self._clients[service]

    def environment(self) -> dict[str, str]:
        """The environment in which the AWS CLI and the CDK speak to this cloud."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        return inherited | {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
        }

    def log(self) -> str:
        """What the cloud logged about itself; empty when nothing went wrong."""
        return (self.state / "localcloud.log").read_text()


@contextmanager
def running_cloud(
    state: Path, *arguments: str, region: str = "us-east-1"
) -> Iterator[RunningCloud]:
    """`python -m localcloud cloud` on a free port, until the context is left."""
    port = free_port()
    process = subprocess.Popen(
        [*_CLOUD, "--port", str(port), "--state", str(state), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        outputs = _wait_until_ready(process, state / "outputs.json")
        yield RunningCloud(
            endpoint_url=f"http://localhost:{port}", state=state, outputs=outputs, region=region
        )
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def _wait_until_ready(process: "subprocess.Popen[str]", outputs: Path) -> dict[str, str]:
    deadline = time.monotonic() + _READY_WITHIN_SECONDS
    while not outputs.is_file():
        if process.poll() is not None or time.monotonic() > deadline:
            said, _ = process.communicate()
            raise AssertionError(f"the embedded cloud did not become ready:\n{said}")
        time.sleep(0.05)
    read: dict[str, str] = json.loads(outputs.read_text())
    return read


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(look: Callable[[], _T], *, within: float = 10.0, every: float = 0.05) -> _T:
    """Look until there is something to see; the last look is the answer."""
    deadline = time.monotonic() + within
    while not (seen := look()) and time.monotonic() < deadline:
        time.sleep(every)
    return seen
