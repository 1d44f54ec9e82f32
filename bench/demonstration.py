"""`make run`, phase by phase."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.cloud import free_port
from bench.imports import ROOT
from bench.measurement import Measurement

_RUN = (sys.executable, "-m", "localcloud", "run")
_LIMIT_SECONDS = 30.0


def demonstration() -> Iterator[Measurement]:
    """The phases of a run of the first sample, with their share, and their sum."""
    with tempfile.TemporaryDirectory() as state:
        subprocess.run(
            [*_RUN, "--port", str(free_port()), "--state", state],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        phases: dict[str, float] = json.loads((Path(state) / "phases.json").read_text())
    whole = sum(phases.values())
    for name, seconds in phases.items():
        yield Measurement(
            name=f"make run: {name}",
            value=seconds,
            unit="s",
            compared_with=whole,
            meaning="of the whole",
        )
    yield Measurement(
        name="make run: whole, set-up apart",
        value=whole,
        unit="s",
        compared_with=_LIMIT_SECONDS,
        meaning=f"of the {_LIMIT_SECONDS:.0f} s that it may take",
    )
