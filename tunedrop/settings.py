"""The environment of the Lambda functions: the one module that reads it, and the names it uses."""

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import MISSING, dataclass, fields

from tunedrop.errors import InvalidInputError

METRICS_NAMESPACE = "Tunedrop"
OUTCOME_METRIC = "RunsEnded"
SERVICE_NAME = "tunedrop"

TAG_STAGE = "tunedrop:stage"
TAG_RECIPE = "tunedrop:recipe"
TAG_RUN = "tunedrop:run_id"
TAG_INTERMEDIATE = "tunedrop:intermediate"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the stacks tell a function; the variable of a field is its name in capitals.

    `create_timeout_seconds` is the longest timeout of the functions that create things in
    Bedrock: what such a function left in flight has landed by then.
    """

    tunedrop_stage: str
    datasets_bucket: str
    artifacts_bucket: str
    runs_table: str
    notifications_topic_arn: str
    customization_role_arn: str
    model_key_arn: str
    recipe_names: str
    create_timeout_seconds: str
    state_machine_arn: str = ""
    clean_up_state_machine_arn: str = ""
    answer_approval_function: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings; a missing variable is an `InvalidInputError` that names it."""
        given = {
            f.name: environment[f.name.upper()]
            for f in fields(cls)
            if f.name.upper() in environment
        }
        try:
            return cls(**given)
        except TypeError as error:
            missing = sorted(
                f.name.upper() for f in fields(cls) if f.name not in given and f.default is MISSING
            )
            raise InvalidInputError(
                f"The function's environment lacks {', '.join(missing)}; deploy the service again."
            ) from error

    @property
    def recipes(self) -> tuple[str, ...]:
        """The names of the deployed recipes."""
        return tuple(name for name in self.recipe_names.split(",") if name)


def stack_prefix(stage: str) -> str:
    """What the names of a stage's stacks begin with."""
    return f"tunedrop-{stage}"


def default_stage(environment: Mapping[str, str] = os.environ) -> str:
    """The stage that the command line speaks to unless told otherwise."""
    return environment.get("TUNEDROP_STAGE", "dev")


def adopt_region(environment: MutableMapping[str, str] = os.environ) -> None:
    """Let AWS_REGION count where AWS_DEFAULT_REGION, the one that boto3 reads, is not set."""
    if region := environment.get("AWS_REGION"):
        environment.setdefault("AWS_DEFAULT_REGION", region)


def recipe_parameter(stage: str, recipe: str) -> str:
    """Name of the SSM parameter that holds a recipe, as JSON."""
    return f"/tunedrop/{stage}/{recipe}/recipe"


def model_parameter(stage: str, recipe: str) -> str:
    """Name of the SSM parameter that applications read: the model id of the recipe's champion."""
    return f"/tunedrop/{stage}/{recipe}/model"


def outcome_dimensions(stage: str, outcome: str) -> dict[str, str]:
    """The dimensions of the metric that counts how runs end, and of the alarms on it.

    `service` is among them because powertools adds it to every metric.
    """
    return {"stage": stage, "outcome": outcome, "service": SERVICE_NAME}


def run_tags(stage: str, recipe: str, run_id: str) -> dict[str, str]:
    """The tags of everything that a run makes in Bedrock."""
    return {TAG_STAGE: stage, TAG_RECIPE: recipe, TAG_RUN: run_id}
