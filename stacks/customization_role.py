"""The role that Bedrock assumes to read a training set and write what it learned."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.permissions import Permission, allow

_READS = "runs/*/dataset/"
_WRITES = "training/"


class CustomizationRole(iam.Role):
    """Assumed by Bedrock for customization jobs of this account and Region, for nothing else."""

    def __init__(self, scope: Construct, id: str, *, bucket: s3.IBucket, key: kms.IKey) -> None:
        stack = Stack.of(scope)
        jobs = f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}"
        super().__init__(
            scope,
            id,
            description="Lets Bedrock read the training sets of runs and write training output",
            assumed_by=iam.ServicePrincipal(
                "bedrock.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": f"{jobs}:model-customization-job/*"},
                },
            ),
        )
        allow(self, *_bucket_permissions(bucket), *_key_permissions(key, stack.region))


def _bucket_permissions(bucket: s3.IBucket) -> list[Permission]:
    return [
        Permission(
            actions=["s3:GetObject"],
            resources=[bucket.arn_for_objects(f"{_READS}*")],
            why="Each run has its own folder of training files, and one role serves all runs.",
        ),
        Permission(
            actions=["s3:GetObject", "s3:PutObject"],
            resources=[bucket.arn_for_objects(f"{_WRITES}*")],
            why="Bedrock names the files that it writes; it reads back its write-access check.",
        ),
        Permission(
            actions=["s3:ListBucket"],
            resources=[bucket.bucket_arn],
            conditions={"StringLikeIfExists": {"s3:prefix": [f"{_READS}*", f"{_WRITES}*"]}},
        ),
    ]


def _key_permissions(key: kms.IKey, region: str) -> list[Permission]:
    # The bucket's objects are opened through S3; the model is encrypted through Bedrock.
    return [
        Permission(
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}},
        ),
        Permission(
            actions=["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant"],
            resources=[key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"bedrock.{region}.amazonaws.com"}},
        ),
    ]
