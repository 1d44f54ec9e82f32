"""The data of a stage that is thrown away: CloudFormation deletes empty buckets only."""

import boto3
from botocore.exceptions import ClientError

from stacks.config import StageConfig
from tunedrop.settings import stack_prefix

_BUCKETS = ("DatasetsBucketName", "ArtifactsBucketName")


def empty_buckets(config: StageConfig) -> None:
    """Delete every version of every object in the buckets of a stage, if it is deployed."""
    s3 = boto3.resource("s3", region_name=config.region)
    for name in _buckets(config):
        s3.Bucket(name).object_versions.delete()
        print(f"Emptied the bucket {name}.", flush=True)  # noqa: T201


def _buckets(config: StageConfig) -> list[str]:
    stacks = boto3.client("cloudformation", region_name=config.region)
    try:
        [data] = stacks.describe_stacks(StackName=f"{stack_prefix(config.stage)}-data")["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return []
        raise
    outputs = data.get("Outputs", ())
    return [each["OutputValue"] for each in outputs if each["OutputKey"] in _BUCKETS]
