"""The construct in somebody else's app."""

from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from synthesized import Synthesized, flat
from synthesizing import RECIPES, unbundled

from tunedrop.errors import InvalidInputError
from tunedrop.recipe import Data, load_directory


@pytest.fixture(scope="module")
def foreign(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    from aws_cdk import App, Environment, Stack
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3

    from stacks.fine_tuning_service import FineTuningService

    app = App(outdir=str(tmp_path_factory.mktemp("foreign")), analytics_reporting=False)
    stack = Stack(app, "Platform", env=Environment(region="us-east-1"))
    service = FineTuningService(
        stack,
        "FineTuning",
        stage="platform",
        datasets_bucket=s3.Bucket(stack, "Ours", versioned=True),
        artifacts_bucket=s3.Bucket.from_bucket_name(stack, "Theirs", "their-artifacts"),
        runs_table=dynamodb.Table(
            stack,
            "Runs",
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
        ),
        key=kms.Key(stack, "Key"),
        recipes=[structs.replace(each, data=Data()) for each in load_directory(RECIPES)],
        code=unbundled(source),
    )
    app_role = iam.Role(stack, "App", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    service.grant_use(app_role, "qa")
    template = Synthesized.read(Path(app.synth().directory), "Platform")
    return {"template": template, "service": service, "role": app_role}


def test_it_brings_all_of_its_parts(foreign: dict[str, Any]) -> None:
    template = foreign["template"]
    assert len(template.of_type("AWS::StepFunctions::StateMachine")) == 2
    assert {"StateMachineArn", "NotificationsTopicArn"} <= set(template.template["Outputs"])


def test_it_works_on_buckets_that_it_did_not_make(foreign: dict[str, Any]) -> None:
    variables = foreign["template"].functions()["PrepareRun"]["Properties"]["Environment"]
    assert variables["Variables"]["ARTIFACTS_BUCKET"] == "their-artifacts"
    assert variables["Variables"]["TUNEDROP_STAGE"] == "platform"


def test_grant_use_gives_a_role_the_use_of_one_recipe(foreign: dict[str, Any]) -> None:
    statements = flat(foreign["template"].statements("App"))
    assert "/datasets/qa/*" in statements
    assert "their-artifacts/answers/datasets/qa/*" in statements
    assert "support-summaries" not in statements


def test_grant_use_of_an_unknown_recipe_names_the_known_ones(foreign: dict[str, Any]) -> None:
    message = 'There is no recipe "qq". The service has: qa, support-summaries.'
    with pytest.raises(InvalidInputError, match=message):
        foreign["service"].grant_use(foreign["role"], "qq")


def test_a_bucket_made_elsewhere_cannot_be_told_what_to_delete() -> None:
    from aws_cdk import App, Stack
    from aws_cdk import aws_s3 as s3

    from stacks.retention import delete_in_time

    stack = Stack(App(analytics_reporting=False), "Platform")
    ours, theirs = s3.Bucket(stack, "Ours"), s3.Bucket.from_bucket_name(stack, "Theirs", "theirs")
    with pytest.raises(
        InvalidInputError, match=r"qa has data\.retention 30d, and the bucket theirs"
    ):
        delete_in_time(ours, theirs, load_directory(RECIPES))
