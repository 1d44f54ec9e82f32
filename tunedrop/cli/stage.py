"""Finds a deployed stage and builds its service for the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tunedrop.errors import InvalidInputError
from tunedrop.report.sentences import sentence
from tunedrop.services import Services
from tunedrop.settings import Settings, stack_prefix

if TYPE_CHECKING:
    from tunedrop.media_objects import MediaObjects
    from tunedrop.objects import Objects


def deployed(stage: str) -> Services:
    """The service of a stage in the account and Region of the shell's credentials."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        outputs = _outputs(stage)
    except (BotoCoreError, ClientError, ValueError) as error:
        # botocore says with a ValueError that the endpoint's URL is none.
        raise InvalidInputError(
            f'The stage "{stage}" cannot be looked up: {sentence(str(error))} Check the AWS '
            "settings of the shell: credentials, AWS_REGION, AWS_ENDPOINT_URL."
        ) from error
    if "StateMachineArn" not in outputs:
        raise InvalidInputError(
            f'The stage "{stage}" is not deployed in this account and Region. Deploy it with make '
            "deploy, or name another with --stage."
        )
    return Services(_settings(stage, outputs))


def bucket(name: str) -> Objects:
    """A bucket, as the shell's credentials see it."""
    import boto3

    from tunedrop.gateway import CLIENT_CONFIG
    from tunedrop.objects import Objects

    return Objects(boto3.client("s3", config=CLIENT_CONFIG), name)


def media_objects() -> MediaObjects:
    """Images and videos in S3, as the shell's credentials see them."""
    import boto3

    from tunedrop.gateway import CLIENT_CONFIG
    from tunedrop.media_objects import MediaObjects

    return MediaObjects(boto3.client("s3", config=CLIENT_CONFIG))


def _outputs(stage: str) -> dict[str, str]:
    import boto3

    prefix = stack_prefix(stage)
    pages = boto3.client("cloudformation").get_paginator("describe_stacks").paginate()
    stacks: list[dict[str, Any]] = [
        stack
        for page in pages
        for stack in page["Stacks"]
        if stack["StackName"].startswith(f"{prefix}-")
    ]
    return {
        output["OutputKey"]: output["OutputValue"]
        for stack in stacks
        for output in stack.get("Outputs", ())
    }


def _settings(stage: str, outputs: dict[str, str]) -> Settings:
    """What people's commands need; roles and keys are the functions' business."""
    return Settings(
        tunedrop_stage=stage,
        datasets_bucket=outputs["DatasetsBucketName"],
        artifacts_bucket=outputs["ArtifactsBucketName"],
        runs_table=outputs["RunsTableName"],
        notifications_topic_arn=outputs["NotificationsTopicArn"],
        customization_role_arn="",
        model_key_arn="",
        recipe_names="",
        create_timeout_seconds="0",
        state_machine_arn=outputs["StateMachineArn"],
        answer_approval_function=outputs["AnswerApprovalFunctionName"],
    )
