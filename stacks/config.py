"""What a stage is: the typed reading of the context in cdk.json."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from aws_cdk.aws_logs import RetentionDays

ROOT = Path(__file__).resolve().parent.parent

DEFAULT_STAGE = "dev"

_RETENTIONS: dict[int, RetentionDays] = {
    days: getattr(RetentionDays, name)
    for days, name in {
        7: "ONE_WEEK",
        14: "TWO_WEEKS",
        30: "ONE_MONTH",
        90: "THREE_MONTHS",
        180: "SIX_MONTHS",
        365: "ONE_YEAR",
        731: "TWO_YEARS",
    }.items()
}


class ConfigError(Exception):
    """The configuration cannot be accepted; the message says what is."""


@dataclass(frozen=True, kw_only=True)
class StageConfig:
    """One stage of the service, as cdk.json describes it under `stages`."""

    stage: str
    region: str
    account: str | None = None
    throw_away: bool = False
    log_retention_days: int = 90
    recipes: str = "recipes"
    accept_retired_models: bool = False
    notification_emails: tuple[str, ...] = ()
    alarm_emails: tuple[str, ...] = ()

    @property
    def recipe_directory(self) -> Path:
        """Where the recipes lie; relative paths start at the repository's root."""
        return ROOT / self.recipes

    @property
    def log_retention(self) -> RetentionDays:
        """How long logs are kept, as the library names it."""
        return _RETENTIONS[self.log_retention_days]


# What `-c key=value` may change for one synth; everything else is changed in cdk.json, in review.
COMMAND_LINE = ("region", "recipes", "accept_retired_models")


def file_context() -> dict[str, Any]:
    """The context of cdk.json, which the CDK CLI would hand over."""
    context: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text("utf-8"))["context"]
    return context


def stage_config(context: Mapping[str, Any]) -> StageConfig:
    """The stage that the context asks for, `-c stage=NAME`; `dev` when it asks for none."""
    stages = _mapping(context.get("stages"), "stages")
    name = context.get("stage", DEFAULT_STAGE)
    if name not in stages:
        raise ConfigError(
            f"There is no stage {name!r}. cdk.json knows: {', '.join(sorted(stages))}. "
            "Choose one with -c stage=NAME, or add it under `stages`."
        )
    values = _mapping(stages[name], f"stages.{name}")
    return _checked(name, {**values, **_from_command_line(context)})


def _from_command_line(context: Mapping[str, Any]) -> dict[str, Any]:
    truths = {"true": True, "false": False}
    return {key: truths.get(context[key], context[key]) for key in COMMAND_LINE if key in context}


def _checked(name: str, values: Mapping[str, Any]) -> StageConfig:
    known = get_type_hints(StageConfig)
    accepted = [f.name for f in fields(StageConfig) if f.name != "stage"]
    for key in values:
        if key not in accepted:
            raise ConfigError(
                f"stages.{name} in cdk.json has an unknown key {key!r}. "
                f"Known keys: {', '.join(sorted(accepted))}."
            )
    if "region" not in values:
        raise ConfigError(
            f"stages.{name} in cdk.json names no region. "
            'Add one in which Bedrock customizes models, for example "region": "us-east-1".'
        )
    typed = {
        key: _typed(f"stages.{name}.{key}", value, known[key]) for key, value in values.items()
    }
    return _within_limits(StageConfig(stage=name, **typed))


def _within_limits(config: StageConfig) -> StageConfig:
    if config.log_retention_days not in _RETENTIONS:
        raise ConfigError(
            f"stages.{config.stage}.log_retention_days in cdk.json is "
            f"{config.log_retention_days}. CloudWatch keeps logs for one of: "
            f"{', '.join(map(str, _RETENTIONS))} days."
        )
    if not config.recipe_directory.is_dir():
        raise ConfigError(
            f"stages.{config.stage}.recipes names the directory {config.recipes!r}, and there is "
            f"none at {config.recipe_directory}. It holds one YAML file per recipe."
        )
    return config


def _typed(where: str, value: Any, expected: Any) -> Any:
    if expected == tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise ConfigError(f"{where} in cdk.json is {value!r}; a list of strings is accepted.")
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        raise ConfigError(f"{where} in cdk.json is {value!r}; {_WORDS[expected]} is accepted.")
    return value


_WORDS: dict[Any, str] = {
    str: "a string",
    str | None: "a string or nothing",
    bool: "true or false",
    int: "a whole number",
}


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not value:
        raise ConfigError(f"cdk.json needs an object under context.{where}; it has {value!r}.")
    return value
