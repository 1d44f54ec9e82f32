"""`make deploy`, `make diff`, `make destroy`: what they say, what they refuse, what they call."""

import json
from collections.abc import Sequence
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from stacks import cli
from stacks.config import StageConfig
from stacks.throw_away import empty_buckets

CALLER = cli.Caller(account="123456789012", arn="arn:aws:iam::123456789012:user/ana")
DEV = StageConfig(stage="dev", region="us-east-1", throw_away=True)
PROD = StageConfig(stage="prod", region="us-east-1")
BUCKETS = {
    "Resources": {
        name: {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name.lower()}}
        for name in ("Datasets", "Artifacts")
    },
    "Outputs": {
        f"{name}BucketName": {"Value": {"Ref": name}} for name in ("Datasets", "Artifacts")
    },
}


@pytest.fixture
def cdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    installed = tmp_path / "cdk"
    installed.touch()
    monkeypatch.setattr(cli, "CDK_CLI", installed)
    return installed


class Recorder:
    """Stands for running a command; remembers the commands and returns an exit code."""

    def __init__(self, code: int = 0) -> None:
        self.code = code
        self.commands: list[tuple[Sequence[str], str]] = []

    def __call__(self, command: Sequence[str], region: str) -> int:
        self.commands.append((command, region))
        return self.code


def spared(config: StageConfig) -> None:
    assert config.throw_away


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
def test_a_shell_that_talks_to_an_emulated_cloud_is_refused(name: str) -> None:
    with pytest.raises(cli.CommandError, match=f"{name} is set to http://localhost:4566: .*unset"):
        cli.refuse_emulation({name: "http://localhost:4566", "PATH": "/bin"})


def test_it_is_refused_before_anything_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    assert cli.main(["deploy"]) == 1
    assert "AWS_ENDPOINT_URL is set" in capsys.readouterr().err


def test_an_unknown_stage_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    assert cli.main(["diff", "--stage", "qa"]) == 1
    assert "cdk.json knows: dev, prod. Choose one with STAGE=dev" in capsys.readouterr().err


def test_account_region_stage_and_caller_are_said_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cli.announce(DEV, CALLER)
    said = capsys.readouterr().out
    for fact in ("123456789012", "us-east-1", "dev (throw-away", "user/ana"):
        assert fact in said


def test_credentials_of_another_account_than_the_stages_are_refused() -> None:
    config = StageConfig(stage="prod", region="us-east-1", account="210987654321")
    with pytest.raises(cli.CommandError, match="belongs to account 210987654321"):
        cli.announce(config, CALLER)


def test_deploy_calls_the_pinned_cli_on_both_stacks(cdk: Path) -> None:
    command = cli.cdk_command("deploy", DEV, ["--require-approval", "never"])
    assert command[1:5] == [str(cdk), "deploy", "tunedrop-dev-service", "tunedrop-dev-data"]
    assert command[-4:] == ["-c", "stage=dev", "--require-approval", "never"]


def test_destroy_leaves_protected_data_alone(cdk: Path) -> None:
    assert "tunedrop-prod-data" not in cli.cdk_command("destroy", PROD, [])
    assert "tunedrop-dev-data" in cli.cdk_command("destroy", DEV, [])


def test_a_missing_cdk_cli_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cli, "CDK_CLI", tmp_path / "none")
    with pytest.raises(cli.CommandError, match="`make diff` installs it"):
        cli.cdk_command("diff", DEV, [])


def test_destroy_takes_down_what_the_stage_owns_in_bedrock_first() -> None:
    run = Recorder()
    cli.prepare_destroy(DEV, confirmed=True, run=run, empty=spared)
    [(command, region)] = run.commands
    assert Path(command[0]).name == "tunedrop"
    assert command[1:] == ["take-down", "--yes", "--stage", "dev"]
    assert region == "us-east-1"


@pytest.mark.parametrize(("config", "emptied"), [(DEV, ["dev"]), (PROD, [])])
def test_destroy_empties_the_buckets_of_a_throw_away_stage_alone(
    config: StageConfig, emptied: list[str]
) -> None:
    stages: list[str] = []
    cli.prepare_destroy(
        config, confirmed=True, run=Recorder(), empty=lambda given: stages.append(given.stage)
    )
    assert stages == emptied


@mock_aws
def test_every_version_of_every_object_goes_with_a_throw_away_stage() -> None:
    s3, template = boto3.client("s3", region_name=DEV.region), json.dumps(BUCKETS)
    stacks = boto3.client("cloudformation", region_name=DEV.region)
    empty_buckets(DEV)
    stacks.create_stack(StackName="tunedrop-dev-data", TemplateBody=template)
    for name in ("datasets", "artifacts"):
        versioned = {"Status": "Enabled"}
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioned)
        s3.put_object(Bucket=name, Key="a", Body=b"1")
        s3.delete_object(Bucket=name, Key="a")
    empty_buckets(DEV)
    for name in ("datasets", "artifacts"):
        found = s3.list_object_versions(Bucket=name)
        assert not found.get("Versions")
        assert not found.get("DeleteMarkers")


def test_destroy_stops_while_something_may_bill() -> None:
    with pytest.raises(cli.CommandError, match="may still bill in Bedrock"):
        cli.prepare_destroy(DEV, confirmed=True, run=Recorder(code=1), empty=spared)


def test_destroy_asks_for_the_name_of_the_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Recorder()
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    with pytest.raises(cli.CommandError, match="Nothing was destroyed"):
        cli.prepare_destroy(DEV, confirmed=False, run=run, empty=spared)
    assert not run.commands
