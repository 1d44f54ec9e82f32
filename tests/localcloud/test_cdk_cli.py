"""The real, pinned CDK CLI against the embedded cloud: as the README says, again, and away."""

import os
from pathlib import Path

import pytest

from tests.docs.readme import EMPTY_CLOUD, carry_out, readme_script
from tests.localcloud.cloud_process import ROOT, RunningCloud, running_cloud

CDK = ROOT / ".build" / "cdk" / "node_modules" / ".bin" / "cdk"


@pytest.mark.skipif(not CDK.exists(), reason="make test installs the CDK CLI")
def test_what_the_readme_deploys_is_compared_and_destroyed(tmp_path: Path) -> None:
    assembly = str(tmp_path / "cdk.out")
    with running_cloud(tmp_path / "cloud", "--deploy", "0") as cloud:
        carry_out(readme_script(EMPTY_CLOUD), cloud, CDK_OUTPUT=assembly)
        assert _stacks(cloud)["tunedrop-dev-service"] == "CREATE_COMPLETE"
        again = _cdk(cloud, f"deploy --all --app {assembly} --require-approval never")
        assert again.count("(no changes)") == 2
        _cdk(cloud, f"destroy --all --app {assembly} --force")
        assert list(_stacks(cloud)) == ["CDKToolkit"]


def _cdk(cloud: RunningCloud, arguments: str) -> str:
    return carry_out(f"{CDK} {arguments}", cloud, PATH=f"{ROOT}/.venv/bin:{os.environ['PATH']}")


def _stacks(cloud: RunningCloud) -> dict[str, str]:
    stacks = cloud.client("cloudformation").describe_stacks()["Stacks"]
    return {stack["StackName"]: stack["StackStatus"] for stack in stacks}
