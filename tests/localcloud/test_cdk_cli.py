"""The real, pinned CDK CLI against the embedded cloud."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.localcloud.cloud_process import ROOT, RunningCloud, running_cloud

CDK = ROOT / ".build" / "cdk" / "node_modules" / ".bin" / "cdk"


@pytest.fixture(scope="module")
def empty_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    with running_cloud(tmp_path_factory.mktemp("cdk_cli"), "--deploy", "0") as cloud:
        yield cloud


def test_bootstrap_deploy_and_destroy_succeed(empty_cloud: RunningCloud, tmp_path: Path) -> None:
    app = ("--all", "--output", str(tmp_path / "cdk.out"))
    _cdk(empty_cloud, "bootstrap")
    _cdk(empty_cloud, "deploy", *app, "--require-approval", "never")
    again = _cdk(empty_cloud, "deploy", *app, "--require-approval", "never")
    assert again.count("(no changes)") == 2
    _cdk(empty_cloud, "destroy", *app, "--force")
    stacks = empty_cloud.client("cloudformation").describe_stacks()["Stacks"]
    assert [stack["StackName"] for stack in stacks] == ["CDKToolkit"]


def _cdk(cloud: RunningCloud, *arguments: str) -> str:
    environment = cloud.environment()
    environment["PATH"] = f"{ROOT / '.venv' / 'bin'}:{environment['PATH']}"
    finished = subprocess.run(
        [CDK, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    said = finished.stdout + finished.stderr
    assert finished.returncode == 0, said
    return said
