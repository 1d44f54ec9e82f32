"""What importing a handler costs, compared with boto3 and powertools alone."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.measurement import Measurement

ROOT = Path(__file__).resolve().parent.parent
_ALONE = "boto3, aws_lambda_powertools"
_TRIES = 5
_LIMIT = 1.5
_PROGRAM = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"


def handler_imports() -> Iterator[Measurement]:
    """The dearest handler, and the baseline; the best of a few tries each, in fresh processes."""
    handlers = sorted(
        f"lambdas.{path.stem}"
        for path in (ROOT / "lambdas").glob("*.py")
        if "def handler(" in path.read_text()
    )
    alone = _import_seconds(_ALONE)
    costs = {handler: _import_seconds(handler) for handler in handlers}
    dearest = max(costs, key=lambda name: costs[name])
    yield Measurement(name="import boto3 and powertools", value=alone * 1000, unit="ms")
    yield Measurement(
        name=f"import {dearest} (the dearest)",
        value=costs[dearest] * 1000,
        unit="ms",
        compared_with=alone * 1000,
        meaning=f"times the line above, at most {_LIMIT}",
    )


def _import_seconds(modules: str) -> float:
    return min(_once(modules) for _ in range(_TRIES))


def _once(modules: str) -> float:
    finished = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(modules)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(finished.stdout)
