"""The README's commands, carried out in order by bash against fresh embedded clouds."""

import subprocess
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT
from tests.docs.readme import DEPLOYED_CLOUD, EMPTY_CLOUD, readme_script
from tests.localcloud.cloud_process import RunningCloud, running_cloud


def carry_out(script: str, cloud: RunningCloud, **settings: str) -> str:
    """What a script prints; a command that fails ends it, and the test."""
    ran = subprocess.run(
        ["bash"],
        input=script,
        cwd=ROOT,
        env={**cloud.environment(), **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=240,
    )
    assert ran.returncode == 0, ran.stdout
    return ran.stdout


def test_readme_leads_from_a_drop_to_a_model_that_answers(tmp_path: Path) -> None:
    with running_cloud(tmp_path / "cloud") as cloud:
        said = carry_out(readme_script(DEPLOYED_CLOUD), cloud)
        client = cloud.client("ssm")
        model = client.get_parameter(Name="/tunedrop/dev/support-summaries/model")["Parameter"]
    assert said.count("RunSucceeded after") == 2
    assert "exit status 1" in said
    assert "Wants refund. Priority high." in said
    assert ":custom-model-deployment/" in model["Value"]


@pytest.mark.skipif(
    not (ROOT / ".build/cdk/node_modules/.bin/cdk").exists(),
    reason="make test installs the CDK CLI",
)
def test_readme_deploys_with_the_cdk_cli_into_the_emulation(tmp_path: Path) -> None:
    with running_cloud(tmp_path / "cloud", "--deploy", "0") as cloud:
        script = readme_script(EMPTY_CLOUD)
        carry_out(script, cloud, CDK_OUTPUT=str(tmp_path / "cdk.out"))
        stacks = cloud.client("cloudformation").describe_stacks()["Stacks"]
    deployed = {each["StackName"]: each["StackStatus"] for each in stacks}
    assert deployed["tunedrop-dev-service"] == "CREATE_COMPLETE"
