"""The synth itself: what fails it, what it writes, what it never asks for."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from synthesizing import app_of, synthesize

import app as entry_point
from stacks.application import SynthesisError
from stacks.application import synthesize as synthesize_app
from stacks.config import ROOT, ConfigError, file_context
from stacks.lambda_bundle import BundleError
from tunedrop.errors import InvalidInputError


def test_templates_are_clean_for_cfn_lint(dev: Path, prod: Path) -> None:
    templates = [str(t) for d in (dev, prod) for t in sorted(d.glob("*.template.json"))]
    lint = [str(Path(sys.executable).parent / "cfn-lint"), "--non-zero-exit-code", "informational"]
    done = subprocess.run([*lint, *templates], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert len(templates) == 4


def test_no_finding_of_cdk_nag_is_left(dev: Path, prod: Path) -> None:
    for directory in (dev, prod):
        report = json.loads((directory / "validation-report.json").read_text())
        assert report["pluginReports"] == []


def test_a_finding_of_cdk_nag_fails_the_synth_and_is_named(source: Path, tmp_path: Path) -> None:
    from aws_cdk.aws_s3 import Bucket

    app = app_of(source, tmp_path)
    Bucket(app.node.find_child("tunedrop-dev-data"), "Careless")
    with pytest.raises(SynthesisError, match=r"Careless[\s\S]*AwsSolutions-S10"):
        synthesize_app(app)


@pytest.mark.parametrize(
    "error",
    [
        ConfigError("There is no stage 'qa'."),
        InvalidInputError("recipe mine: epochs"),
        SynthesisError("ERROR The S3 Bucket"),
        BundleError("pip could not install"),
    ],
)
def test_what_people_can_mend_ends_with_a_sentence_and_an_exit_code(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(entry_point, "synthesize", fail)
    assert entry_point.main() == 1
    assert capsys.readouterr().err == f"{error}\n"


def test_python_app_py_takes_the_context_of_the_cdk_cli(tmp_path: Path) -> None:
    environment = {**os.environ, "CDK_CONTEXT_JSON": '{"stage": "qa"}', "CDK_OUTDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("There is no stage 'qa'. cdk.json knows: dev, prod.")


def test_two_synths_give_the_same_templates(dev: Path, source: Path, tmp_path: Path) -> None:
    again = synthesize(source, tmp_path)
    for template in dev.glob("*.template.json"):
        assert (again / template.name).read_text() == template.read_text()


def test_templates_need_no_look_up_and_no_account(dev: Path) -> None:
    manifest = json.loads((dev / "manifest.json").read_text())
    environments = {a["environment"] for a in manifest["artifacts"].values() if "environment" in a}
    assert "missing" not in manifest
    assert environments == {"aws://unknown-account/us-east-1"}


def test_the_library_is_told_to_report_nothing_home(dev: Path) -> None:
    assert "CDKMetadata" not in (dev / "tunedrop-dev-service.template.json").read_text()
    settings = json.loads((ROOT / "cdk.json").read_text())
    assert [settings[k] for k in ("versionReporting", "notices", "telemetry")] == [False] * 3


def test_references_between_the_stacks_are_exports_which_the_embedded_cloud_understands(
    dev: Path,
) -> None:
    template = (dev / "tunedrop-dev-service.template.json").read_text()
    assert "Fn::ImportValue" in template
    assert "Fn::GetStackOutput" not in template
    assert file_context()["@aws-cdk/core:defaultCrossStackReferences"] == "strong"


def test_everything_carries_the_tag_of_its_stage(dev: Path) -> None:
    template = json.loads((dev / "tunedrop-dev-service.template.json").read_text())
    tagged = [
        r["Properties"]["Tags"]
        for r in template["Resources"].values()
        if isinstance(r["Properties"].get("Tags"), list)
    ]
    assert len(tagged) > 40
    assert all({"Key": "tunedrop:stage", "Value": "dev"} in tags for tags in tagged)
