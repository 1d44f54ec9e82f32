"""The data stack keeps what people gave and what they must not lose."""

import json
from pathlib import Path

import pytest
from synthesized import Synthesized, flat, listed

BUCKETS = ["DatasetsBucket", "ArtifactsBucket"]
INTERMEDIATE = [{"Key": "tunedrop:intermediate", "Value": "true"}]


@pytest.mark.parametrize("name", BUCKETS)
def test_buckets_are_versioned_private_and_under_the_key(data: Synthesized, name: str) -> None:
    bucket = data.only("AWS::S3::Bucket", name)["Properties"]
    [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert "Key" in flat(rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"])
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}


@pytest.mark.parametrize("name", BUCKETS)
def test_buckets_refuse_requests_without_tls(data: Synthesized, name: str) -> None:
    policy = data.only("AWS::S3::BucketPolicy", name)["Properties"]["PolicyDocument"]
    [denial] = [s for s in policy["Statement"] if s["Effect"] == "Deny"]
    assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert denial["Action"] == "s3:*"


def test_only_the_datasets_bucket_sends_events_and_without_a_custom_resource(
    data: Synthesized,
) -> None:
    datasets = data.only("AWS::S3::Bucket", "DatasetsBucket")["Properties"]
    artifacts = data.only("AWS::S3::Bucket", "ArtifactsBucket")["Properties"]
    assert datasets["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {"EventBridgeEnabled": True}
    }
    assert "NotificationConfiguration" not in artifacts


def test_no_template_has_a_custom_resource(data: Synthesized, service: Synthesized) -> None:
    types = {r["Type"] for t in (data, service) for r in t.template["Resources"].values()}
    assert not {t for t in types if t.startswith("Custom::") or "CustomResource" in t}


def test_intermediates_expire_and_records_do_not(data: Synthesized) -> None:
    bucket = data.only("AWS::S3::Bucket", "ArtifactsBucket")["Properties"]
    expiring = {
        r["Id"]: (r.get("Prefix"), r.get("TagFilters"))
        for r in bucket["LifecycleConfiguration"]["Rules"]
        if "ExpirationInDays" in r and not r["Id"].endswith("-qa")
    }
    assert expiring == {
        "TrainingOutput": ("training/", None),
        "PreparedDatasets": ("runs/", INTERMEDIATE),
    }


def test_a_retention_deletes_what_was_dropped_and_its_copies_and_nothing_else(
    data: Synthesized,
) -> None:
    rules = {
        rule["Id"]: rule
        for bucket in BUCKETS
        for rule in data.only("AWS::S3::Bucket", bucket)["Properties"]["LifecycleConfiguration"][
            "Rules"
        ]
        if rule["Id"].endswith("-qa")
    }
    reach = {id_: (rule["Prefix"], rule.get("TagFilters")) for id_, rule in rules.items()}
    assert reach == {
        "Dropped-qa": ("datasets/qa/", None),
        "Copied-qa": ("runs/qa/", INTERMEDIATE),
        "Trained-qa": ("training/qa/", None),
    }
    for rule in rules.values():
        hidden = rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
        assert rule["Status"] == "Enabled"
        assert rule["ExpirationInDays"] + hidden == 30


@pytest.mark.parametrize("name", BUCKETS)
def test_buckets_forget_old_versions_and_abandoned_uploads(data: Synthesized, name: str) -> None:
    rules = data.only("AWS::S3::Bucket", name)["Properties"]["LifecycleConfiguration"]["Rules"]
    keys = {key for rule in rules for key in rule}
    assert {"NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"} <= keys


def test_a_dataset_outlives_its_replacement_by_a_year_because_reruns_read_its_version(
    data: Synthesized,
) -> None:
    bucket = data.only("AWS::S3::Bucket", "DatasetsBucket")["Properties"]
    rules = [r for r in bucket["LifecycleConfiguration"]["Rules"] if r["Id"] != "Dropped-qa"]
    [days] = [
        r["NoncurrentVersionExpiration"]["NoncurrentDays"] for r in rules if "Noncurrent" in flat(r)
    ]
    assert days == 365
    assert not [r for r in rules if "ExpirationInDays" in r]


def test_runs_table_can_be_restored_and_lists_runs_by_recipe(data: Synthesized) -> None:
    table = data.only("AWS::DynamoDB::Table")["Properties"]
    [index] = table["GlobalSecondaryIndexes"]
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"]["SSEType"] == "KMS"
    assert [k["AttributeName"] for k in table["KeySchema"]] == ["pk"]
    assert index["IndexName"] == "by_recipe"
    assert [k["AttributeName"] for k in index["KeySchema"]] == ["recipe", "started_at"]
    assert index["Projection"] == {"ProjectionType": "ALL"}


def test_the_key_rotates(data: Synthesized) -> None:
    assert data.only("AWS::KMS::Key")["Properties"]["EnableKeyRotation"] is True


def test_the_key_lets_alarms_and_log_groups_of_this_account_use_it(data: Synthesized) -> None:
    statements = data.only("AWS::KMS::Key")["Properties"]["KeyPolicy"]["Statement"]
    by_service = {flat(s["Principal"]): s for s in statements if "Service" in s["Principal"]}
    alarms, logs = (
        next(s for p, s in by_service.items() if n in p) for n in ("cloudwatch", "logs")
    )
    assert alarms["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert set(listed(alarms["Action"])) == {"kms:Decrypt", "kms:GenerateDataKey*"}
    assert "kms:EncryptionContext:aws:logs:arn" in logs["Condition"]["ArnLike"]


def test_data_of_prod_are_retained_and_protected(prod: Path) -> None:
    data = Synthesized.read(prod, "tunedrop-prod-data")
    kept = ("AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::KMS::Key")
    policies = {r["DeletionPolicy"] for type_ in kept for r in data.of_type(type_).values()}
    assert policies == {"Retain"}
    assert data.only("AWS::DynamoDB::Table")["Properties"]["DeletionProtectionEnabled"] is True
    assert _protected(prod) == {"tunedrop-prod-data": True, "tunedrop-prod-service": False}


def test_data_of_a_throw_away_stage_go_with_their_stack(dev: Path, data: Synthesized) -> None:
    assert data.only("AWS::DynamoDB::Table")["DeletionPolicy"] == "Delete"
    assert _protected(dev) == {"tunedrop-dev-data": False, "tunedrop-dev-service": False}


def test_outputs_have_the_documented_names(data: Synthesized, service: Synthesized) -> None:
    expected = {"DatasetsBucketName", "ArtifactsBucketName", "RunsTableName"}
    assert expected <= set(data.template["Outputs"])
    assert {"StateMachineArn", "NotificationsTopicArn"} <= set(service.template["Outputs"])


def _protected(directory: Path) -> dict[str, bool]:
    artifacts = json.loads((directory / "manifest.json").read_text())["artifacts"]
    return {
        name: artifact["properties"].get("terminationProtection", False)
        for name, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
