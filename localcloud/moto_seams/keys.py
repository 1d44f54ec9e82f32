"""KMS keys from templates: moto reads their tags under names that CloudFormation does not use."""

from typing import Any

from moto.kms.models import Key

from localcloud.moto_seams.replacing import replace_class_method


def apply() -> None:
    """Translate the tags, and keep a key whose properties change."""

    @replace_class_method(Key, "create_from_cloudformation_json")
    def create(
        original: Any, cls: Any, name: str, resource: Any, account_id: str, region: str, **more: Any
    ) -> Any:
        given = resource["Properties"]
        tags = [{"TagKey": t["Key"], "TagValue": t["Value"]} for t in given.get("Tags", [])]
        translated = {**resource, "Properties": {**given, "Tags": tags}}
        return original(name, translated, account_id, region, **more)

    def update(
        cls: Any,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Any:
        given = cloudformation_json["Properties"]
        original_resource.policy = given["KeyPolicy"]
        original_resource.description = given.get("Description")
        return original_resource

    Key.update_from_cloudformation_json = classmethod(update)
