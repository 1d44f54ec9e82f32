"""What the stacks tell the functions."""

import re
from dataclasses import fields

import pytest

from tunedrop.errors import InvalidInputError
from tunedrop.settings import (
    Settings,
    default_stage,
    model_parameter,
    recipe_parameter,
    run_tags,
    stack_prefix,
)

ENVIRONMENT = {f.name.upper(): f"<{f.name}>" for f in fields(Settings)}


def test_every_field_is_a_variable_of_its_name() -> None:
    found = Settings.from_environment({**ENVIRONMENT, "PATH": "/bin"})
    assert found.runs_table == "<runs_table>"
    assert found.state_machine_arn == "<state_machine_arn>"


def test_what_some_functions_alone_are_told_may_be_missing() -> None:
    given = {name: value for name, value in ENVIRONMENT.items() if "STATE_MACHINE" not in name}
    assert Settings.from_environment(given).state_machine_arn == ""


def test_missing_variables_are_named() -> None:
    given = {k: v for k, v in ENVIRONMENT.items() if k not in ("RUNS_TABLE", "MODEL_KEY_ARN")}
    with pytest.raises(InvalidInputError) as refused:
        Settings.from_environment(given)
    named = set(re.findall(r"[A-Z_]{4,}", str(refused.value)))
    assert {"RUNS_TABLE", "MODEL_KEY_ARN"} <= named
    assert "deploy the service again" in str(refused.value)


def test_only_what_must_be_there_is_named_as_missing() -> None:
    given = {k: v for k, v in ENVIRONMENT.items() if "ARN" not in k}
    with pytest.raises(InvalidInputError) as refused:
        Settings.from_environment(given)
    assert "STATE_MACHINE_ARN" not in str(refused.value)


@pytest.mark.parametrize(
    ("names", "recipes"), [("", ()), ("a", ("a",)), ("a,b", ("a", "b")), ("a,", ("a",))]
)
def test_recipes_are_named_between_commas(names: str, recipes: tuple[str, ...]) -> None:
    assert Settings.from_environment({**ENVIRONMENT, "RECIPE_NAMES": names}).recipes == recipes


def test_the_command_line_speaks_to_dev_unless_told_otherwise() -> None:
    assert default_stage({}) == "dev"
    assert default_stage({"TUNEDROP_STAGE": "prod"}) == "prod"


def test_parameters_stacks_and_tags_are_named_after_the_stage() -> None:
    assert recipe_parameter("dev", "support") == "/tunedrop/dev/support/recipe"
    assert model_parameter("dev", "support") == "/tunedrop/dev/support/model"
    assert stack_prefix("dev") == "tunedrop-dev"
    assert run_tags("dev", "support", "run-1") == {
        "tunedrop:stage": "dev",
        "tunedrop:recipe": "support",
        "tunedrop:run_id": "run-1",
    }
