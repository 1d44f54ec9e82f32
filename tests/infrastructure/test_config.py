"""The configuration refuses what it does not know, and says what it knows."""

from typing import Any

import pytest

from stacks.config import ROOT, ConfigError, file_context, stage_config

STAGES: dict[str, Any] = {
    "dev": {"region": "us-east-1", "throw_away": True},
    "prod": {"region": "us-west-2", "alarm_emails": ["on-call@example.com"]},
}


def dev(**changes: Any) -> dict[str, Any]:
    return {"stages": {"dev": {**STAGES["dev"], **changes}}}


def refusal(context: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as caught:
        stage_config(context)
    return str(caught.value)


def test_dev_is_the_stage_when_none_is_asked_for() -> None:
    config = stage_config({"stages": STAGES})
    assert (config.stage, config.region, config.throw_away) == ("dev", "us-east-1", True)


def test_the_stage_asked_for_is_read() -> None:
    config = stage_config({"stages": STAGES, "stage": "prod"})
    assert (config.region, config.throw_away) == ("us-west-2", False)
    assert config.alarm_emails == ("on-call@example.com",)


def test_the_shipped_stages_are_accepted_and_only_dev_is_throw_away() -> None:
    stages = {name: stage_config({**file_context(), "stage": name}) for name in ("dev", "prod")}
    assert {name: s.throw_away for name, s in stages.items()} == {"dev": True, "prod": False}


def test_the_command_line_may_change_recipes_of_one_synth() -> None:
    context = {**dev(), "recipes": "tests/recipes", "accept_retired_models": "true"}
    config = stage_config(context)
    assert config.recipe_directory == ROOT / "tests" / "recipes"
    assert config.accept_retired_models is True


def test_an_unknown_stage_is_refused_with_the_known_ones() -> None:
    assert refusal({"stages": STAGES, "stage": "qa"}) == (
        "There is no stage 'qa'. cdk.json knows: dev, prod. "
        "Choose one with -c stage=NAME, or add it under `stages`."
    )


def test_an_unknown_key_is_refused_with_the_known_ones() -> None:
    message = refusal(dev(regoin="us-east-1"))
    assert message.startswith("stages.dev in cdk.json has an unknown key 'regoin'. Known keys: ")
    assert "region, throw_away" in message
    assert "stage," not in message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"throw_away": "yes"}, "stages.dev.throw_away in cdk.json is 'yes'; true or false is"),
        ({"region": 1}, "stages.dev.region in cdk.json is 1; a string is accepted."),
        ({"alarm_emails": "a@b.c"}, "stages.dev.alarm_emails in cdk.json is 'a@b.c'; a list of"),
        ({"log_retention_days": True}, "log_retention_days in cdk.json is True; a whole number"),
        ({"account": 1}, "stages.dev.account in cdk.json is 1; a string or nothing is accepted."),
        ({"log_retention_days": 31}, "is 31. CloudWatch keeps logs for one of: 7, 14, 30, 90"),
        ({"recipes": "nowhere"}, "stages.dev.recipes names the directory 'nowhere', and there is"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_accepted(
    changes: dict[str, Any], message: str
) -> None:
    assert message in refusal(dev(**changes))


def test_a_stage_without_a_region_is_refused() -> None:
    assert "stages.dev in cdk.json names no region." in refusal(
        {"stages": {"dev": {"account": "1"}}}
    )


@pytest.mark.parametrize("stages", [None, {}, []])
def test_a_context_without_stages_is_refused(stages: Any) -> None:
    assert "cdk.json needs an object under context.stages" in refusal({"stages": stages})
