"""Recipes at synth: what becomes of them, what is refused, what their owners may do."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from synthesized import Synthesized, flat, listed
from synthesizing import RECIPES, synthesize

from stacks.config import ROOT
from stacks.recipes import recipes_of
from tunedrop.errors import InvalidInputError
from tunedrop.recipe import from_json, load

OWNER = "support-app"
TAGS = {
    "aws:ResourceTag/tunedrop:stage": "dev",
    "aws:ResourceTag/tunedrop:recipe": "support-summaries",
}


def recipe_file(directory: Path, text: str, name: str = "mine") -> Path:
    base = f"name: {name}\nbase_model: amazon.nova-micro-v1:0:128k\nmethod: instruction_tuning\n"
    (directory / f"{name}.yaml").write_text(base + text)
    return directory


def refusal(directory: Path, region: str = "us-east-1") -> str:
    with pytest.raises(InvalidInputError) as caught:
        recipes_of(directory, region=region)
    return str(caught.value)


def owner_statements(service: Synthesized, prefix: str) -> list[dict[str, Any]]:
    return [
        s
        for holders, s in service.all_statements()
        if OWNER in holders and any(a.startswith(prefix) for a in listed(s["Action"]))
    ]


def test_every_recipe_is_a_parameter_that_reads_back(service: Synthesized) -> None:
    parameters = service.of_type("AWS::SSM::Parameter").values()
    values = {p["Properties"]["Name"]: p["Properties"]["Value"] for p in parameters}
    for file in RECIPES.glob("*.yaml"):
        value = values.pop(f"/tunedrop/dev/{file.stem}/recipe")
        assert from_json(value) == load(file.read_text(), file.stem)
    assert not values


def test_no_template_writes_the_parameter_that_applications_read(service: Synthesized) -> None:
    names = [p["Properties"]["Name"] for p in service.of_type("AWS::SSM::Parameter").values()]
    assert not [name for name in names if name.endswith("/model")]


def test_the_shipped_recipes_are_accepted() -> None:
    modes = {r.deployment.mode for r in recipes_of(ROOT / "recipes", region="us-east-1")}
    assert modes == {"on_demand", "provisioned"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hyperparameters: {epochs: 9}\n", "1 to 5"),
        ("hyperparameter: {epochs: 1}\n", "hyperparameter is not a known key"),
        ("deployment: {mode: cheap}\n", "none or on_demand or provisioned"),
    ],
)
def test_a_wrong_recipe_fails_the_synth_with_what_is_accepted(
    tmp_path: Path, text: str, message: str
) -> None:
    assert message in refusal(recipe_file(tmp_path, text))


def test_an_unknown_base_model_fails_the_synth(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "name: mine\nbase_model: amazon.nova-mikro-v1:0:128k\nmethod: instruction_tuning\n"
    )
    assert "amazon.nova-micro-v1:0:128k" in refusal(tmp_path)


def test_a_retired_base_model_fails_the_synth_unless_the_stage_accepts_it() -> None:
    retired = ROOT / "tests" / "recipes"
    assert "titan-text-express" in refusal_of_retired(retired)


def refusal_of_retired(directory: Path) -> str:
    for file in directory.glob("titan*.yaml"):
        with pytest.raises(InvalidInputError) as caught:
            load(file.read_text(), file.stem, where=file.name)
        return str(caught.value)
    raise AssertionError(f"no retired recipe in {directory}")


def test_a_retired_base_model_is_accepted_where_the_stage_says_so(tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "recipes" / "titan-text-express.yaml", tmp_path)
    [recipe] = recipes_of(tmp_path, region="us-east-1", accept_retired_models=True)
    assert recipe.name == "titan-text-express"


def test_a_region_that_does_not_customize_the_base_model_fails_the_synth() -> None:
    assert "is not customized in eu-west-1, only in us-east-1" in refusal(RECIPES, "eu-west-1")


def test_a_directory_without_recipes_fails_the_synth(tmp_path: Path) -> None:
    assert "There is no recipe in" in refusal(tmp_path)


def test_a_recipe_too_large_for_a_parameter_fails_the_synth(tmp_path: Path, source: Path) -> None:
    owners = [f"arn:aws:iam::123456789012:role/{'r' * 60}{n}" for n in range(50)]
    recipe_file(tmp_path, f"owners: {json.dumps(owners)}\n")
    message = (
        r"The recipe mine takes 4,\d\d\d bytes as JSON; an SSM parameter holds 4,096\. "
        r"Shorten its longest part: owners\."
    )
    with pytest.raises(InvalidInputError, match=message):
        synthesize(source, tmp_path / "out", recipes=str(tmp_path))


def test_an_owner_of_another_account_is_refused_where_the_account_is_known(
    tmp_path: Path, source: Path
) -> None:
    recipe_file(tmp_path, "owners: ['arn:aws:iam::999999999999:role/app']\n")
    stages = {"dev": {"region": "us-east-1", "account": "123456789012"}}
    with pytest.raises(InvalidInputError, match="of account 999999999999; this stage is deployed"):
        synthesize(source, tmp_path / "out", recipes=str(tmp_path), stages=stages)


def test_owners_write_datasets_of_their_recipe_only(service: Synthesized) -> None:
    [write] = owner_statements(service, "s3:Put")
    assert '"/datasets/support-summaries/*"' in flat(write["Resource"])


def test_owners_read_answers_and_runs_of_their_recipe_only(service: Synthesized) -> None:
    reads = flat([s["Resource"] for s in owner_statements(service, "s3:GetObject")])
    assert "/answers/datasets/support-summaries/*" in reads
    assert "/runs/support-summaries/*" in reads
    assert reads.count("/*") == 2


def test_owners_read_the_model_parameter_and_not_the_recipe(service: Synthesized) -> None:
    [statement] = owner_statements(service, "ssm:")
    assert listed(statement["Action"]) == ["ssm:GetParameter"]
    assert "parameter/tunedrop/dev/support-summaries/model" in flat(statement["Resource"])


def test_owners_invoke_the_models_that_carry_the_tags_of_their_recipe(
    service: Synthesized,
) -> None:
    asking = owner_statements(service, "bedrock:")
    own = [s for s in asking if "provisioned-model/*" in flat(s["Resource"])]
    assert [s["Condition"]["StringEquals"] for s in own] == [TAGS]
    base = flat([s["Resource"] for s in asking if s not in own])
    assert "nova-micro" in base
    assert "nova-lite" not in base


def test_owners_may_do_nothing_else(service: Synthesized) -> None:
    prefixes = {
        a.partition(":")[0] for s in owner_statements(service, "") for a in listed(s["Action"])
    }
    assert prefixes == {"s3", "ssm", "bedrock", "kms"}


def test_a_role_of_the_same_name_in_another_account_gets_nothing(service: Synthesized) -> None:
    statements = owner_statements(service, "")
    assert statements
    for statement in statements:
        owner = {"aws:PrincipalArn": f"arn:aws:iam::123456789012:role/{OWNER}"}
        assert statement["Condition"]["ArnEquals"] == owner
