"""What outlives the service: buckets, runs table, and the key that encrypts them."""

from typing import Any, cast

from aws_cdk import Acknowledgment, CfnOutput, Duration, RemovalPolicy, Stack, Validations
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.config import StageConfig
from tunedrop.settings import TAG_INTERMEDIATE

RUNS_BY_RECIPE = "by_recipe"

# Lifecycle rules know prefixes and tags, no wildcards: objects under runs/ that need not live as
# long as the run's record and report carry this tag.
INTERMEDIATE_TAG = {TAG_INTERMEDIATE: "true"}

_NO_ACCESS_LOGS = (
    "Server access logs arrive late and incomplete, and would need a third bucket. Each drop is "
    "recorded by its event, its answer and its run's record with key and version; who wrote an "
    "object is for the CloudTrail data events of the account, which name the caller."
)


class DataStack(Stack):
    """Datasets, artifacts and run records; retained unless the stage is throw-away."""

    def __init__(self, scope: Construct, id: str, *, config: StageConfig, **kwargs: Any) -> None:
        super().__init__(scope, id, termination_protection=not config.throw_away, **kwargs)
        self._removal = RemovalPolicy.DESTROY if config.throw_away else RemovalPolicy.RETAIN
        self.key = kms.Key(
            self,
            "Key",
            description=f"Tunedrop {config.stage}: datasets, artifacts, models, messages and logs",
            enable_key_rotation=True,
            removal_policy=self._removal,
        )
        self.datasets_bucket = self._bucket("DatasetsBucket", _DATASETS_LIFECYCLE)
        self.artifacts_bucket = self._bucket("ArtifactsBucket", _ARTIFACTS_LIFECYCLE)
        _emit_events(self.datasets_bucket)
        self.runs_table = self._table()
        CfnOutput(self, "DatasetsBucketName", value=self.datasets_bucket.bucket_name)
        CfnOutput(self, "ArtifactsBucketName", value=self.artifacts_bucket.bucket_name)
        CfnOutput(self, "RunsTableName", value=self.runs_table.table_name)

    def _bucket(self, id: str, lifecycle_rules: list[s3.LifecycleRule]) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            id,
            versioned=True,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            bucket_key_enabled=True,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            lifecycle_rules=[*_HOUSEKEEPING, *lifecycle_rules],
            removal_policy=self._removal,
        )
        Validations.of(bucket).acknowledge(
            Acknowledgment(id="AwsSolutions-S1", reason=_NO_ACCESS_LOGS)
        )
        return bucket

    def _table(self) -> dynamodb.Table:
        # Table, not TableV2: a single Region needs no global table.
        table = dynamodb.Table(
            self,
            "RunsTable",
            partition_key=_string("pk"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=self._removal is RemovalPolicy.RETAIN,
            removal_policy=self._removal,
        )
        table.add_global_secondary_index(
            index_name=RUNS_BY_RECIPE,
            partition_key=_string("recipe"),
            sort_key=_string("started_at"),
            projection_type=dynamodb.ProjectionType.ALL,
        )
        return table


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def _emit_events(bucket: s3.Bucket) -> None:
    # The construct's event_bridge_enabled would bring a custom resource for this one setting.
    resource = cast(s3.CfnBucket, bucket.node.default_child)
    resource.add_property_override(
        "NotificationConfiguration", {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    )


_HOUSEKEEPING = [
    s3.LifecycleRule(
        id="AbandonedUploads", abort_incomplete_multipart_upload_after=Duration.days(7)
    ),
    s3.LifecycleRule(id="LoneDeleteMarkers", expired_object_delete_marker=True),
]

# A rerun reads the very version that its run was pinned to.
_DATASETS_LIFECYCLE = [
    s3.LifecycleRule(id="ReplacedDatasets", noncurrent_version_expiration=Duration.days(365))
]

_ARTIFACTS_LIFECYCLE = [
    s3.LifecycleRule(id="ReplacedArtifacts", noncurrent_version_expiration=Duration.days(30)),
    s3.LifecycleRule(id="TrainingOutput", prefix="training/", expiration=Duration.days(90)),
    s3.LifecycleRule(
        id="PreparedDatasets",
        prefix="runs/",
        tag_filters=INTERMEDIATE_TAG,
        expiration=Duration.days(90),
    ),
]
