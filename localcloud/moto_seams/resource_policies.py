"""CloudFormation models of bucket, queue and topic policies, which moto lacks.

The policies are stored where their services' APIs read them. moto would apply a bucket policy
without its conditions (a denial of unencrypted transport would deny everything), so that check
is switched off; `localcloud.authorization` judges policies with their conditions.
"""

import json
from typing import Any

from moto.core.common_models import CloudFormationModel
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends


class _PolicyResource(CloudFormationModel):  # type: ignore[misc]
    """What the three have in common: a name of their own and a document to put somewhere."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def physical_resource_id(self) -> str:
        return self.name

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return "Localcloud::Policy"

    @classmethod
    def put(cls, account: str, region: str, properties: Any, document: str | None) -> None:
        """Store a policy document at what the properties name; None removes it."""
        raise NotImplementedError

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> "_PolicyResource":
        properties = cloudformation_json["Properties"]
        cls.put(account_id, region_name, properties, json.dumps(properties["PolicyDocument"]))
        return cls(resource_name)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Any:
        cls.create_from_cloudformation_json(
            new_resource_name, cloudformation_json, account_id, region_name
        )
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        pass


class BucketPolicy(_PolicyResource, CloudFormationModel):  # type: ignore[misc]
    """AWS::S3::BucketPolicy."""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::S3::BucketPolicy"

    @classmethod
    def put(cls, account: str, region: str, properties: Any, document: str | None) -> None:
        bucket = s3_backends[account]["aws"].get_bucket(properties["Bucket"])
        bucket.policy = document.encode() if document else None


class QueuePolicy(_PolicyResource, CloudFormationModel):  # type: ignore[misc]
    """AWS::SQS::QueuePolicy."""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::SQS::QueuePolicy"

    @classmethod
    def put(cls, account: str, region: str, properties: Any, document: str | None) -> None:
        for url in properties["Queues"]:
            sqs_backends[account][region].get_queue(url.rpartition("/")[2]).policy = document


class TopicPolicy(_PolicyResource, CloudFormationModel):  # type: ignore[misc]
    """AWS::SNS::TopicPolicy."""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::SNS::TopicPolicy"

    @classmethod
    def put(cls, account: str, region: str, properties: Any, document: str | None) -> None:
        for arn in properties["Topics"]:
            sns_backends[account][region].topics[arn].policy = document


def apply() -> None:
    """Leave the judging of bucket policies to the authorization of the embedded cloud."""

    def get_permission(self: Any, action: str, resource: str) -> Any:
        return PermissionResult.NEUTRAL

    FakeBucket.get_permission = get_permission
