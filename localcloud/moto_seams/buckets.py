"""S3 buckets from templates: moto applies encryption and tags only.

Versioning, EventBridge notifications, lifecycle rules and the public access block are applied
here, by the same backend calls that the API makes.
"""

from typing import Any

from moto.s3.cloud_formation import cfn_to_api_encryption
from moto.s3.models import FakeBucket, s3_backends

from localcloud.moto_seams.replacing import replace_class_method

_DAYS = {
    "ExpirationInDays": ("Expiration", "Days"),
    "NoncurrentVersionExpirationInDays": ("NoncurrentVersionExpiration", "NoncurrentDays"),
}
_AS_IS = ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload")


def apply() -> None:
    """Apply all bucket properties on creation and on update."""

    @replace_class_method(FakeBucket, "create_from_cloudformation_json")
    def create(
        original: Any,
        cls: type,
        name: str,
        resource: Any,
        account_id: str,
        region: str,
        **more: Any,
    ) -> Any:
        bucket = original(name, resource, account_id, region, **more)
        _apply_properties(bucket, resource.get("Properties", {}), account_id)
        return bucket

    @replace_class_method(FakeBucket, "update_from_cloudformation_json")
    def update(
        original: Any,
        cls: type,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Any:
        properties = cloudformation_json["Properties"]
        properties.setdefault("BucketName", original_resource.name)
        bucket = original(
            original_resource, new_resource_name, cloudformation_json, account_id, region_name
        )
        _apply_properties(bucket, properties, account_id)
        return bucket


def _apply_properties(bucket: Any, properties: dict[str, Any], account: str) -> None:
    backend = s3_backends[account]["aws"]
    if versioning := properties.get("VersioningConfiguration"):
        backend.put_bucket_versioning(bucket.name, versioning["Status"])
    if encryption := properties.get("BucketEncryption"):
        backend.put_bucket_encryption(bucket.name, cfn_to_api_encryption(encryption))
    if block := properties.get("PublicAccessBlockConfiguration"):
        texts = {key: str(value).lower() for key, value in block.items()}
        backend.put_public_access_block(bucket.name, texts)
    if rules := properties.get("LifecycleConfiguration", {}).get("Rules"):
        backend.put_bucket_lifecycle_configuration(bucket.name, [_api_rule(r) for r in rules])
    notifications = properties.get("NotificationConfiguration", {})
    if notifications.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled"):
        bucket.set_notification_configuration({"EventBridgeConfiguration": {}})


def _api_rule(rule: dict[str, Any]) -> dict[str, Any]:
    api: dict[str, Any] = {"Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    if "Id" in rule:
        api["ID"] = rule["Id"]
    api.update({name: rule[name] for name in _AS_IS if name in rule})
    for name, (action, days) in _DAYS.items():
        if name in rule:
            api[action] = {days: rule[name]}
    if rule.get("ExpiredObjectDeleteMarker"):
        api["Expiration"] = {"ExpiredObjectDeleteMarker": "true"}
    return api
