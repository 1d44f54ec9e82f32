"""From the sources to deployed stacks: synthesizes the app and deploys it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from localcloud import place
from localcloud.assembly import read_assembly
from localcloud.deploy import deploy
from localcloud.progress import step
from localcloud.synth import synthesize


def deploy_app(
    endpoint_url: str, state: Path, context: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """Synthesize the app and deploy its stacks; returns their outputs."""
    with step("Synthesizing the stacks"):
        assembly = synthesize(state / "cdk.out", context)
    with step("Deploying them into the embedded cloud"):
        return deploy_assembly(assembly, endpoint_url)


def deploy_assembly(assembly: Path, endpoint_url: str) -> dict[str, str]:
    """Deploy a synthesized assembly; returns the outputs of its stacks."""
    stacks = read_assembly(assembly, account=place.ACCOUNT, region=place.REGION)
    return deploy(stacks, endpoint_url)
