"""The README's example of the construct in another CDK app."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.docs.markdown import README, ROOT, blocks, headings


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The template of the example's stack; its functions carry an empty asset."""
    from stacks import fine_tuning_service

    source = tmp_path_factory.mktemp("source")
    (source / "lambdas.py").write_text("")
    example = next(block for block in blocks(README) if block.heading == "In another CDK app")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setattr(fine_tuning_service, "bundled_code", lambda: _code(source))
        names: dict[str, Any] = {}
        exec(compile(example.text, "README.md", "exec"), names)
    output = Path(names["app"].synth().directory)
    template: dict[str, Any] = json.loads((output / "Shop.template.json").read_text())
    return template


def _code(source: Path) -> Any:
    from aws_cdk.aws_lambda import Code

    return Code.from_asset(str(source))


def test_example_of_the_construct_synthesizes_the_whole_service(shop: dict[str, Any]) -> None:
    types = [each["Type"] for each in shop["Resources"].values()]
    assert types.count("AWS::StepFunctions::StateMachine") == 2
    assert "/tunedrop/shop/support-summaries/recipe" in json.dumps(shop)


def test_example_lets_its_role_drop_datasets(shop: dict[str, Any]) -> None:
    policies = [each for id_, each in shop["Resources"].items() if id_.startswith("WebDefault")]
    assert "datasets/support-summaries/*" in json.dumps(policies)


def test_description_of_every_alarm_names_a_heading(shop: dict[str, Any]) -> None:
    known = headings(ROOT / "docs" / "operating.md")
    alarms = [r for r in shop["Resources"].values() if r["Type"] == "AWS::CloudWatch::Alarm"]
    assert len(alarms) == 6
    for alarm in alarms:
        said = alarm["Properties"]["AlarmDescription"]
        assert said.rpartition("docs/operating.md, heading ")[2].rstrip(".") in known
