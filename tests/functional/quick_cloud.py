"""The embedded cloud in a process of its own, ten times as fast as people want to watch it.

A process of its own, because moto's state and its corrections are global to a process: no other
suite of the same worker sees what these tests do.
"""

import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACE = 1200
READY = "ready on port "


@contextmanager
def quick_cloud() -> Iterator[str]:
    """The endpoint of an empty cloud, which ends with the context."""
    with tempfile.TemporaryDirectory() as state:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.functional.quick_cloud", state],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith(READY), said
        try:
            yield f"http://localhost:{said.removeprefix(READY).strip()}"
        finally:
            process.stdin.close()
            process.stdout.close()
            process.kill()
            process.wait()


def _serve(state: Path) -> None:
    from localcloud import pace

    pace.PACE = PACE
    from localcloud.server import LocalCloud, Options

    port = _free_port()
    with LocalCloud(Options(port=port, state=state)):
        sys.stdout.write(f"{READY}{port}\n")
        sys.stdout.flush()
        sys.stdin.read()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
